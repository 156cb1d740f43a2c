import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DURATION, FLAG, type Kinds, NUMBER, needed, QUEUE, requireKinds, SCHEDULE } from '../shared/kinds';
import { requireCron, requireTimeZone } from '../shared/times';
import { fail, requireWhole } from '../shared/validate';
import { COMMAND_KINDS, type DjangoCommandProps } from './django-command';
import { type CommandSite, commandSecurityGroup, commandSize, commandTask } from './private/command-task';
import { guardedCommand, requireManagementCommand } from './private/management-command';
import { grantRunTask, taskNetwork } from './run-task';

/** Properties of a command that runs at certain times. */
export interface ScheduledCommandProps extends DjangoCommandProps {
  /** Times at which the command runs; a cron expression is read in its own time zone, which is UTC unless it names another. */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * Time after which a run is ended, with exit code 1 and its traceback in the log.
   *
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;

  /**
   * Whether a run starts even though the run before has not ended. Otherwise it is skipped, which its log says, and its
   * exit code is 0.
   *
   * @default false
   */
  readonly allowOverlap?: boolean;

  /**
   * Times that a start that failed is tried again, from 0 to 185. A command that started and then failed is not run again.
   *
   * @default 10
   */
  readonly retries?: number;

  /**
   * Time after which a start that failed is not tried again, from 1 minute to 24 hours.
   *
   * @default Duration.hours(1)
   */
  readonly maxEventAge?: Duration;

  /**
   * Queue for starts that failed for good; a standard queue, not a FIFO queue.
   *
   * @default - a new one, encrypted by SQS, which keeps its messages for 14 days
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

const KINDS: Kinds<ScheduledCommandProps> = {
  ...COMMAND_KINDS,
  schedule: needed(SCHEDULE),
  timeout: DURATION,
  allowOverlap: FLAG,
  retries: NUMBER,
  maxEventAge: DURATION,
  deadLetterQueue: QUEUE,
};

/**
 * A management command that Amazon EventBridge Scheduler runs as a task with the site's image, environment and rights, by
 * default never twice at a time. Made by `addScheduledCommand` of a site.
 */
export class ScheduledCommand extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** @internal */
  public static _create(
    scope: Construct,
    id: string,
    site: CommandSite,
    props: ScheduledCommandProps,
  ): ScheduledCommand {
    return new ScheduledCommand(scope, id, site, props);
  }

  /** Task that runs the command. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** Network rules of the task, which let it reach the database and the cache. */
  public readonly securityGroup: ec2.SecurityGroup;
  /** Network rules of the task. */
  public readonly connections: ec2.Connections;
  /** Task role of this command alone; the site itself stands for all processes. */
  public readonly grantPrincipal: iam.IPrincipal;
  /** Schedule that starts the task. */
  public readonly schedule: scheduler.Schedule;
  /** Queue that holds starts that failed for good. */
  public readonly deadLetterQueue: sqs.IQueue;

  private constructor(scope: Construct, id: string, site: CommandSite, props: ScheduledCommandProps) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const timeout = props.timeout ?? Duration.hours(1);
    const retries = props.retries ?? 10;
    const maxEventAge = props.maxEventAge ?? Duration.hours(1);
    requireManagementCommand(this, props.command);
    requireSchedule(this, props.schedule);
    requireWhole(this, 'timeout', timeout.toSeconds({ integral: false }), 1);
    // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
    requireWhole(this, 'retries', retries, 0, 185);
    requireWhole(this, 'maxEventAge', maxEventAge.toSeconds({ integral: false }), 60, 24 * 3600);
    if (props.deadLetterQueue?.fifo) {
      fail(this, "'deadLetterQueue' must be a standard queue, got a FIFO queue, which EventBridge Scheduler refuses");
    }
    const size = commandSize(this, site.profile, props);

    const lock = props.allowOverlap ? '' : lockNumber(this);
    const command = guardedCommand(props.command, timeout.toSeconds(), lock);
    this.taskDefinition = commandTask(this, 'Task', site, { ...size, command, container: props.container });
    this.securityGroup = commandSecurityGroup(this, 'SecurityGroup', site);
    this.connections = this.securityGroup.connections;
    this.grantPrincipal = this.taskDefinition.taskRole;
    this.deadLetterQueue = props.deadLetterQueue ?? this.createDeadLetterQueue();
    this.schedule = this.createSchedule(site.cluster, props, {
      maximumRetryAttempts: retries,
      maximumEventAgeInSeconds: maxEventAge.toSeconds(),
    });
  }

  private createDeadLetterQueue(): sqs.Queue {
    return new sqs.Queue(this, 'DeadLetters', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }

  /** The library's own target grants the role more than this one task, and shares the role with every other schedule. */
  private createSchedule(
    cluster: ecs.ICluster,
    props: ScheduledCommandProps,
    retryPolicy: scheduler.CfnSchedule.RetryPolicyProperty,
  ): scheduler.Schedule {
    const role = this.createRole(cluster);
    const schedule = new scheduler.Schedule(this, 'Schedule', {
      description: `Runs ${props.command.join(' ')}`.slice(0, 512),
      schedule: props.schedule,
      timeWindow: scheduler.TimeWindow.off(),
      target: {
        bind: () => ({
          arn: cluster.clusterArn,
          role,
          retryPolicy,
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
          ecsParameters: {
            taskDefinitionArn: this.taskDefinition.taskDefinitionArn,
            launchType: ecs.LaunchType.FARGATE,
            taskCount: 1,
            enableEcsManagedTags: true,
            networkConfiguration: { awsvpcConfiguration: taskNetwork(this, cluster.vpc, this.securityGroup) },
          },
        }),
      },
    });
    schedule.node.addDependency(role);
    return schedule;
  }

  private createRole(cluster: ecs.ICluster): iam.Role {
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      description: 'Lets EventBridge Scheduler run one task of a Django site',
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            // the narrowest that the service names: it says which group a schedule is in, not which schedule it is
            'aws:SourceArn': stack.formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: 'default',
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          },
        },
      }),
    });
    grantRunTask(role, cluster, this.taskDefinition);
    this.deadLetterQueue.grantSendMessages(role);
    return role;
  }
}

/** The number of this command's lock in the site's database; it changes only when the construct moves. */
function lockNumber(scope: Construct): string {
  return BigInt(`0x${scope.node.addr.slice(2, 17)}`).toString();
}

/**
 * Fails synthesis on what EventBridge Scheduler would refuse after minutes, or run every minute.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
function requireSchedule(scope: Construct, { expressionString, timeZone }: scheduler.ScheduleExpression): void {
  if (timeZone) requireTimeZone(scope, 'schedule', timeZone);
  if (Token.isUnresolved(expressionString)) return;
  const [, kind, inner] = /^(cron|rate|at)\((.*)\)$/.exec(expressionString) ?? [];
  if (kind === undefined) {
    fail(scope, `'schedule' must be cron(…), rate(…) or at(…), got '${expressionString}'`);
  }
  if (kind !== 'cron') return;
  requireCron(scope, 'schedule', expressionString);
  if (!inner.startsWith('* ')) return;
  fail(
    scope,
    `'schedule' must name a minute, got '${expressionString}', which runs every minute of its hours. Add minute: '0'; for every minute, take ScheduleExpression.rate(Duration.minutes(1))`,
  );
}
