/**
 * Checks that imports run down the rooms of every source tree, that no room reaches into the `private/` of another, that no
 * files import each other in a circle, that packages stay apart, and that the pictures in docs/architecture.md are those of
 * the imports.
 *
 * Usage: npx tsx projenrc/tools/imports/main.ts [--write]
 *
 * With `--write` the pictures are drawn anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../repository/construct-package';
import { importFaults } from './import-faults';
import { picture, withPictures } from './picture';
import { SOURCE_TREES } from './rooms';
import { readSources } from './source-imports';

const PAGE = join(REPOSITORY, 'docs', 'architecture.md');

const packages = readdirSync(join(REPOSITORY, 'packages'));
const trees = SOURCE_TREES.map((tree) => ({ tree, files: readSources(REPOSITORY, tree) }));
const faults = trees.flatMap(({ tree, files }) =>
  importFaults(tree, files, packages).map((fault) => `${tree.folder}: ${fault}`),
);

const page = readFileSync(PAGE, 'utf8');
const drawn = trees
  .filter(({ tree }) => tree.drawn)
  .map(({ tree, files }) => [tree.folder, picture(tree, files)] as const);
const drawnPage = withPictures(page, new Map(drawn));
if (process.argv.includes('--write')) writeFileSync(PAGE, drawnPage);
else if (drawnPage !== page) {
  faults.push(
    'docs/architecture.md: the pictures are older than the imports; `npx tsx projenrc/tools/imports/main.ts --write` draws them anew',
  );
}

for (const fault of faults) {
  console.error(fault);
}
console.log(`imports: ${faults.length} faults in ${SOURCE_TREES.length} source trees`);
process.exitCode = faults.length > 0 ? 1 : 0;
