import type { Stack } from 'aws-cdk-lib';
import { HardenedRepository, ImageEncryption } from '../src';

/** The engines that judge a template, by the names that the README gives them, and what the ids of their rules look like. */
const ENGINES = {
  'Security Hub': /^(ECR|KMS)\.\d+$/,
  'Control Tower': /^CT\./,
  checkov: /^CKV_/,
  Trivy: /^AWS-\d+$/,
  'cdk-nag': /^(AwsSolutions|NIST|PCI)\b/,
};

export type Engine = keyof typeof ENGINES;

/** Those of `rules` that an engine runs. */
export function rulesOf(engine: Engine, rules: string[]): string[] {
  return rules.filter((rule) => ENGINES[engine].test(rule));
}

/** Rules as the README names them, each engine before its own. */
export function described(rules: string[]): string {
  return (Object.keys(ENGINES) as Engine[])
    .filter((engine) => rulesOf(engine, rules).length > 0)
    .map((engine) => `${engine} ${rulesOf(engine, rules).join(', ')}`)
    .join(', ');
}

/** A default of the construct, and the rules that ask for it. */
export interface Default {
  readonly name: string;
  readonly rules: string[];
}

export const DEFAULTS: Default[] = [
  {
    name: 'Tags never move: immutable, without exclusions',
    rules: ['ECR.2', 'CT.ECR.PR.3', 'CKV_AWS_51', 'AWS-0031'],
  },
  {
    name: 'Every image is scanned when it is pushed',
    rules: ['ECR.1', 'CT.ECR.PR.2', 'CKV_AWS_163', 'AWS-0030'],
  },
  {
    name: 'A customer-managed key encrypts the images',
    rules: ['ECR.5', 'CKV_AWS_136', 'AWS-0033'],
  },
  {
    name: 'The key rotates every year',
    rules: [
      'KMS.4',
      'CT.KMS.PR.1',
      'CKV_AWS_7',
      'AWS-0065',
      'AwsSolutions-KMS5',
      'NIST.800.53.R4-KMSBackingKeyRotationEnabled',
      'NIST.800.53.R5-KMSBackingKeyRotationEnabled',
      'PCI.DSS.321-KMSBackingKeyRotationEnabled',
    ],
  },
  {
    name: 'Only AWS services get grants on the key',
    rules: ['CT.KMS.PR.3'],
  },
  {
    name: 'A lifecycle policy says what expires',
    rules: ['ECR.3', 'CT.ECR.PR.1'],
  },
  {
    name: 'Nobody has access by the principal `*`, neither to images nor to the key',
    rules: ['KMS.5', 'CKV_AWS_32', 'CKV_AWS_33', 'AWS-0032', 'AwsSolutions-ECR1'],
  },
];

/** A choice that weakens a default: the repository that it makes, and the rules that it gives up. */
export interface WeakerChoice {
  readonly name: string;
  readonly make: (stack: Stack) => unknown;
  readonly givesUp: string[];
}

export const WEAKER_CHOICES: WeakerChoice[] = [
  {
    name: '`mutableTagPatterns`',
    make: (stack) => new HardenedRepository(stack, 'Images', { mutableTagPatterns: ['cache-*'] }),
    givesUp: ['ECR.2', 'CT.ECR.PR.3', 'CKV_AWS_51', 'AWS-0031'],
  },
  {
    name: '`ImageEncryption.awsManagedKey()`',
    make: (stack) => new HardenedRepository(stack, 'Images', { encryption: ImageEncryption.awsManagedKey() }),
    givesUp: ['ECR.5', 'AWS-0033'],
  },
  {
    name: '`allowPullFromOrganization()`',
    make: (stack) => new HardenedRepository(stack, 'Images').allowPullFromOrganization('o-a1b2c3d4e5'),
    givesUp: ['AWS-0032', 'AwsSolutions-ECR1'],
  },
];
