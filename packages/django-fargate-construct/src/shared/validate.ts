import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Fails synthesis with what is wrong, the value seen, and where. */
export function fail(scope: IConstruct, message: string): never {
  throw new Error(`${message} [${scope.node.path}]`);
}

/** Fails synthesis unless `value` is a whole number from `least` to `most`. Tokens pass: their value is unknown until deployment. */
export function requireWhole(
  scope: IConstruct,
  prop: string,
  value: number,
  least: number,
  most = Number.POSITIVE_INFINITY,
) {
  if (Token.isUnresolved(value)) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  fail(scope, `'${prop}' must be a whole number ${range}, got ${value}`);
}
