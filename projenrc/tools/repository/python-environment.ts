import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const OLDEST_PYTHON = '3.11';

/** Makes a virtual environment with the hashed requirements, unless it is there and complete; returns its Python. */
export function ensurePython(venv: string, requirements: string): string {
  const version = systemPython('-c', 'import sys; print(sys.version)');
  const known = systemPython('-c', `import sys; print(sys.version_info >= (${OLDEST_PYTHON.replace('.', ', ')}))`);
  if (known !== 'True') {
    throw new Error(`python3 must be ${OLDEST_PYTHON} or newer, got ${version}: put a newer one first on PATH`);
  }
  const python = join(venv, 'bin', 'python');
  const stamp = join(venv, 'made-from');
  const wanted = createHash('sha256').update(readFileSync(requirements)).update(version).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return python;
  }
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(dirname(venv), { recursive: true });
  systemPython('-m', 'venv', venv);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-cache-dir', '--require-hashes'];
  execFileSync(python, [...pip, '--only-binary', ':all:', '--requirement', requirements], { stdio: 'pipe' });
  writeFileSync(stamp, wanted);
  return python;
}

function systemPython(...args: string[]): string {
  return execFileSync('python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
