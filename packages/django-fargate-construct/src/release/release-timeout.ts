import type { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { requireWhole } from '../shared/validate';

/** Fails synthesis unless a Lambda function, which ends after 15 minutes, can wait for so long. */
export function requireReleaseTimeout(scope: IConstruct, prop: string, timeout: Duration | undefined): void {
  if (timeout) requireWhole(scope, prop, timeout.toSeconds({ integral: false }), 30, 14 * 60);
}
