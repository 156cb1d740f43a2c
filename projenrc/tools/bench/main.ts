/**
 * Measures what the packages cost: the time to synthesize a full site with `DjangoFargateService` against the same resources
 * written by hand, the packed size of each package, and what requiring it takes. Prints the goals beside the figures; fails
 * only when the two sites do not have the same resources, because then it compares different things.
 *
 * Usage: npx tsx projenrc/tools/bench/main.ts [ROUNDS]
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { run } from '../repository/command';
import { ConstructPackage, REPOSITORY } from '../repository/construct-package';
import { costOf } from './packages';
import { compare, differences } from './synthesis';
import { table } from './table';

const SITE = join(REPOSITORY, 'packages', 'django-fargate-construct');
const CACHE = join(REPOSITORY, '.cache', 'bench');
const GOALS = {
  cpuRatio: 1.03,
  packedKilobytes: { 'django-fargate-construct': 150, 'ecr-hardened-repo': 120, 'ecs-observability': 80 } as Record<
    string,
    number
  >,
};

async function main([argument = '21', ...others]: string[]): Promise<void> {
  const rounds = Number(argument);
  if (!Number.isInteger(rounds) || rounds < 1 || others.length > 0) {
    throw new Error(`the argument must be one whole number of rounds, got '${[argument, ...others].join(' ')}'`);
  }
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  await run(REPOSITORY, 'npx', ['nx', 'run-many', '--targets', 'package']);
  console.log(`Node ${process.version}, ${cpus().length} cores of ${cpus()[0].model.trim()}, ${rounds} rounds\n`);
  await reportSynthesis(rounds);
  reportPackages();
}

async function reportSynthesis(rounds: number): Promise<void> {
  await compileSites();
  const byHand = join(SITE, 'dist', 'by-hand.js');
  const [base, again, construct] = compare(
    [
      ['by hand', byHand],
      ['by hand, again', byHand],
      ['DjangoFargateService', join(SITE, 'dist', 'with-construct.js')],
    ],
    rounds,
    CACHE,
  );
  const different = differences(base, construct);
  if (different.length > 0) {
    throw new Error(`both sites must have the same resources; benchmark/ must follow src/: ${different.join('; ')}`);
  }
  const count = [...base.resources.values()].reduce((sum, number) => sum + number, 0);
  table(
    ['synthesis of one site', 'CPU ms', 'ratio', 'wall ms', 'ratio', 'resources', 'template kB'],
    [base, again, construct].map((row) => [
      row.name,
      row.cpu.toFixed(0),
      row.cpuRatio.toFixed(3),
      row.wall.toFixed(0),
      row.wallRatio.toFixed(3),
      String(count),
      (row.templateBytes / 1000).toFixed(0),
    ]),
  );
  const noise = Math.abs(again.cpuRatio - 1);
  console.log(
    `goal: a ratio of CPU time of ${GOALS.cpuRatio} or less; ${verdict(construct.cpuRatio <= GOALS.cpuRatio)}`,
  );
  console.log(
    `the same program against itself differs by ${(100 * noise).toFixed(1)} %: less than that says nothing\n`,
  );
}

/** To plain JavaScript beside `lib/`, as a user's compiled app would be; compiling is not what is measured. */
async function compileSites(): Promise<void> {
  const sources = readdirSync(join(SITE, 'benchmark')).map((name) => join('benchmark', name));
  await run(SITE, 'npx', [
    'esbuild',
    ...sources,
    '--outdir=dist',
    '--platform=node',
    '--format=cjs',
    '--target=node20',
  ]);
}

function reportPackages(): void {
  const rows = ConstructPackage.all().map((library) => costOf(library, CACHE));
  table(
    ['package', 'packed kB', 'goal', 'own files', 'import ms', 'CPU ms', 'submodules', 'files behind them'],
    rows.map((row) => [
      row.name,
      (row.packedBytes / 1000).toFixed(1),
      String(GOALS.packedKilobytes[row.name]),
      String(row.ownFiles),
      row.wall.toFixed(1),
      row.cpu.toFixed(1),
      String(row.submodules.length),
      String(row.dependencyFiles),
    ]),
  );
  const small = rows.every(({ name, packedBytes }) => packedBytes <= 1000 * GOALS.packedKilobytes[name]);
  const roots = rows.filter(({ submodules }) => submodules.includes('aws-cdk-lib')).map(({ name }) => name);
  console.log(`goal: packed no more than that; ${verdict(small)}`);
  console.log(
    `goal: submodules of aws-cdk-lib only, never its root; ${verdict(roots.length === 0)} ${roots.join(', ')}`,
  );
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'MISSED';
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
