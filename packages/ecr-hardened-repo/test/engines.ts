import { CfnGuardValidator } from '@cdklabs/cdk-validator-cfnguard';
import type { Stack } from 'aws-cdk-lib';
import * as nag from 'cdk-nag';
import { templateFile } from './fixtures';

/** Every pack of cdk-nag, also one that a later version adds. */
const PACKS = Object.entries(nag)
  .filter(([name]) => name.endsWith('Checks'))
  .map(([, pack]) => pack as new () => nag.NagPack);

/** Ids of the rules of cdk-nag that find something in a stack. */
export function cdkNag(stack: Stack): string[] {
  return PACKS.flatMap((Pack) => new Pack().validateScope(stack).violations).map(({ ruleName }) => ruleName);
}

/**
 * Ids of the Control Tower guard rules that find something in a stack. cfn-guard runs as a program that comes for Linux
 * and macOS, on x86-64 and on 64-bit ARM; elsewhere this fails.
 */
export function controlTower(stack: Stack): string[] {
  const { violations } = new CfnGuardValidator().validate({
    templatePaths: [templateFile(stack)],
    appConstruct: stack.node.root,
  });
  return violations.map(({ ruleName, description, fix }) => {
    // A violation is named after the rule's function in the guard file; its message begins with the id.
    const [id] = /\bCT\.\w+\.PR\.\d+/.exec(`${description} ${fix}`) ?? [ruleName];
    return id;
  });
}
