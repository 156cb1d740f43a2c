import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';

/** Fails synthesis for a listener without security groups: the tasks could not let its load balancer in. */
export function requireListener(scope: IConstruct, listener: IApplicationListener | undefined): void {
  if (listener?.connections.securityGroups.length !== 0) return;
  fail(scope, "'listener' must have a security group, got none: import it with that of its load balancer");
}
