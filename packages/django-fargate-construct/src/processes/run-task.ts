import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { taskPlacement } from '../network/subnets';

/** Network of a task that no service starts: where all tasks of the site run. */
export function taskNetwork(scope: IConstruct, vpc: ec2.IVpc, securityGroup: ec2.ISecurityGroup) {
  const { subnets, assignPublicIp } = taskPlacement(scope, vpc);
  return {
    subnets: subnets.map(({ subnetId }) => subnetId),
    securityGroups: [securityGroup.securityGroupId],
    assignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED',
  };
}

/** Lets somebody run any revision of this one task in this one cluster, and nothing else. */
export function grantRunTask(
  grantee: iam.IGrantable,
  cluster: ecs.ICluster,
  taskDefinition: ecs.FargateTaskDefinition,
): iam.Grant {
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
