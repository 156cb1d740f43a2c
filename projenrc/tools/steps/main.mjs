/**
 * Every test of the repository, from a fresh clone to the last line: N passed, N failed. Plain JavaScript of Node alone,
 * because nothing is installed yet.
 *
 * Usage: npm test [-- --only STEP ...] [--parallel N]
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Machine } from './machine.mjs';
import { forgetReports } from './reports.mjs';
import { StepRun } from './run-steps.mjs';
import { chosen } from './step-list.mjs';

const REPOSITORY = resolve(import.meta.dirname, '..', '..', '..');
// the emulator waits more than it computes, so that two steps keep two cores busy
const PARALLEL = 2;

async function main() {
  const { steps, limit } = options();
  forgetReports(REPOSITORY);
  const machine = new Machine(REPOSITORY);
  const logs = join(REPOSITORY, '.cache', 'steps');
  const run = new StepRun({ steps, limit, logs, folder: REPOSITORY, env: machine.environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => run.interrupt());
  const outcomes = await run.run();
  outcomes.set('nothing is left', (await machine.leavesNothing()) ? 'passed' : 'failed');
  const sum = join(import.meta.dirname, 'sum-results.mjs');
  const results = [...outcomes].map(([name, outcome]) => `${name}=${outcome}`);
  const { status } = spawnSync(process.execPath, [sum, ...results], { cwd: REPOSITORY, stdio: 'inherit' });
  process.exitCode = run.interrupted ? 130 : (status ?? 1);
}

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true }, parallel: { type: 'string' } },
  });
  const limit = Number(values.parallel ?? PARALLEL);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new Error(`--parallel must be a number of steps, 1 or more, got '${values.parallel}'`);
  }
  if (positionals.length > 0 && !values.only) throw new Error(`got ${positionals.join(' ')} without --only before it`);
  return { steps: chosen([...(values.only ?? []), ...positionals]), limit };
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
