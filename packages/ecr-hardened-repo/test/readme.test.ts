import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './fixtures';
import { DEFAULTS, described, WEAKER_CHOICES } from './posture';

/** Rows of the README's table with this heading, cell by cell. */
function readmeRows(...heading: string[]): string[][] {
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
  const head = `| ${heading.join(' | ')} |\n|${' --- |'.repeat(heading.length)}\n`;
  const [, table] = readme.split(head);
  return table
    .split('\n\n')[0]
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the table of defaults', () => {
  const rows = readmeRows('Default', 'Rules it satisfies');

  test('names the rules that the engines are run for, and no others', () => {
    expect(rows.filter(([, rules]) => rules !== '')).toEqual(
      DEFAULTS.map(({ name, rules }) => [name, described(rules)]),
    );
  });

  test('says that repository and key outlive their stack', () => {
    const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

    expect(rows).toContainEqual(['Repository and key outlive their stack', '']);
    repository().hasResource('AWS::ECR::Repository', kept);
    repository().hasResource('AWS::KMS::Key', kept);
  });
});

describe('the table of weaker choices', () => {
  test('names the rules that each gives up, and no others', () => {
    expect(readmeRows('Choice', 'Rules it gives up')).toEqual(
      WEAKER_CHOICES.map(({ name, givesUp }) => [name, described(givesUp)]),
    );
  });
});
