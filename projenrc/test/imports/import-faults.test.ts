import { importFaults } from '../../tools/imports/import-faults';
import { SOURCE_TREES, type SourceTree } from '../../tools/imports/rooms';
import { readSources, sourceFile } from '../../tools/imports/source-imports';

const TREE: SourceTree = { folder: 'packages/site/src', rooms: ['index', 'site', 'edge/', 'data/', 'shared/'] };
const PACKAGES = ['site', 'registry'];

/** A tree without a fault: each file by its path, with its text. */
const SOUND = {
  'index.ts': "export { Site } from './site';",
  'site.ts': "import { edge } from './edge/edge';\nimport type { Data } from './data/data';",
  'edge/edge.ts': "import { rule } from './private/rule';\nimport { data } from '../data/data';",
  'edge/private/rule.ts': "import { fail } from '../../shared/validate';",
  'data/data.ts': "import { fail } from '../shared/validate';\nimport * as rds from 'aws-cdk-lib/aws-rds';",
  'shared/validate.ts': "import type { IConstruct } from 'constructs';",
};

function faults(planted: Record<string, string> = {}, tree = TREE): string[] {
  const files = Object.entries({ ...SOUND, ...planted }).map(([path, text]) => sourceFile(path, text));
  return importFaults(tree, files, PACKAGES);
}

test('a sound tree has no fault', () => {
  expect(faults()).toEqual([]);
});

describe('an import that goes up is found', () => {
  test.each([
    ['to the file that composes', 'edge/edge.ts', "import { Site } from '../site';", 'edge/edge imports site'],
    ['out of private/', 'edge/private/rule.ts', "import { Site } from '../../site';", 'edge/private/rule imports site'],
    ['of a type alone', 'data/data.ts', "import type { Edge } from '../edge/edge';", 'data/data imports edge/edge'],
    ['in a type', 'data/data.ts', "type Edge = import('../edge/edge').Edge;", 'data/data imports edge/edge'],
    [
      'by exporting it again',
      'shared/validate.ts',
      "export * from '../data/data';",
      'shared/validate imports data/data',
    ],
    ['while it runs', 'data/data.ts', "const later = () => import('../edge/edge');", 'data/data imports edge/edge'],
    ['to the index', 'site.ts', "import { Site } from './index';", 'site imports index'],
  ])('%s', (_, path, text, fault) => {
    expect(faults({ [path]: text })).toContain(`${fault}, which is above it`);
  });
});

test('an import of what is private to another room is found', () => {
  expect(faults({ 'site.ts': "import { rule } from './edge/private/rule';" })).toEqual([
    'site imports edge/private/rule, which is private to edge/',
  ]);
});

describe('a circle is found', () => {
  test('of two files in one room', () => {
    expect(faults({ 'data/a.ts': "import { b } from './b';", 'data/b.ts': "import { a } from './a';" })).toEqual([
      'data/a and data/b import each other in a circle',
    ]);
  });

  test('of types alone', () => {
    expect(
      faults({ 'data/a.ts': "import type { B } from './b';", 'data/b.ts': "import type { A } from './a';" }),
    ).toEqual(['data/a and data/b import each other in a circle']);
  });

  test('of three files, beside another circle', () => {
    const planted = {
      'data/a.ts': "import { b } from './b';",
      'data/b.ts': "import { c } from './c';",
      'data/c.ts': "import { a } from './a';",
      'shared/d.ts': "import { e } from './e';",
      'shared/e.ts': "import { d } from './d';",
    };
    expect(faults(planted)).toEqual([
      'data/a and data/b and data/c import each other in a circle',
      'shared/d and shared/e import each other in a circle',
    ]);
  });

  test('of a file with itself', () => {
    expect(faults({ 'data/a.ts': "import { a } from './a';" })).toEqual(['data/a import each other in a circle']);
  });
});

describe('an import of another package is found', () => {
  test.each([
    ['by its name', "import { Registry } from 'registry';", 'imports the package registry'],
    ['deep inside', "import { x } from 'registry/lib/x';", 'imports the package registry/lib/x'],
    ['of its types', "import type { Registry } from 'registry';", 'imports the package registry'],
    ['by a path', "import { x } from '../../registry/src/x';", 'imports ../../registry/src/x, which is outside'],
    ['of itself by its name', "import { Site } from 'site';", 'imports the package site'],
  ])('%s', (_, text, fault) => {
    const [found, ...others] = faults({ 'site.ts': text });
    expect(found).toContain(`site ${fault}`);
    expect(others).toEqual([]);
  });
});

describe('a place that does not fit is found', () => {
  test('outside every room', () => {
    expect(faults({ 'loose.ts': '' })).toEqual(['loose is in no room']);
  });

  test('too deep', () => {
    expect(faults({ 'data/postgres/instance.ts': '' })).toEqual([
      'data/postgres/instance is too deep: a room has no folder but private/',
    ]);
  });

  test('for a room without a file', () => {
    expect(faults({}, { ...TREE, rooms: [...TREE.rooms, 'cellar/'] })).toEqual(['the room cellar/ is empty']);
  });
});

test('words that look like an import are none', () => {
  expect(
    faults({ 'shared/validate.ts': "// import { Site } from '../site';\nconst text = `import '../site'`;" }),
  ).toEqual([]);
});

describe('the sources of this repository', () => {
  test.each(SOURCE_TREES)('$folder has no fault', (tree) => {
    const sources = readSources(`${__dirname}/../../..`, tree);
    expect(sources.length).toBeGreaterThan(5);
    expect(importFaults(tree, sources, ['ecr-hardened-repo', 'django-fargate-construct', 'ecs-observability'])).toEqual(
      [],
    );
  });
});
