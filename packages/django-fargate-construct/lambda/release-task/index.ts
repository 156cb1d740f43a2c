import {
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
  StopTaskCommand,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** Properties of the custom resource; CloudFormation hands numbers over as text. */
interface Properties {
  readonly Cluster: string;
  readonly TaskDefinition: string;
  readonly Container: string;
  readonly Subnets: string[];
  readonly SecurityGroups: string[];
  readonly AssignPublicIp: 'ENABLED' | 'DISABLED';
  readonly TimeoutSeconds: string;
}

/** What a rollback of a new stack meets: the protections of a production site. */
const FIRST_TIME =
  '. If the stack is new: `cdk deploy --no-rollback` keeps what was made for another try; a rollback stops at a protected ' +
  'load balancer and database, see "A first deployment that fails" in docs/stacks.md';

const ecs = new ECSClient({});

/** Runs the release task when a release is created or updated, and answers CloudFormation. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  let failure: string | undefined;
  if (event.RequestType !== 'Delete') {
    try {
      await runRelease(event.ResourceProperties as unknown as Properties);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      if (event.RequestType === 'Create') failure += FIRST_TIME;
    }
  }
  console.log(JSON.stringify({ requestType: event.RequestType, failure: failure ?? null }));
  await answer(event, failure);
}

async function runRelease(properties: Properties): Promise<void> {
  const { Cluster: cluster, TaskDefinition: taskDefinition } = properties;
  const started = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition,
      launchType: 'FARGATE',
      startedBy: 'django-release',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: properties.Subnets,
          securityGroups: properties.SecurityGroups,
          assignPublicIp: properties.AssignPublicIp,
        },
      },
    }),
  );
  const taskArn = started.tasks?.[0]?.taskArn;
  if (!taskArn) {
    const reasons = (started.failures ?? []).map((failure) => failure.reason ?? 'unknown').join(', ');
    throw new Error(`the release task of ${taskDefinition} could not be started: ${reasons || 'no reason given'}`);
  }
  await waitForEnd(cluster, taskArn, Number(properties.TimeoutSeconds));
  await requireSuccess(cluster, taskArn, properties.Container);
}

/** Waits until the task has stopped; one that takes too long is stopped, so that no command goes on unseen. */
async function waitForEnd(cluster: string, taskArn: string, seconds: number): Promise<void> {
  try {
    await waitUntilTasksStopped(
      { client: ecs, maxWaitTime: seconds, minDelay: 1, maxDelay: 5 },
      { cluster, tasks: [taskArn] },
    );
  } catch (error) {
    await ecs.send(new StopTaskCommand({ cluster, task: taskArn, reason: 'the release task took too long' }));
    const cause = error instanceof Error && error.name !== 'TimeoutError' ? `: ${error.message}` : '';
    throw new Error(`the release task did not end within ${seconds} s and was stopped (${taskId(taskArn)})${cause}`);
  }
}

async function requireSuccess(cluster: string, taskArn: string, containerName: string): Promise<void> {
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
  const task = tasks?.[0];
  const container = task?.containers?.find(({ name }) => name === containerName);
  if (container?.exitCode === 0) return;
  const reason = [container?.reason, task?.stoppedReason].filter(Boolean).join('; ') || 'no reason given';
  const outcome = container?.exitCode === undefined ? 'never ran' : `ended with exit code ${container.exitCode}`;
  throw new Error(
    `the release command ${outcome} (${reason}): see log stream release/${containerName}/${taskId(taskArn)}`,
  );
}

function taskId(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1);
}

async function answer(event: CloudFormationCustomResourceEvent, failure: string | undefined): Promise<void> {
  const body = JSON.stringify({
    Status: failure ? 'FAILED' : 'SUCCESS',
    Reason: failure ?? 'The release task ended with exit code 0',
    PhysicalResourceId: event.RequestType === 'Create' ? event.LogicalResourceId : event.PhysicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  const response = await fetch(event.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}
