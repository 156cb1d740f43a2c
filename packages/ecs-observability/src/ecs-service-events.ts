import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { requireCluster } from './private/validate';

/** Properties of `EcsServiceEvents`. */
export interface EcsServiceEventsProps {
  /** Service whose events are watched, owned or imported. */
  readonly service: ecs.IBaseService;
}

/** The events that ECS itself sends about one service, as EventBridge rules. */
export class EcsServiceEvents extends Construct {
  /**
   * Matches each task of the service that ECS replaces because it failed: an essential container exited, it could not
   * be started, or it failed a health check of its container or of the load balancer.
   *
   * Tasks that a deployment, scaling in, a person, Fargate Spot or AWS's maintenance stops do not match. The rule has
   * no target: EventBridge counts what it matches. Add one to be told of each failed task.
   */
  public readonly failedTaskRule: events.Rule;

  constructor(scope: Construct, id: string, props: EcsServiceEventsProps) {
    super(scope, id);

    requireCluster(this, props.service);
    this.failedTaskRule = new events.Rule(this, 'FailedTask', {
      description: 'Tasks of an ECS service that stopped because they failed',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [props.service.cluster.clusterArn],
          group: [`service:${props.service.serviceName}`],
          lastStatus: ['STOPPED'],
          // A task that is stopped on purpose also exits, but keeps the stop code of whoever stopped it. A health check
          // has no stop code of its own: ECS's scheduler stops the task and tells the cause in the reason.
          // Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
          $or: [
            { stopCode: ['EssentialContainerExited', 'TaskFailedToStart'] },
            {
              stoppedReason: [
                { prefix: 'Task failed container health checks' },
                { prefix: 'Task failed ELB health checks' },
              ],
            },
          ],
        },
      },
    });
  }
}
