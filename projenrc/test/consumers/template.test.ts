import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireSameTemplate, theTemplate } from '../../tools/consumers/template';

const BUCKET = '{"Resources":{"Bucket":{"Type":"AWS::S3::Bucket"}}}';

function assembly(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe('the template of an example', () => {
  test('is the one in its cloud assembly', () => {
    const folder = assembly({ 'Shop.template.json': BUCKET, 'manifest.json': '{}' });

    expect(theTemplate(folder)).toEqual({ file: 'Shop.template.json', text: BUCKET });
  });

  test.each([
    ['no template', {}, "a README's first example must be an app with one stack, got none"],
    [
      'two templates',
      { 'A.template.json': BUCKET, 'B.template.json': BUCKET },
      "a README's first example must be an app with one stack, got A.template.json, B.template.json",
    ],
    ['no resource', { 'A.template.json': '{"Resources":{}}' }, 'A.template.json must have resources, got none'],
    ['no part for resources', { 'A.template.json': '{}' }, 'A.template.json must have resources, got none'],
  ])('fails for %s', (_, files, problem) => {
    expect(() => theTemplate(assembly(files))).toThrow(problem);
  });
});

describe('a template of another language', () => {
  const expected = { file: 'Shop.template.json', text: 'one\ntwo\nthree' };

  test('is the same byte for byte', () => {
    expect(() => requireSameTemplate({ ...expected }, expected)).not.toThrow();
  });

  test.each([
    ['a line', 'one\nTWO\nthree', 'line 2 differs:\n  expected: two\n       got: TWO'],
    ['a line less', 'one\ntwo', 'line 3 differs:\n  expected: three\n       got: nothing'],
    ['a line more', 'one\ntwo\nthree\nfour', 'line 4 differs:\n  expected: nothing\n       got: four'],
    ['a space at an end', 'one\ntwo \nthree', 'line 2 differs:\n  expected: two\n       got: two '],
  ])('fails for %s', (_, text, problem) => {
    expect(() => requireSameTemplate({ ...expected, text }, expected)).toThrow(problem);
  });

  test('fails for another name of the stack', () => {
    expect(() => requireSameTemplate({ ...expected, file: 'Other.template.json' }, expected)).toThrow(
      'the template must be Shop.template.json as in TypeScript, got Other.template.json',
    );
  });

  test('fails when TypeScript made none', () => {
    expect(() => requireSameTemplate(expected, undefined)).toThrow(
      'the template must be compared with that of TypeScript, which failed: put that right first',
    );
  });
});
