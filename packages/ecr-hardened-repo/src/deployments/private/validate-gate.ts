import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { type Duration, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from '../../shared/validate';

/**
 * All variables of a Lambda function together may have 4 kB; the other ones need less than the rest.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_POLICY_BYTES = 3500;

/** Fails when the policy is too long to be handed to the function. */
export function requirePolicySize(scope: IConstruct, policy: string): void {
  const bytes = Buffer.byteLength(policy);
  if (bytes <= MOST_POLICY_BYTES) return;
  fail(
    scope,
    `'policy' must be at most ${MOST_POLICY_BYTES} bytes long, got ${bytes}: ` +
      'accept fewer findings or give shorter reasons',
  );
}

/** Fails for a time in which no scan ends, or which a Lambda function does not have. */
export function requireTimeout(scope: IConstruct, timeout: Duration): void {
  if (timeout.isUnresolved()) return;
  const seconds = timeout.toSeconds({ integral: false });
  if (Number.isInteger(seconds) && seconds >= 30 && seconds <= 14 * 60) return;
  fail(scope, `'timeout' must be whole seconds, from 30 seconds to 14 minutes, got ${timeout.toHumanString()}`);
}

/** Fails for a service of another stack: service and gate need each other's names. */
export function requireSameStack(scope: IConstruct, service: ecs.BaseService): void {
  if (Stack.of(scope) === Stack.of(service)) return;
  fail(
    scope,
    `'service' must be in the gate's stack ${Stack.of(scope).stackName}, got ${service.node.path}: ` +
      'make a gate in its stack',
  );
}

/** Fails for a service whose deployments would not run the hook. */
export function requireHooks(scope: IConstruct, service: ecs.BaseService): void {
  const { deploymentController, deploymentConfiguration } = service.node.defaultChild as ecs.CfnService;
  const controller = (deploymentController as ecs.CfnService.DeploymentControllerProperty | undefined)?.type;
  if (controller !== undefined && controller !== ecs.DeploymentControllerType.ECS && !Token.isUnresolved(controller)) {
    fail(
      scope,
      `'service' must have the deployment controller ECS, got ${controller} for ${service.node.path}: ` +
        "use 'blockConstructs'",
    );
  }
  const { strategy = ecs.DeploymentStrategy.ROLLING } =
    deploymentConfiguration as ecs.CfnService.DeploymentConfigurationProperty;
  if (strategy !== ecs.DeploymentStrategy.ROLLING) return;
  fail(
    scope,
    `'service' must have the deployment strategy BLUE_GREEN, LINEAR or CANARY, got ROLLING for ${service.node.path}: ` +
      "use 'blockConstructs'",
  );
}

/** Fails for what is neither a tag nor a digest, a whole image name for instance. */
export function requireImage(scope: IConstruct, tagOrDigest: string): void {
  if (Token.isUnresolved(tagOrDigest)) return;
  if (/^(sha256:[0-9a-f]{64}|\w[\w.-]{0,127})$/.test(tagOrDigest)) return;
  fail(scope, `'tagOrDigest' must be a tag such as v1.4.2 or a digest such as sha256:9f86…, got '${tagOrDigest}'`);
}

/** Fails when nothing would wait for the check. */
export function requireSome(scope: IConstruct, constructs: IConstruct[]): void {
  if (constructs.length > 0) return;
  fail(scope, "'constructs' must hold what waits for the check, got none");
}

/** Fails for a construct that the check itself needs. */
export function requireOutside(gate: IConstruct, repository: ecr.IRepository, construct: IConstruct): void {
  const inside = [gate, repository].find(({ node }) => node.scopes.includes(construct));
  if (inside === undefined) return;
  fail(
    gate,
    `'constructs' must hold nothing that the check needs, got '${construct.node.path}' with ${inside.node.path} in it: ` +
      'name the service or function itself',
  );
}
