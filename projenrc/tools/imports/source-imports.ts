import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { preProcessFile } from 'typescript';
import type { SourceTree } from './rooms';

/** A source file and what it imports, types included. */
export interface SourceFile {
  /** Path in its tree, without its ending: `edge/site-domain`. */
  readonly name: string;
  /** Files that it imports or exports again, as paths in the tree; `../lambda/x` leads out of it. */
  readonly imports: readonly string[];
  /** Packages that it imports, with the path in the package. */
  readonly packages: readonly string[];
}

/** Reads every TypeScript file of a tree. */
export function readSources(root: string, { folder, without = [] }: SourceTree): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !without.some((left) => path.startsWith(left)))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(root, folder, path), 'utf8')));
}

/** What a file of a tree imports, by its path in the tree and its text. */
export function sourceFile(path: string, text: string): SourceFile {
  const all = preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const relative = all.filter((specifier) => specifier.startsWith('.'));
  return {
    name: path.replace(/\.ts$/, ''),
    imports: relative.map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\.[jt]s$/, '')),
    packages: all.filter((specifier) => !relative.includes(specifier)),
  };
}
