import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ArnFormat, CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { lambdaCode } from '../lambda-code';
import { taskPlacement, wayOut } from '../network/subnets';
import { CONTAINER_NAME } from '../processes/django-task';
import { grantRunTask } from '../processes/run-task';
import { requireWhole } from '../shared/validate';
import { waitFor } from '../shared/wait-for';
import { SiteProfile } from '../site-profile';

/** Properties of `ReleaseTask`. */
export interface ReleaseTaskProps {
  /** Cluster to run the task in. */
  readonly cluster: ecs.ICluster;

  /** Task to run; its container `django` decides by its exit code. */
  readonly taskDefinition: ecs.FargateTaskDefinition;

  /** Network rules of the task. */
  readonly securityGroup: ec2.ISecurityGroup;

  /**
   * Time after which the task is stopped and the deployment fails, at most 14 minutes.
   *
   * @default Duration.minutes(10)
   */
  readonly timeout?: Duration;

  /**
   * Decides how long the logs of the function that runs the task are kept.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;
}

/**
 * Runs a task to its end once per release, as part of the deployment: when its container ends with an exit code other
 * than 0, the deployment fails and CloudFormation rolls back. What must wait for it declares a dependency on its `run`.
 * A rollback runs the previous release's task again, so its command must be repeatable, as `migrate` is.
 */
export class ReleaseTask extends Construct {
  /** Task that is run. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** Network rules of the task. */
  public readonly securityGroup: ec2.ISecurityGroup;
  /** Subnets that the task runs in. */
  public readonly subnets: ec2.ISubnet[];
  /** Whether the task gets a public address, as it must in a public subnet to reach AWS. */
  public readonly assignPublicIp: boolean;
  /** Function that starts the task and waits for its end. */
  public readonly handler: lambda.Function;
  /** The run in a deployment. What must wait for the task's end depends on it, what the task needs it depends on. */
  public readonly run: CustomResource;

  constructor(scope: Construct, id: string, props: ReleaseTaskProps) {
    super(scope, id);

    const timeout = props.timeout ?? Duration.minutes(10);
    requireReleaseTimeout(this, 'timeout', timeout);

    const { vpc } = props.cluster;
    const placement = taskPlacement(this, vpc);
    this.subnets = placement.subnets;
    this.assignPublicIp = placement.assignPublicIp;
    this.taskDefinition = props.taskDefinition;
    this.securityGroup = props.securityGroup;
    this.handler = this.createHandler(timeout, props.profile ?? SiteProfile.PRODUCTION);
    this.grantRun(props.cluster);
    this.run = new CustomResource(this, 'Run', {
      resourceType: 'Custom::DjangoRelease',
      serviceToken: this.handler.functionArn,
      serviceTimeout: timeout.plus(Duration.seconds(60)),
      properties: {
        Cluster: props.cluster.clusterArn,
        TaskDefinition: this.taskDefinition.taskDefinitionArn,
        Container: CONTAINER_NAME,
        Subnets: this.subnets.map(({ subnetId }) => subnetId),
        SecurityGroups: [this.securityGroup.securityGroupId],
        AssignPublicIp: this.assignPublicIp ? 'ENABLED' : 'DISABLED',
        TimeoutSeconds: timeout.toSeconds(),
      },
    });
    waitFor(this.run, this.taskDefinition, this.handler, ...wayOut(vpc, placement));
  }

  private createHandler(timeout: Duration, profile: SiteProfile): lambda.Function {
    return new lambda.Function(this, 'Handler', {
      description: 'Runs the release task of a Django site and waits for its end',
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambdaCode('release-task'),
      timeout: timeout.plus(Duration.seconds(45)),
      memorySize: 256,
      logGroup: new logs.LogGroup(this, 'HandlerLogs', {
        retention: profile._defaults.logRetentionDays,
        removalPolicy: profile._defaults.removalPolicy,
      }),
    });
  }

  /** The function may run any revision of this one task, and nothing else. */
  private grantRun(cluster: ecs.ICluster): void {
    grantRunTask(this.handler, cluster, this.taskDefinition);
    this.handler.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
        resources: [
          Stack.of(this).formatArn({
            service: 'ecs',
            resource: 'task',
            resourceName: `${cluster.clusterName}/*`,
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ],
      }),
    );
  }
}

/**
 * Fails synthesis unless a Lambda function, which ends after 15 minutes, can wait for so long.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function requireReleaseTimeout(scope: IConstruct, prop: string, timeout: Duration | undefined): void {
  if (timeout) requireWhole(scope, prop, timeout.toSeconds({ integral: false }), 30, 14 * 60);
}
