import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../../tools/repository/construct-package';

const CONTRIBUTING = readFileSync(join(REPOSITORY, '.github', 'CONTRIBUTING.md'), 'utf8');
const README = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');
const RECIPES = CONTRIBUTING.split('\n### ').slice(1);

test('there are nine recipes', () => {
  expect(RECIPES).toHaveLength(9);
});

test.each(RECIPES.map((recipe) => [recipe.split('\n')[0], recipe]))(
  '%s: every file that it names exists',
  (_, recipe) => {
    const named = [...recipe.matchAll(/`([\w.-]+(?:\/[\w.-]+)+)`/g)].map(([, path]) => path);

    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  },
);

test.each([
  ['CONTRIBUTING.md', CONTRIBUTING],
  ['README.md', README],
])('every command that %s names exists', (_, text) => {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  const named = [...text.matchAll(/npm run (\w+)/g), ...text.matchAll(/npx projen ([\w:]+)/g)].map(([, name]) => name);

  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('the top level keeps 20 entries or fewer', () => {
  const files = execFileSync('git', ['ls-files'], { cwd: REPOSITORY, encoding: 'utf8' }).split('\n').filter(Boolean);

  expect(new Set(files.map((file) => file.split('/')[0])).size).toBeLessThanOrEqual(20);
});
