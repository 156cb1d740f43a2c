import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { taskPlacement } from '../network/subnets';
import { SitePrincipal } from '../shared/site-principal';

/** Network of a task that no service starts: where all tasks of the site run. */
export function taskNetwork(scope: IConstruct, vpc: ec2.IVpc, securityGroup: ec2.ISecurityGroup) {
  const { subnets, assignPublicIp } = taskPlacement(scope, vpc);
  return {
    subnets: subnets.map(({ subnetId }) => subnetId),
    securityGroups: [securityGroup.securityGroupId],
    assignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED',
  };
}

/**
 * Lets somebody run any revision of this one task in this one cluster, and nothing else. To a whole site that means all of
 * its processes but the release, which the task waits for.
 */
export function grantRunTask(
  to: iam.IGrantable,
  cluster: ecs.ICluster,
  taskDefinition: ecs.FargateTaskDefinition,
): iam.Grant {
  const { grantPrincipal } = to;
  const grantee = grantPrincipal instanceof SitePrincipal ? grantPrincipal.afterRelease : to;
  const family = Stack.of(taskDefinition).formatArn({
    service: 'ecs',
    resource: 'task-definition',
    // a rollback, or a start that is tried again during a deployment, runs the previous revision
    resourceName: `${taskDefinition.family}:*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  const run = iam.Grant.addToPrincipal({
    grantee,
    actions: ['ecs:RunTask'],
    resourceArns: [family],
    conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
  });
  const pass = iam.Grant.addToPrincipal({
    grantee,
    actions: ['iam:PassRole'],
    resourceArns: [taskDefinition.taskRole.roleArn, taskDefinition.obtainExecutionRole().roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
  return run.combine(pass);
}
