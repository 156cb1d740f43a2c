/**
 * Checks that imports run down the rooms of every source tree, that no room reaches into the `private/` of another, that no
 * files import each other in a circle, and that packages stay apart.
 *
 * Usage: npx tsx projenrc/tools/imports/main.ts
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { importFaults } from './import-faults';
import { SOURCE_TREES } from './rooms';
import { readSources } from './source-imports';

const REPOSITORY = join(__dirname, '..', '..', '..');

const packages = readdirSync(join(REPOSITORY, 'packages'));
const faults = SOURCE_TREES.flatMap((tree) =>
  importFaults(tree, readSources(join(REPOSITORY, tree.folder)), packages).map((fault) => `${tree.folder}: ${fault}`),
);
for (const fault of faults) {
  console.error(fault);
}
console.log(`imports: ${faults.length} faults in ${SOURCE_TREES.length} source trees`);
process.exitCode = faults.length > 0 ? 1 : 0;
