import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Text of `python/<name>.py` for `python -c`, without comments and empty lines. This file stays at the top of `src`, as deep
 * as the bundle `lib/index.js` is in `lib`, so that the path holds for both.
 */
export function pythonProgram(name: string): string {
  const lines = readFileSync(join(__dirname, '..', 'python', `${name}.py`), 'utf8').split('\n');
  return lines.filter((line) => !/^\s*(#|$)/.test(line)).join('\n');
}
