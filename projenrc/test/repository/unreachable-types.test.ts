import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { unreachableTypes } from '../../tools/repository/unreachable-types';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'types-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Files that are found when the folder holds these. */
function found(files: Record<string, string>): string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return unreachableTypes(folder).map((file) => relative(folder, file));
}

test('what the entry leads to stays, over any number of steps and in circles', () => {
  const files = {
    'index.d.ts': "export * from './a';\nimport type { D } from './deep/d';\nexport declare const d: D;",
    'a.d.ts': "export type A = import('./b').B;",
    'b.d.ts': "import { A } from './a';\nexport interface B { readonly a?: A; }",
    'deep/d.d.ts': "export * from '../shared';",
    'shared/index.d.ts': 'export interface D {}',
    'a.js': '',
  };
  expect(found(files)).toEqual([]);
});

test('what nothing leads to is found, although it leads to something', () => {
  const files = {
    'index.d.ts': "export * from './a';",
    'a.d.ts': 'export interface A {}',
    'private/b.d.ts': "import { A } from '../a';\nimport { C } from '../c';\nexport declare const b: A | C;",
    'c.d.ts': 'export interface C {}',
    'private/b.js': '',
  };
  expect(found(files)).toEqual(['c.d.ts', 'private/b.d.ts']);
});

test('packages that are imported are not looked into', () => {
  expect(found({ 'index.d.ts': "import { Stack } from 'aws-cdk-lib';\nexport declare const s: Stack;" })).toEqual([]);
});

test('a folder without its entry, or without what that imports, is an error and not unreachable', () => {
  expect(() => found({ 'a.d.ts': '' })).toThrow(/^there is no index.d.ts in /);
  expect(() => found({ 'index.d.ts': "export * from './gone';" })).toThrow(
    'there is no ./gone, which index.d.ts imports',
  );
});
