/**
 * Writes what `projenrc/tools/verifiers` judges: a template for each site, and `expected.json` with the rules that find
 * something in each. Fails when a part of the package is in none of them, or when CloudFormation Validate, which runs at
 * synthesis, finds something.
 *
 * Usage: npx tsx verified-templates.ts FOLDER
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import * as parts from '../src';
import { testStack } from './fixtures';
import { VERIFIED_SITES } from './verified-sites';

const [folder] = process.argv.slice(2);
const made: IConstruct[] = [];
const expected = VERIFIED_SITES.map(({ name, make, found }, index) => {
  const stack = testStack();
  make(stack);
  made.push(...stack.node.findAll());
  const assembly = Stage.of(stack)!.synth();
  const report = JSON.parse(readFileSync(join(assembly.directory, 'validation-report.json'), 'utf8'));
  if (report.pluginReports.length > 0) {
    throw new Error(`CloudFormation Validate must find nothing in ${name}, got ${JSON.stringify(report)}`);
  }
  const template = `${index}.template.json`;
  copyFileSync(assembly.getStackArtifact(stack.artifactId).templateFullPath, join(folder, template));
  return { template, name, found };
});
const missing = Object.values(parts as unknown as Record<string, typeof Construct>)
  .filter(({ prototype }) => prototype instanceof Construct)
  .filter((part) => !made.some((construct) => construct instanceof part));
if (missing.length > 0) {
  throw new Error(`every part must be in a site that is verified, got none of ${missing.map(({ name }) => name)}`);
}
writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected, null, 2));
