import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAll } from './command';

/** Gives `work` a folder outside the workspace, for temporary files, too, and removes it whatever happens. */
export async function withWorkFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'work-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = async (signal: NodeJS.Signals) => {
    await endAll();
    remove();
    console.error(`interrupted by ${signal}`);
    process.exit(1);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  process.env.TMPDIR = join(folder, 'tmp');
  mkdirSync(process.env.TMPDIR);
  try {
    await work(folder);
  } finally {
    remove();
  }
}
