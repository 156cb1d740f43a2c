import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made = new Set<string>();

// a run that is interrupted gets no teardown
process.on('exit', () => made.forEach(remove));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}

/** Gives all tests of a run one temporary folder: every `new App()` without an outdir leaves a folder there. */
export function makeTemporaryFolder(): void {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'unit-tests-'));
  made.add(process.env.TMPDIR);
}

/** Removes it; in watch mode the next run makes another one beside it. */
export function removeTemporaryFolder(): void {
  const folder = process.env.TMPDIR!;
  process.env.TMPDIR = dirname(folder);
  remove(folder);
}

function remove(folder: string): void {
  made.delete(folder);
  if (!existsSync(folder)) return;
  // a worker that has not ended yet finds its folder gone, and puts nothing new into what is being removed
  const renamed = `${folder}-removed`;
  renameSync(folder, renamed);
  rmSync(renamed, { recursive: true, force: true, maxRetries: 3 });
}
