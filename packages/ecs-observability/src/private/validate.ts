import type { BaseService, IBaseService, ITaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IApplicationLoadBalancer, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Annotations, Arn, ArnFormat, type IResource, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { AlarmThresholds } from '../alarm-thresholds';

/** Thresholds that only the load balancer's metrics can reach. */
const OF_REQUESTS = ['serverErrorPercent', 'latency', 'minRequestsPerMinute', 'unhealthyTargets'] as const;

/** Fails on a threshold that can never work for a service, with or without its requests. */
export function requireThresholds(
  scope: IConstruct,
  thresholds: AlarmThresholds,
  service: IBaseService,
  measuresRequests: boolean,
): void {
  // On instances, tasks may use more than they reserve.
  // Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
  const most = (service as Partial<BaseService>).taskDefinition?.isEc2Compatible === false ? 100 : undefined;
  requirePercent(scope, 'cpuPercent', thresholds.cpuPercent, most);
  requirePercent(scope, 'memoryPercent', thresholds.memoryPercent, most);
  requirePercent(scope, 'serverErrorPercent', thresholds.serverErrorPercent, 100);
  requireCount(scope, 'minRequestsPerMinute', thresholds.minRequestsPerMinute);
  requireCount(scope, 'unhealthyTargets', thresholds.unhealthyTargets);
  requireCount(scope, 'containerRestarts', thresholds.containerRestarts);

  const { latency } = thresholds;
  if (latency && !latency.isUnresolved() && latency.toMilliseconds({ integral: false }) <= 0) {
    fail(scope, `'thresholds.latency' must be longer than 0, got ${latency.toHumanString()}`);
  }
  const needless = OF_REQUESTS.find((name) => thresholds[name] !== undefined);
  if (needless && !measuresRequests) {
    fail(scope, `'thresholds.${needless}' needs 'targetGroup', got none: it is measured at the load balancer`);
  }
}

/** Fails when `resource` is known to be elsewhere: alarms and rules see only their own account and region. */
export function requireSamePlace(
  scope: IConstruct,
  prop: string,
  resource: IResource,
  parts: ('account' | 'region')[],
  nextStep: string,
): void {
  const stack = Stack.of(scope);
  for (const part of parts) {
    const [here, there] = [stack[part], resource.env[part]];
    if (!Token.isUnresolved(here) && !Token.isUnresolved(there) && here !== there) {
      fail(scope, `'${prop}' must be in ${here}, the ${part} of the alarms, got ${there}: ${nextStep}`);
    }
  }
}

/** Fails for what is no application load balancer's, or is known to be elsewhere: others count no requests. */
export function requireApplication(
  scope: IConstruct,
  targetGroup: IApplicationTargetGroup | undefined,
  loadBalancer: IApplicationLoadBalancer | undefined,
): void {
  // by what they have, not by their classes, of which there are two when there are two copies of aws-cdk-lib
  if (targetGroup && typeof targetGroup.registerConnectable !== 'function') {
    const kind = Array.isArray(targetGroup) ? 'a list' : 'another kind';
    fail(
      scope,
      `'targetGroup' must be one target group of an application load balancer, got ${kind}: others count no requests. Leave it out for them`,
    );
  }
  if (loadBalancer && typeof loadBalancer.metrics?.requestCount !== 'function') {
    fail(scope, "'loadBalancer' must be an application load balancer, got another kind: others count no requests");
  }
  requireArnHere(scope, 'targetGroup', targetGroup?.targetGroupArn);
  requireArnHere(scope, 'loadBalancer', loadBalancer?.loadBalancerArn);
}

/** Fails for what is known by its ARN to be of another account or region than the alarms. */
export function requireArnHere(scope: IConstruct, prop: string, arn: string | undefined): void {
  if (arn === undefined || Token.isUnresolved(arn)) return;
  const stack = Stack.of(scope);
  const { region, account } = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME);
  for (const [part, here, there] of [
    ['region', stack.region, region],
    ['account', stack.account, account],
  ]) {
    if (!there || Token.isUnresolved(here) || here === there) continue;
    fail(scope, `'${prop}' must be in ${here}, the ${part} of the alarms, got ${there}: watch it from a stack there`);
  }
}

/** Fails for what is no task definition. */
export function requireTaskDefinition(scope: IConstruct, taskDefinition: ITaskDefinition): void {
  if (taskDefinition?.taskDefinitionArn) return;
  fail(scope, "'taskDefinition' must be a task definition of ECS, got none");
}

/** Says at synthesis that nobody is told, unless that is meant. */
export function warnOfSilence(scope: IConstruct): void {
  Annotations.of(scope).addWarningV2(
    'ecs-observability:no-alerts',
    "Nobody hears of these alarms. Set 'alerts' to AlertRouting.topics(…), or to AlertRouting.none() if that is meant",
  );
}

/** Fails for a service whose cluster nobody knows: its metrics and events carry the name. */
export function requireCluster(scope: IConstruct, service: IBaseService): void {
  if (service?.cluster) return;
  fail(
    scope,
    "'service' must be an ECS service that knows its cluster, got none: import it by ecs.BaseService.fromServiceArnWithCluster(), or by attributes with 'cluster'",
  );
}

/** A share between 0 and 1 is the usual mistake, and would alarm for ever. */
function requirePercent(scope: IConstruct, name: string, value: number | undefined, most?: number): void {
  if (value === undefined || Token.isUnresolved(value) || (value >= 1 && value <= (most ?? Number.MAX_VALUE))) {
    return;
  }
  const range = most ? `a percentage from 1 to ${most}` : 'a percentage of at least 1';
  fail(scope, `'thresholds.${name}' must be ${range}, got ${value}`);
}

function requireCount(scope: IConstruct, name: string, value: number | undefined): void {
  if (value === undefined || Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1)) {
    return;
  }
  fail(scope, `'thresholds.${name}' must be a whole number of at least 1, got ${value}`);
}

/** Fails synthesis with what is wrong, the value seen, and where. */
export function fail(scope: IConstruct, message: string): never {
  throw new Error(`${message} [${scope.node.path}]`);
}
