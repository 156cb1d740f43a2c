import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const PACKAGE = join(__dirname, '..');
const DOCS = join(PACKAGE, 'docs');

/** The examples of a page, each in the frame that the README's examples have, below what it declares. */
function examples(page: string): Record<string, string> {
  const text = readFileSync(join(DOCS, page), 'utf8');
  const blocks = text.matchAll(/^```ts(?: fixture=(\w+))?\n((?:declare [^\n]*\n)*)(.*?)^```$/gms);
  return Object.fromEntries(
    [...blocks].map(([, fixture = 'default', declared, code], index) => {
      const frame = readFileSync(join(PACKAGE, 'rosetta', `${fixture}.ts-fixture`), 'utf8');
      const whole = frame.replace('class ', () => `${declared}class `).replace('/// here', () => code);
      return [join(DOCS, `${page}-${index + 1}.ts`), whole];
    }),
  );
}

test('the examples of every page compile', () => {
  const files = Object.assign({}, ...readdirSync(DOCS).map(examples)) as Record<string, string>;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    paths: { 'django-fargate-construct': [join(PACKAGE, 'src', 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name in files || fileExists(name);
  host.readFile = (name) => files[name] ?? readFile(name);
  host.getSourceFile = (name, ...rest) =>
    name in files ? ts.createSourceFile(name, files[name], ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);

  const problems = ts.getPreEmitDiagnostics(ts.createProgram(Object.keys(files), options, host));

  expect(Object.keys(files)).not.toEqual([]);
  expect(ts.formatDiagnostics(problems, { ...host, getNewLine: () => '\n' })).toBe('');
});

test('every page links to what is there', () => {
  const headings = (text: string) =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
  const read = (path: string) => readFileSync(path, 'utf8');
  const broken = ['README.md', ...readdirSync(DOCS).map((page) => join('docs', page))].flatMap((page) =>
    [...read(join(PACKAGE, page)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
      .filter(([, path, anchor]) => {
        const target = path === '' ? join(PACKAGE, page) : join(PACKAGE, page, '..', path);
        return (
          !existsSync(target) ||
          (anchor !== undefined && target.endsWith('.md') && !headings(read(target)).includes(anchor))
        );
      })
      .map(([link]) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});
