import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MACHINE = pathToFileURL(join(__dirname, '..', '..', 'tools', 'steps', 'machine.mjs'));

/** What is said to be left after `program`, which knows the `machine` and its `environment`, and the `repository`. */
function leftAfter(program: string, variables: Record<string, string> = {}) {
  const repository = mkdtempSync(join(tmpdir(), 'repository-'));
  spawnSync('git', ['init', '--quiet', repository]);
  writeFileSync(join(repository, '.gitignore'), 'lib/\n.cache/\n__pycache__/\n');
  const text = `
    import { spawn } from 'node:child_process';
    import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
    import { Machine } from ${JSON.stringify(MACHINE)};
    const repository = ${JSON.stringify(repository)};
    const machine = new Machine(repository, 0);
    const environment = machine.environment;
    ${program};
    const nothing = await machine.leavesNothing();
    console.log(JSON.stringify([nothing, existsSync(environment.TMPDIR)]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
    encoding: 'utf8',
    env: { ...process.env, ...variables },
  });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  const [nothing, kept] = JSON.parse(lines.at(-1)!);
  return { nothing, kept, left: lines.filter((line) => line.startsWith('left behind: ')) };
}

test('caches and what a build makes may stay', () => {
  const made = ['.cache/pip', 'packages/site/lib'].map(
    (path) => `mkdirSync(repository + '/${path}', { recursive: true })`,
  );

  expect(leftAfter(made.join(';'))).toEqual({ nothing: true, kept: false, left: [] });
});

test('a temporary file is named, and removed', () => {
  const { nothing, kept, left } = leftAfter("mkdirSync(environment.TMPDIR + '/cdk.out1')");

  expect({ nothing, kept, left }).toEqual({
    nothing: false,
    kept: false,
    left: ['left behind: temporary file: cdk.out1'],
  });
});

test('a file that is ignored, though no build makes it, is named', () => {
  const program =
    "mkdirSync(repository + '/lib/../app/__pycache__', { recursive: true }); writeFileSync(repository + '/app/__pycache__/a.pyc', '')";

  expect(leftAfter(program)).toMatchObject({
    nothing: false,
    left: ['left behind: file in the repository: app/__pycache__/'],
  });
});

test("notes of aws-cdk-lib in the user's cache go, and those that were there stay", () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const notes = join(home, '.cdk', 'cache', 'fingerprints');
  const write = `const notes = ${JSON.stringify(notes)}; mkdirSync(notes, { recursive: true }); writeFileSync(notes + '/new.json', '')`;

  leftAfter(write, { HOME: home });
  expect(readdirSync(home)).toEqual([]);

  mkdirSync(notes, { recursive: true });
  writeFileSync(join(notes, 'old.json'), '');
  leftAfter(write, { HOME: home });
  expect(readdirSync(notes)).toEqual(['old.json']);
});

describe('processes', () => {
  const started: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of started.splice(0)) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });

  test('one that is left is named', () => {
    const { nothing, left } = leftAfter(
      "spawn('sleep', ['1000'], { env: environment, detached: true, stdio: 'ignore' }).unref()",
    );

    expect(nothing).toBe(false);
    expect(left).toEqual([expect.stringMatching(/^left behind: process: \d+ sleep 1000$/)]);
    process.kill(Number(left[0].split(' ')[3]), 'SIGKILL');
  });

  test('another one of this machine is none of ours', () => {
    started.push(spawn('sleep', ['1001'], { stdio: 'ignore' }));

    expect(leftAfter('')).toEqual({ nothing: true, kept: false, left: [] });
  });
});
