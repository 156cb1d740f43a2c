/**
 * Writes what `projenrc/tools/verifiers` judges: a template for each subject, and `expected.json` with the rules that find
 * something in each.
 *
 * Usage: npx tsx verified-templates.ts FOLDER
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyStack, templateFile } from './fixtures';
import { ALL_RULES, HARDENED, SUBJECTS } from './subjects';

const [folder] = process.argv.slice(2);
const expected = SUBJECTS.map((subject, index) => {
  const stack = emptyStack();
  subject.make(stack);
  const template = `${index}.template.json`;
  copyFileSync(templateFile(stack), join(folder, template));
  return {
    template,
    name: subject.name,
    found: subject.found,
    satisfied: subject === HARDENED ? ALL_RULES : undefined,
  };
});
writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected, null, 2));
