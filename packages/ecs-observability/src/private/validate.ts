import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import { type IResource, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { AlarmThresholds } from '../alarm-thresholds';

/** Thresholds that only the load balancer's metrics can reach. */
const OF_REQUESTS = ['serverErrorPercent', 'latency', 'minRequestsPerMinute', 'unhealthyTargets'] as const;

/** Fails on a threshold that can never work. */
export function requireThresholds(scope: IConstruct, thresholds: AlarmThresholds, measuresRequests: boolean): void {
  requirePercent(scope, 'cpuPercent', thresholds.cpuPercent);
  requirePercent(scope, 'memoryPercent', thresholds.memoryPercent);
  requirePercent(scope, 'serverErrorPercent', thresholds.serverErrorPercent);
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

/** Fails for a service whose cluster nobody knows: its metrics and events carry the name. */
export function requireCluster(scope: IConstruct, service: IBaseService): void {
  if (service?.cluster) return;
  fail(
    scope,
    "'service' must be an ECS service that knows its cluster, got none: import it by ecs.BaseService.fromServiceArnWithCluster(), or by attributes with 'cluster'",
  );
}

/** A share between 0 and 1 is the usual mistake, and would alarm for ever. */
function requirePercent(scope: IConstruct, name: string, value: number | undefined): void {
  if (value === undefined || Token.isUnresolved(value) || (value >= 1 && value <= 100)) {
    return;
  }
  fail(scope, `'thresholds.${name}' must be a percentage from 1 to 100, got ${value}`);
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
