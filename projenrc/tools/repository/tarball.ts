import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './command';
import type { ConstructPackage } from './construct-package';
import { unreachableTypes } from './unreachable-types';

const DOCUMENTS = ['.jsii', '.jsii.gz', 'LICENSE', 'README.md', 'package.json'];

/**
 * Fails unless the npm tarball holds the documents, the bundle of the sources, the types that lead from its index, the fixtures of
 * the examples, the Lambda bundles and the Python programs, and nothing else.
 */
export async function requireTarballFiles(library: ConstructPackage): Promise<void> {
  const listing = await run(library.folder, 'tar', ['--list', '--gzip', '--file', library.tarball]);
  const packed = listing
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  const types = await typesIn(library);
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
      'the tarball must hold the documents, the sources in one file, the types of its index, fixtures, Lambda bundles and Python programs, and nothing else; ' +
        `missing: ${missing.join(', ') || 'none'}; surplus: ${surplus.join(', ') || 'none'}`,
    );
  }
}

/** Types that the packed index leads to; fails when one is missing. */
async function typesIn({ tarball }: ConstructPackage): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tarball-'));
  try {
    await run(folder, 'tar', ['--extract', '--gzip', '--file', tarball]);
    const library = join(folder, 'package', 'lib');
    const unreachable = unreachableTypes(library);
    return below(library)
      .filter((path) => path.endsWith('.d.ts') && !unreachable.includes(join(library, path)))
      .map((path) => `lib/${path}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function below(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
}
