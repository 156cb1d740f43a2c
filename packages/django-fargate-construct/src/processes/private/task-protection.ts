import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';

/**
 * Lets a task ask the ECS agent beside it for protection from scale-in; the agent asks ECS with the task's role.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function allowTaskProtection(task: ecs.TaskDefinition, cluster: ecs.ICluster): void {
  task.addToTaskRolePolicy(
    new iam.PolicyStatement({
      actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
      // the id of its own task is not known before it runs
      resources: [
        Stack.of(task).formatArn({
          service: 'ecs',
          resource: 'task',
          resourceName: `${cluster.clusterName}/*`,
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        }),
      ],
    }),
  );
}
