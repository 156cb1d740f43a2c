import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { preProcessFile } from 'typescript';

/** A source file and what it imports, types included. */
export interface SourceFile {
  /** Path in its tree, without its ending: `edge/site-domain`. */
  readonly name: string;
  /** What it imports or exports again; relative ones as paths in the tree, where `../lambda/x` leads out of it. */
  readonly imports: readonly string[];
}

/** Reads every TypeScript file below a folder. */
export function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(folder, path), 'utf8')));
}

/** What a file of a tree imports, by its path in the tree and its text. */
export function sourceFile(path: string, text: string): SourceFile {
  const imports = preProcessFile(text, true, true).importedFiles.map(({ fileName }) =>
    fileName.startsWith('.') ? posix.join(posix.dirname(path), fileName).replace(/\.[jt]s$/, '') : fileName,
  );
  return { name: path.replace(/\.ts$/, ''), imports };
}
