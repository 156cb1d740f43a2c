import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConstructPackage } from '../../tools/repository/construct-package';
import { requireTarballFiles } from '../../tools/repository/tarball';

const SOURCES = [
  'src/index.ts',
  'lambda/gate/index.ts',
  'lambda/gate/scan.ts',
  'lambda/shared.ts',
  'rosetta/default.ts-fixture',
  'python/serve.py',
  'python/mypy.ini',
];
const PACKED = [
  ...['.jsii', '.jsii.gz', 'LICENSE', 'README.md', 'package.json', 'lib/index.js', 'lib/index.d.ts'],
  ...['lib/edge/rule.d.ts', 'lib/lambda/gate/index.js', 'rosetta/default.ts-fixture', 'python/serve.py'],
];

function write(folder: string, paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path === 'lib/index.d.ts' ? "export * from './edge/rule';" : '');
  }
}

/** A package with these files in its tarball. */
function packed(files: string[]): ConstructPackage {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  write(folder, SOURCES);
  write(join(folder, 'dist', 'package'), files);
  const tarball = join(folder, 'dist', 'package.tgz');
  execFileSync('tar', [
    '--create',
    '--gzip',
    '--file',
    tarball,
    '--directory',
    join(folder, 'dist'),
    ...files.map((path) => `package/${path}`),
  ]);
  return { folder, tarball } as ConstructPackage;
}

test('a tarball with everything, and nothing else, passes', async () => {
  await expect(requireTarballFiles(packed(PACKED))).resolves.toBeUndefined();
});

test.each(PACKED)('a tarball without %s fails', async (left) => {
  const type = { 'lib/index.d.ts': 'index.d.ts', 'lib/edge/rule.d.ts': './edge/rule' }[left];
  await expect(requireTarballFiles(packed(PACKED.filter((path) => path !== left)))).rejects.toThrow(
    type ? `there is no ${type}` : `missing: ${left}; surplus: none`,
  );
});

test.each([
  'src/index.ts',
  'lib/edge/private/rule.js',
  'lib/edge/private/rule.d.ts',
  'lambda/gate/index.ts',
  'python/mypy.ini',
  'API.md',
  'test/site.test.ts',
])('a tarball with %s fails', async (more) => {
  await expect(requireTarballFiles(packed([...PACKED, more]))).rejects.toThrow(`missing: none; surplus: ${more}`);
});
