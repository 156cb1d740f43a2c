import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SCRIPT = join(__dirname, '..', '..', 'tools', 'steps', 'sum-results.mjs');
const REPORTS = pathToFileURL(join(SCRIPT, '..', 'reports.mjs'));

/** Sums these reports, by their paths in a repository, and steps; returns the last line and the exit code. */
function sum(reports: Record<string, string>, ...steps: string[]) {
  return sumOf(planted(reports), ...steps);
}

function planted(reports: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sum-'));
  for (const path of ['packages/a', 'apps/b']) mkdirSync(join(folder, path), { recursive: true });
  for (const [path, xml] of Object.entries(reports)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), xml);
  }
  return folder;
}

function sumOf(folder: string, ...steps: string[]) {
  const { stdout, status, stderr } = spawnSync(process.execPath, [SCRIPT, ...steps], { cwd: folder, encoding: 'utf8' });
  return { last: stdout.trimEnd().split('\n').at(-1), status, stdout, stderr };
}

const PASSED = '<testcase name="p"/>';
const FAILED = '<testcase name="f"><failure>why</failure></testcase>';
const ERROR = '<testcase name="e"><error message="why"/></testcase>';
const SKIPPED = '<testcase name="s"><skipped/></testcase>';
const suite = (...cases: string[]) => `<testsuites><testsuite>${cases.join('\n')}</testsuite></testsuites>`;

test('reports of the root, of packages and of apps are summed, and steps with them', () => {
  const result = sum(
    {
      'test-reports/root.xml': suite(PASSED),
      'packages/a/test-reports/junit.xml': suite(PASSED, PASSED),
      'apps/b/test-reports/django.xml': suite(
        PASSED,
        '<testcase name="long" time="1.5">\n<system-out>text</system-out>\n</testcase>',
      ),
    },
    'build=passed',
    'emulator=passed',
  );

  expect([result.last, result.status]).toEqual(['7 passed, 0 failed', 0]);
});

test.each([
  ['failure', FAILED],
  ['error', ERROR],
])('a %s in any report makes the sum fail', (_, testcase) => {
  const result = sum(
    { 'test-reports/a.xml': suite(PASSED), 'apps/b/test-reports/b.xml': suite(PASSED, testcase) },
    'build=passed',
  );

  expect([result.last, result.status]).toEqual(['3 passed, 1 failed', 1]);
});

test('a step that failed without a failed test makes the sum fail', () => {
  const result = sum({ 'test-reports/a.xml': suite(PASSED) }, 'build=passed', 'emulator=failed');

  expect([result.last, result.status]).toEqual(['2 passed, 1 failed', 1]);
  expect(result.stdout).toContain('step emulator: failed');
});

test('skipped tests are counted apart, and said', () => {
  const result = sum({ 'test-reports/a.xml': suite(PASSED, SKIPPED, SKIPPED) });

  expect([result.last, result.status]).toEqual(['1 passed, 0 failed', 0]);
  expect(result.stdout).toContain('2 skipped: their reasons stand above');
});

test('a failure behind a passed test in one line is not taken for its neighbour', () => {
  const result = sum({ 'test-reports/a.xml': `<testsuite>${PASSED}${FAILED}${PASSED}</testsuite>` });

  expect([result.last, result.status]).toEqual(['2 passed, 1 failed', 1]);
});

test('nothing at all is a failure', () => {
  expect(sum({}).status).toBe(1);
});

test('a report of before is forgotten, whichever workspace it is of', () => {
  const old = suite(PASSED);
  const folder = planted({
    'test-reports/root.xml': old,
    'packages/a/test-reports/junit.xml': old,
    'apps/b/test-reports/django.xml': old,
  });

  const program = `import { forgetReports } from ${JSON.stringify(REPORTS)}; forgetReports(process.argv[1]);`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', program, folder]);

  expect(sumOf(folder, 'build=passed').last).toBe('1 passed, 0 failed');
});
