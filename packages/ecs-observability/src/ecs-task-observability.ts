import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { ArnFormat, Fn, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlertRouting } from './alert-routing';
import { requireArnHere, requireTaskDefinition, warnOfSilence } from './private/validate';

/** Properties of `EcsTaskObservability`. */
export interface EcsTaskObservabilityProps {
  /** Task definition whose runs are watched, in every revision; owned or imported. Nothing on it is changed. */
  readonly taskDefinition: ecs.ITaskDefinition;

  /**
   * Cluster in which the runs are watched.
   *
   * @default - every cluster of the account and region
   */
  readonly cluster?: ecs.ICluster;

  /**
   * Topics that hear of a run that failed.
   *
   * @default - nobody, and a warning at synthesis says so; `AlertRouting.none()` says it without the warning
   */
  readonly alerts?: AlertRouting;

  /**
   * Whether a run that failed is told to the topic for critical alarms; otherwise it is a warning.
   *
   * @default false
   */
  readonly critical?: boolean;
}

/**
 * Tells of each run of a task that failed, with its reason: a scheduled command, a migration, an import. No service is needed.
 *
 * A run has failed when a container ends with another exit code than 0, when it runs out of memory, when the task cannot be started,
 * and when AWS takes it back (Fargate Spot, maintenance). Not counted: 137 and 143, with which containers end that ECS stops
 * beside one that has finished; and tasks of a service, which ECS replaces. A run that is never started has no event.
 */
export class EcsTaskObservability extends Construct {
  /** Matches each run that failed. Add targets of your own to it. */
  public readonly failedRunRule: events.Rule;

  constructor(scope: Construct, id: string, props: EcsTaskObservabilityProps) {
    super(scope, id);

    const { taskDefinition, cluster, alerts, critical } = props;
    requireTaskDefinition(this, taskDefinition);
    requireArnHere(this, 'taskDefinition', taskDefinition.taskDefinitionArn);
    alerts?._requireRegion(this);
    const family = familyOf(taskDefinition);
    this.failedRunRule = new events.Rule(this, 'FailedRun', {
      description: 'Runs of an ECS task that failed',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          ...(cluster && { clusterArn: [cluster.clusterArn] }),
          taskDefinitionArn: [{ prefix: revisionsOf(this, family) }],
          group: [{ 'anything-but': { prefix: 'service:' } }],
          lastStatus: ['STOPPED'],
          // Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
          $or: [
            { stopCode: ['TaskFailedToStart', 'SpotInterruption', 'TerminationNotice'] },
            { containers: { exitCode: [{ 'anything-but': [0, 137, 143] }] } },
            { containers: { reason: [{ prefix: 'OutOfMemoryError' }] } },
          ],
        },
      },
    });
    const topic = alerts?._topicFor(critical ? 'critical' : 'warning');
    if (topic) {
      alerts?._letPublish();
      // not CDK's own target, which lets EventBridge publish for every account
      this.failedRunRule.addTarget({ bind: () => ({ arn: topic.topicArn, input: message(family) }) });
    }
    if (!alerts) warnOfSilence(this);
  }
}

function familyOf(taskDefinition: ecs.ITaskDefinition): string {
  const { family } = taskDefinition as Partial<ecs.TaskDefinition>;
  // arn:aws:ecs:<region>:<account>:task-definition/<family>:<revision>
  return family ?? Fn.select(0, Fn.split(':', Fn.select(1, Fn.split('/', taskDefinition.taskDefinitionArn))));
}

/** What the ARNs of all revisions begin with. */
function revisionsOf(scope: Construct, family: string): string {
  return Stack.of(scope).formatArn({
    service: 'ecs',
    resource: 'task-definition',
    resourceName: `${family}:`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

function message(family: string): events.RuleTargetInput {
  const field = (name: string) => events.EventField.fromPath(`$.detail.${name}`);
  return events.RuleTargetInput.fromText(
    `A run of ${family} failed: ${field('stoppedReason')} (${field('stopCode')}). Its logs say why. Task: ${field('taskArn')}`,
  );
}
