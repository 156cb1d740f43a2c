import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { HardenedRepository } from '../src';
import { DEFAULTS, WEAKER_CHOICES } from './posture';

/** A stack that the rule engines judge, and the rules that have to find something in it: these, and no others. */
export interface Subject {
  readonly name: string;
  readonly make: (stack: Stack) => unknown;
  readonly found: string[];
}

/** The rules that the construct satisfies by default. */
export const ALL_RULES = DEFAULTS.flatMap(({ rules }) => rules);

export const HARDENED: Subject = {
  name: 'the default repository',
  make: (stack) => {
    new HardenedRepository(stack, 'Images');
  },
  found: [],
};

/** The other end: were a rule not found here, finding nothing in the default repository would say nothing about it. */
export const PLAIN: Subject = {
  name: 'a plain repository and key, open to everybody',
  make: (stack) => {
    const key = new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
    key.addToResourcePolicy(everybody('kms:Decrypt', '*'));
    new ecr.Repository(stack, 'Images').addToResourcePolicy(everybody('ecr:BatchGetImage'));
  },
  found: ALL_RULES,
};

export const SUBJECTS: Subject[] = [
  HARDENED,
  PLAIN,
  ...WEAKER_CHOICES.map(({ name, make, givesUp }) => ({ name: `the choice ${name}`, make, found: givesUp })),
];

function everybody(action: string, ...resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: [action], resources, principals: [new iam.AnyPrincipal()] });
}
