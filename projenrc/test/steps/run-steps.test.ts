import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const TOOLS = join(__dirname, '..', '..', 'tools', 'steps');

interface PlantedStep {
  readonly name: string;
  /** Program for bash. */
  readonly program: string;
  readonly needs?: readonly string[];
  readonly gives?: Readonly<Record<string, string>>;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steps-'));
});

/** A program that runs steps of this test, and prints their outcomes as its last line. */
function programOf(steps: readonly PlantedStep[], limit = 2): string {
  const planted = steps.map(({ name, program, needs, gives }) => ({
    name,
    title: name,
    command: ['bash', '-c', program],
    needs,
    gives,
  }));
  const file = join(folder, 'run.mjs');
  writeFileSync(
    file,
    `import { StepRun } from ${JSON.stringify(pathToFileURL(join(TOOLS, 'run-steps.mjs')))};
    const folder = ${JSON.stringify(folder)};
    const options = { steps: ${JSON.stringify(planted)}, limit: ${limit}, logs: folder + '/logs', folder, env: process.env };
    const run = new StepRun(options);
    process.on('SIGINT', () => run.interrupt());
    console.log(JSON.stringify(Object.fromEntries(await run.run())));`,
  );
  return file;
}

function run(steps: readonly PlantedStep[], limit?: number) {
  const { stdout, stderr } = spawnSync(process.execPath, [programOf(steps, limit)], { encoding: 'utf8' });
  return { outcomes: outcomesOf(stdout), stdout, stderr };
}

function outcomesOf(stdout: string): Record<string, string> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}

/** Waits until a file of the test's folder is there. */
async function appears(name: string): Promise<void> {
  // one that waits in vain must not keep Jest from its end
  const watcher = watch(folder, { persistent: false });
  while (!existsSync(join(folder, name))) await once(watcher, 'change');
  watcher.close();
}

test('a step runs after those that it needs', () => {
  const { outcomes } = run([
    { name: 'build', program: 'echo built > built' },
    { name: 'deploy', program: 'grep built built', needs: ['build'] },
  ]);

  expect(outcomes).toEqual({ build: 'passed', deploy: 'passed' });
});

test('a step that has passed gives its variables to those that start later', () => {
  const { outcomes } = run([
    { name: 'broken', program: 'exit 3', gives: { BROKEN: 'yes' } },
    { name: 'build', program: '[ -z "$BUILT$BROKEN" ]', gives: { BUILT: 'yes' } },
    { name: 'deploy', program: '[ "$BUILT$BROKEN" = yes ]', needs: ['build'] },
  ]);

  expect(outcomes).toEqual({ broken: 'failed', build: 'passed', deploy: 'passed' });
});

test('steps that need nothing of each other run beside each other', () => {
  const { outcomes } = run([
    { name: 'a', program: 'mkfifo pipe; echo from a > pipe' },
    { name: 'b', program: 'until [ -p pipe ]; do :; done; grep "from a" pipe' },
  ]);

  expect(outcomes).toEqual({ a: 'passed', b: 'passed' });
});

test('no more than the limit run at once', () => {
  const { stdout } = run(
    ['a', 'b', 'c'].map((name) => ({ name, program: 'true' })),
    1,
  );

  const said = stdout.match(/^== \w+( \(\w+\): started|: passed)/gm);
  expect(said).toEqual(['a', 'b', 'c'].flatMap((name) => [`== ${name} (${name}): started`, `== ${name}: passed`]));
});

test('a step that fails stops those that need it, and no other', () => {
  const { outcomes } = run([
    { name: 'build', program: 'exit 3' },
    { name: 'deploy', program: 'touch deployed', needs: ['build'] },
    { name: 'visit', program: 'touch visited', needs: ['deploy'] },
    { name: 'django', program: 'touch tested' },
  ]);

  expect(outcomes).toEqual({
    build: 'failed',
    deploy: 'not run, because it needs build',
    visit: 'not run, because it needs deploy',
    django: 'passed',
  });
  expect(['deployed', 'visited', 'tested'].map((name) => existsSync(join(folder, name)))).toEqual([false, false, true]);
});

test('the output of a step stays in one piece, errors with it', () => {
  const talk = (name: string, other: string) =>
    `for i in 1 2 3; do echo ${name}$i; echo ${name}$i >&2; touch ${name}$i; until [ -e ${other}$i ]; do :; done; done`;
  const { stdout } = run([
    { name: 'a', program: talk('a', 'b') },
    { name: 'b', program: talk('b', 'a') },
  ]);

  const said = stdout.split('\n').filter((line) => /^[ab]\d$/.test(line));
  expect([said.slice(0, 6).join(' '), said.slice(6).join(' ')].sort()).toEqual([
    'a1 a1 a2 a2 a3 a3',
    'b1 b1 b2 b2 b3 b3',
  ]);
});

test('a command that is not there fails its step', () => {
  const file = programOf([{ name: 'a', program: 'true' }]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"bash"', '"no-such-command"'));
  const { stdout } = spawnSync(process.execPath, [file], { encoding: 'utf8' });

  expect(outcomesOf(stdout)).toEqual({ a: 'failed' });
  expect(stdout).toContain('no-such-command ENOENT');
});

describe('interrupted', () => {
  // a step that nobody ended must not outlive its test
  afterEach(() => {
    for (const pid of processesOf(folder)) process.kill(Number(pid), 'SIGKILL');
  });

  /** Starts a run in which one step waits; what comes after that is interrupted when the step is ready. */
  async function interrupted(program: string, again?: string) {
    const steps = [
      { name: 'waits', program },
      { name: 'later', program: 'touch later', needs: ['waits'] },
    ];
    const child: ChildProcess = spawn(process.execPath, [programOf(steps)], { cwd: folder });
    let stdout = '';
    child.stdout!.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    await appears('ready');
    child.kill('SIGINT');
    if (again) {
      await appears(again);
      child.kill('SIGINT');
    }
    await once(child, 'close');
    return outcomesOf(stdout);
  }

  const WAIT = 'mkfifo never; touch ready; read < never';

  test('a step cleans up, and nothing else begins', async () => {
    const outcomes = await interrupted(`trap 'touch cleaned; exit 1' INT; ${WAIT}`);

    expect(outcomes).toEqual({ waits: 'interrupted', later: 'not run' });
    expect(['cleaned', 'later'].map((name) => existsSync(join(folder, name)))).toEqual([true, false]);
  });

  test('a second time, a step that does not end is killed with what it has started', async () => {
    const outcomes = await interrupted(
      `trap : INT; bash -c 'trap "touch asked" INT; mkfifo never; touch ready; while :; do read < never; done'; true`,
      'asked',
    );

    expect(outcomes).toEqual({ waits: 'interrupted', later: 'not run' });
    while (processesOf(folder).length > 0) await setTimeout(50);
  });
});

/** Processes that work in a folder: steps, and what they have started. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && workingFolder(name) === folder);
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // it has ended
  }
}
