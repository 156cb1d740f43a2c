import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pythonChecks, typeScriptChecks } from '../../tools/checks/checks';
import { REPOSITORY } from '../../tools/repository/construct-package';

const { sources, types } = typeScriptChecks(REPOSITORY);
const python = pythonChecks(REPOSITORY, 'python');

function committed(pattern: string): string[] {
  return execFileSync('git', ['ls-files', pattern], { cwd: REPOSITORY, encoding: 'utf8' }).split('\n').filter(Boolean);
}

test.each(['lint', 'format', 'types'])('%s of every Python file is checked', (name) => {
  const folders = python.filter((check) => check.name === name).map(({ folder }) => `${folder}/`);
  const unchecked = committed('*.py').filter((file) => !folders.some((folder) => file.startsWith(folder)));

  expect(unchecked).toEqual([]);
});

test('the types of every TypeScript file are checked', () => {
  const folders = types.map(({ folder }) => `${folder.replace(/(packages|apps)(.*)\/test$/, '$1$2')}/`);
  const unchecked = committed('*.ts').filter(
    (file) => file !== '.projenrc.ts' && !folders.some((folder) => file.startsWith(folder)),
  );

  expect(unchecked).toEqual([]);
});

test('the types of plain JavaScript are checked where it lies', () => {
  const folders = types.map(({ folder }) => folder);
  const scripts = committed('*.mjs');

  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter((file) => !folders.includes(dirname(file)))).toEqual([]);
});

test('the packages are compiled before types are checked, unless they have been', () => {
  const { sources: after } = typeScriptChecks(REPOSITORY, true);

  expect(sources.map(({ name }) => name)).toEqual(['lint and format', 'imports', 'compile']);
  expect(after.map(({ name }) => name)).toEqual(['lint and format', 'imports']);
});

test('every folder of types has a configuration', () => {
  const mypy = python.filter(({ name }) => name === 'types').map(({ folder }) => folder);

  expect(types.filter(({ folder }) => !existsSync(join(REPOSITORY, folder, 'tsconfig.json')))).toEqual([]);
  expect(mypy.filter((folder) => !configuresMypy(folder))).toEqual([]);
});

test('what mends is another command than what looks', () => {
  const both = [...sources, ...python].filter(({ fix }) => fix);

  expect(both.length).toBeGreaterThan(1);
  expect(both.filter(({ command, fix }) => fix!.join(' ') === command.join(' '))).toEqual([]);
});

function configuresMypy(folder: string): boolean {
  const pyproject = join(REPOSITORY, folder, 'pyproject.toml');
  const within = existsSync(pyproject) && readFileSync(pyproject, 'utf8').includes('[tool.mypy]');
  return within || existsSync(join(REPOSITORY, folder, 'mypy.ini'));
}
