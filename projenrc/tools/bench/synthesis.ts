import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './median';

/** What one run took. */
interface Run {
  readonly cpu: number;
  readonly wall: number;
}

/** What a program took in every round, and what it synthesized. */
export interface Synthesis {
  readonly name: string;
  readonly cpu: number;
  readonly wall: number;
  /** Of CPU time and wall time, each taken round by round against the first program. */
  readonly cpuRatio: number;
  readonly wallRatio: number;
  readonly templateBytes: number;
  /** How many resources of each type there are. */
  readonly resources: Map<string, number>;
}

/**
 * Runs each program once a round in a fresh process, the order rotating from round to round, so that what else the machine
 * does meets all alike. A round before the first one fills the caches.
 *
 * @param programs JavaScript file of each, by name; the first is what the others are compared with
 */
export function compare(programs: [string, string][], rounds: number, cache: string): Synthesis[] {
  const runs = programs.map((): Run[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (let step = 0; step < programs.length; step++) {
      const index = (round + step) % programs.length;
      const run = runOnce(programs[index][1], join(cache, String(index)));
      if (round > 0) runs[index].push(run);
    }
  }
  return programs.map(([name], index) => {
    const of = (key: keyof Run) => median(runs[index].map((run) => run[key]));
    const ratio = (key: keyof Run) => median(runs[index].map((run, round) => run[key] / runs[0][round][key]));
    return {
      name,
      cpu: of('cpu'),
      wall: of('wall'),
      cpuRatio: ratio('cpu'),
      wallRatio: ratio('wall'),
      ...templateIn(join(cache, String(index))),
    };
  });
}

function runOnce(program: string, folder: string): Run {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const result = join(folder, 'result.json');
  // validation takes longer than all the rest, and the same time for the same template
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, CDK_VALIDATION: 'false', CDK_OUTDIR: folder };
  const start = performance.now();
  execFileSync(process.execPath, ['--require', join(__dirname, 'meter.cjs'), program], {
    env: { ...env, BENCH_RESULT: result, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const wall = performance.now() - start;
  if (!existsSync(result)) throw new Error(`${program} must end by itself to be measured, but left no ${result}`);
  return { ...JSON.parse(readFileSync(result, 'utf8')), wall };
}

function templateIn(folder: string): Pick<Synthesis, 'templateBytes' | 'resources'> {
  const [file, ...others] = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  if (!file || others.length > 0) throw new Error(`${folder} must hold one template, got ${[file, ...others]}`);
  const text = readFileSync(join(folder, file), 'utf8');
  const resources = new Map<string, number>();
  for (const { Type } of Object.values<{ Type: string }>(JSON.parse(text).Resources)) {
    resources.set(Type, (resources.get(Type) ?? 0) + 1);
  }
  return { templateBytes: text.length, resources };
}

/** Differences between what two programs make, in words; none, if they make as many resources of each type. */
export function differences(one: Synthesis, other: Synthesis): string[] {
  const types = new Set([...one.resources.keys(), ...other.resources.keys()]);
  const count = (synthesis: Synthesis, type: string) => synthesis.resources.get(type) ?? 0;
  return [...types]
    .filter((type) => count(one, type) !== count(other, type))
    .map((type) => `${type}: ${count(one, type)} ${one.name}, ${count(other, type)} ${other.name}`);
}
