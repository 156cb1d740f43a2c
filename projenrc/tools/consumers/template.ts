import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an example synthesized. */
export interface Template {
  /** Name of the file, which begins with the id of the stack. */
  readonly file: string;
  readonly text: string;
}

/** The template of the one stack in a cloud assembly; fails when it has no resource. */
export function theTemplate(outdir: string): Template {
  const files = readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
  if (files.length !== 1) {
    throw new Error(`a README's first example must be an app with one stack, got ${files.join(', ') || 'none'}`);
  }
  const text = readFileSync(join(outdir, files[0]), 'utf8');
  if (Object.keys(JSON.parse(text).Resources ?? {}).length === 0) {
    throw new Error(`${files[0]} must have resources, got none`);
  }
  return { file: files[0], text };
}

/** Fails unless a template is the one that TypeScript made, byte for byte. */
export function requireSameTemplate(actual: Template, expected: Template | undefined): void {
  if (!expected) {
    throw new Error('the template must be compared with that of TypeScript, which failed: put that right first');
  }
  if (actual.file !== expected.file) {
    throw new Error(`the template must be ${expected.file} as in TypeScript, got ${actual.file}`);
  }
  if (actual.text === expected.text) {
    return;
  }
  const [actualLines, expectedLines] = [actual, expected].map(({ text }) => text.split('\n'));
  const longer = actualLines.length > expectedLines.length ? actualLines : expectedLines;
  const line = longer.findIndex((_, index) => actualLines[index] !== expectedLines[index]);
  throw new Error(
    `${actual.file} must be that of TypeScript, but line ${line + 1} differs:\n` +
      `  expected: ${expectedLines[line] ?? 'nothing'}\n       got: ${actualLines[line] ?? 'nothing'}`,
  );
}
