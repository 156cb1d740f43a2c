import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';
import type { ConstructPackage } from './construct-package';

const DOCUMENTS = ['.jsii', '.jsii.gz', 'LICENSE', 'README.md', 'package.json'];

/**
 * Fails unless the npm tarball holds the documents, the bundle of the sources, their types, the fixtures of the examples
 * the Lambda bundles and the Python programs, and nothing else.
 */
export async function requireTarballFiles(library: ConstructPackage): Promise<void> {
  const listing = await run(library.folder, 'tar', ['--list', '--gzip', '--file', library.tarball]);
  const packed = listing
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  const types = below(join(library.folder, 'src'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `lib/${path.slice(0, -'.ts'.length)}.d.ts`);
  const fixtures = below(join(library.folder, 'rosetta')).map((path) => `rosetta/${path}`);
  const bundles = below(join(library.folder, 'lambda'))
    .filter((path) => /^[^/]+\/index\.ts$/.test(path))
    .map((path) => `lib/lambda/${path.slice(0, -'.ts'.length)}.js`);

  const programs = below(join(library.folder, 'python'))
    .filter((path) => path.endsWith('.py'))
    .map((path) => `python/${path}`);

  const expected = [...DOCUMENTS, 'lib/index.js', ...types, ...fixtures, ...bundles, ...programs];
  const missing = expected.filter((path) => !packed.includes(path));
  const surplus = packed.filter((path) => !expected.includes(path));
  if (missing.length > 0 || surplus.length > 0) {
    throw new Error(
      'the tarball must hold the documents, the sources in one file, their types, fixtures, Lambda bundles and Python programs, and nothing else; ' +
        `missing: ${missing.join(', ') || 'none'}; surplus: ${surplus.join(', ') || 'none'}`,
    );
  }
}

function below(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
}
