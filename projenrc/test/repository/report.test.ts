import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from '../../tools/repository/report';

describe('a report', () => {
  const lines: string[] = [];
  let exitCode: typeof process.exitCode;
  beforeEach(() => {
    lines.length = 0;
    exitCode = process.exitCode;
    jest.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  });
  afterEach(() => {
    process.exitCode = exitCode;
    jest.restoreAllMocks();
  });

  /** Finishes a report with these checks; returns its file and the exit code that it set. */
  const finished = async (fill: (report: Report) => Promise<unknown> | unknown) => {
    const report = new Report('suite');
    await fill(report);
    const file = join(mkdtempSync(join(tmpdir(), 'report-')), 'below', 'report.xml');
    report.finish(file);
    const code = process.exitCode;
    return { code, xml: readFileSync(file, 'utf8') };
  };

  test('counts a check that ends as passed', async () => {
    const { code, xml } = await finished((report) => report.check('group', 'name', () => {}));

    expect(code).toBe(0);
    expect(xml).toContain('<testsuite name="suite" tests="1" failures="0" errors="0" skipped="0"');
    expect(xml).toMatch(/<testcase classname="group" name="name" time="[\d.]+"><\/testcase>/);
    expect(lines.at(-1)).toBe('1 passed, 0 failed');
  });

  test('counts a check that throws, at once or later, as failed, and goes on', async () => {
    const outcomes: boolean[] = [];
    const { code, xml } = await finished(async (report) => {
      outcomes.push(
        await report.check('group', 'at once', () => {
          throw new Error('broken');
        }),
      );
      outcomes.push(await report.check('group', 'later', () => Promise.reject(new Error('broken later'))));
      outcomes.push(await report.check('group', 'after', () => {}));
    });

    expect(outcomes).toEqual([false, false, true]);
    expect(code).toBe(1);
    expect(xml).toContain('tests="3" failures="2"');
    expect(xml).toContain('<failure>broken later</failure>');
    expect(lines[0]).toMatch(/^group: at once: FAILED: broken \([\d.]+ s\)$/);
    expect(lines.at(-1)).toBe('1 passed, 2 failed');
  });

  test('counts what is thrown without an error, and without a word, as failed', async () => {
    const { code } = await finished((report) => report.check('group', 'name', () => Promise.reject('')));

    expect(code).toBe(1);
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
  });

  test('counts a check that is skipped as neither, and says why', async () => {
    const { code, xml } = await finished((report) => report.skip('go', 'site', 'no go on this machine'));

    expect(code).toBe(0);
    expect(xml).toContain('<skipped message="no go on this machine"/>');
    expect(lines).toEqual(['go: site: SKIPPED: no go on this machine', '0 passed, 0 failed']);
  });

  test('writes XML whatever the text, and leaves out what XML cannot hold', async () => {
    const { xml } = await finished((report) =>
      report.check('group', '<a> & "b"', () => Promise.reject(new Error('\u001b[31mred\u001b[0m <b>'))),
    );

    expect(xml).toContain('name="&lt;a&gt; &amp; &quot;b&quot;"');
    expect(xml).toContain('<failure>[31mred[0m &lt;b&gt;</failure>');
  });
});
