import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { REPOSITORY } from './construct-package';

const LONGEST_MINUTES = 10;
const SHOWN_LINES = 60;

/** Set by npm for what it starts; a project of another team does not have it. */
const OF_THE_WORKSPACE = /^npm_(package|lifecycle|config_(install_strategy|omit_lockfile|local_prefix|workspace))/i;

const CACHE = join(REPOSITORY, '.cache');

/** What the tools of all languages keep goes below `.cache`; the module cache of Go is read-only unless told otherwise. */
const KEPT_IN_THE_REPOSITORY = {
  JSII_RUNTIME_PACKAGE_CACHE_ROOT: join(CACHE, 'jsii'),
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
  PIP_CACHE_DIR: join(CACHE, 'pip'),
  GOCACHE: join(CACHE, 'go', 'build'),
  GOMODCACHE: join(CACHE, 'go', 'modules'),
  GOFLAGS: '-modcacherw',
  // or each virtual machine leaves a folder in /tmp
  JAVA_TOOL_OPTIONS: '-XX:-UsePerfData',
};

const running = new Set<ChildProcess>();
let ending = false;

/** Runs a command to its end; fails with the last lines of its output when it does not exit with 0. */
export async function run(
  folder: string,
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<string> {
  await unlessEnding();
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...outsideEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let output = '';
  const timer = setTimeout(() => {
    output += `\nended after ${LONGEST_MINUTES} minutes`;
    endGroup(child);
  }, LONGEST_MINUTES * 60_000);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  try {
    const outcome = await new Promise<string | number>((resolve, reject) => {
      child.on('error', reject).on('close', (code, signal) => resolve(signal ?? code ?? 'no exit code'));
    });
    await unlessEnding();
    if (outcome !== 0) {
      const shown = output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
      throw new Error(`'${[command, ...args].join(' ')}' ended with ${outcome}:\n${shown}`);
    }
    return output;
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

/** Ends what is running, with everything that it started. From then on, nothing is started and nothing goes on. */
export async function endAll(): Promise<void> {
  ending = true;
  running.forEach(endGroup);
  await Promise.all([...running].map((child) => once(child, 'close')));
}

/** The first line that a command prints, or undefined when there is no such command. */
export async function firstLine(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await run('/', command, args)).split('\n')[0];
  } catch {
    return undefined;
  }
}

function unlessEnding(): Promise<void> {
  return ending ? new Promise(() => {}) : Promise.resolve();
}

function endGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}

function outsideEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_THE_WORKSPACE.test(name));
  return { ...Object.fromEntries(inherited), ...KEPT_IN_THE_REPOSITORY };
}
