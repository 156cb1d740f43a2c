import { picture, withPictures } from '../../tools/imports/picture';
import type { SourceTree } from '../../tools/imports/rooms';
import { sourceFile } from '../../tools/imports/source-imports';

const TREE: SourceTree = { folder: 'src', rooms: ['index', 'site', 'edge/', 'shared/'] };

test('rooms stand in their order, with the number of imports between two', () => {
  const files = [
    sourceFile('index.ts', "export { Site } from './site';"),
    sourceFile(
      'site.ts',
      "import { a } from './edge/a';\nimport { b } from './edge/b';\nimport { fail } from './shared/fail';",
    ),
    sourceFile('edge/a.ts', "import { b } from './b';\nimport * as ec2 from 'aws-cdk-lib/aws-ec2';"),
    sourceFile('edge/b.ts', ''),
    sourceFile('shared/fail.ts', ''),
  ];

  expect(picture(TREE, files).split('\n')).toEqual([
    '```mermaid',
    'flowchart TD',
    '  r0["index"]',
    '  r1["site"]',
    '  r2["edge/"]',
    '  r3["shared/"]',
    '  r1 -->|2| r2',
    '```',
  ]);
});

describe('a page', () => {
  const page =
    'before\n<!-- imports of a -->\nold\n<!-- end of imports -->\nbetween\n<!-- imports of b -->\n<!-- end of imports -->\nafter\n';

  test('gets each picture between its markers', () => {
    expect(
      withPictures(
        page,
        new Map([
          ['a', 'A'],
          ['b', 'B'],
        ]),
      ),
    ).toBe(
      'before\n<!-- imports of a -->\nA\n<!-- end of imports -->\nbetween\n<!-- imports of b -->\nB\n<!-- end of imports -->\nafter\n',
    );
  });

  test('fails without its markers', () => {
    expect(() => withPictures(page, new Map([['c', 'C']]))).toThrow(
      "the page must have '<!-- imports of c -->' and '<!-- end of imports -->' after it",
    );
  });
});
