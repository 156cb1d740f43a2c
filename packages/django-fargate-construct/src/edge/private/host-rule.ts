import { createHash } from 'node:crypto';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnResource } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { isWildcard } from '../host-name';
import { ORIGIN_SECRET_HEADER } from './cloud-front-headers';

/** The load balancing of a site: its own load balancer, or a listener that it was given. */
export interface Edge extends Construct {
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  readonly listener: elbv2.IApplicationListener;
  /** Certificate of the listener for the names; undefined when somebody else has seen to it. */
  readonly certificate?: acm.ICertificate;
  readonly hostNames: string[];
  readonly url: string;
  forwardTo(
    targetGroup: elbv2.IApplicationTargetGroup,
    originSecret?: ISecret,
  ): elbv2.ApplicationListenerRule | undefined;
}

/** Options of `hostRule`. */
export interface HostRuleOptions {
  readonly listener: elbv2.IApplicationListener;
  readonly hostNames: string[];
  readonly priority: number;
  readonly targetGroup: elbv2.IApplicationTargetGroup;
  /** Value of CloudFront's secret header; undefined when everybody may ask. */
  readonly originSecret?: ISecret;
}

/**
 * Sends requests for these names, and no others, to a target group; with a secret only those that carry it. The rule
 * belongs to `scope`, so that a listener in another stack does not come to depend on this one.
 */
export function hostRule(scope: Construct, options: HostRuleOptions): elbv2.ApplicationListenerRule {
  const { listener, hostNames, priority, targetGroup, originSecret } = options;
  const conditions = [elbv2.ListenerCondition.hostHeaders(hostNames)];
  if (originSecret) {
    const value = originSecret.secretValue.unsafeUnwrap();
    conditions.push(elbv2.ListenerCondition.httpHeader(ORIGIN_SECRET_HEADER, [value]));
  }
  const rule = new elbv2.ApplicationListenerRule(scope, 'HostRule', {
    listener,
    priority,
    conditions,
    action: elbv2.ListenerAction.forward([targetGroup]),
  });
  rule.node.addValidation({ validate: () => clashes(rule, listener.listenerArn, priority) });
  return rule;
}

/**
 * Priorities of sites that share a listener: below are those that people set, above is the last rule of a site's own listener.
 * Source of the range: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
 */
const LOWEST = 1000;
/** A wildcard comes after nearly all that have a name of their own below it. */
const LOWEST_OF_WILDCARDS = 49_000;
const HIGHEST = 49999;

/** The same number for a name in every app and at every synthesis, so that sites need not know of each other. */
export function priorityOf(name: string): number {
  const digest = createHash('sha256').update(name).digest();
  const lowest = isWildcard(name) ? LOWEST_OF_WILDCARDS : LOWEST;
  return lowest + (digest.readUInt32BE() % (HIGHEST - lowest + 1));
}

/** Two rules of one priority fail at deployment, after minutes; those of one app are found here. */
function clashes(rule: IConstruct, listenerArn: string, priority: number): string[] {
  return rule.node.root.node
    .findAll()
    .filter(isListenerRule)
    .filter((other) => other.listenerArn === listenerArn && other.priority === priority)
    .map(({ node }) => node.scope as IConstruct)
    .filter((other) => other !== rule)
    .map(
      (other) =>
        `'rulePriority' must differ on one listener, got ${priority} here and at ${other.node.path}: set it in the domain of one of them, or give them different names`,
    );
}

function isListenerRule(construct: IConstruct): construct is elbv2.CfnListenerRule {
  return (
    CfnResource.isCfnResource(construct) && construct.cfnResourceType === elbv2.CfnListenerRule.CFN_RESOURCE_TYPE_NAME
  );
}
