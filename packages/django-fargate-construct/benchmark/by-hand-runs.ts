import { join } from 'node:path';
import { CustomResource, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IDependable } from 'constructs';
import type { Data } from './by-hand-data';
import type { Task } from './by-hand-tasks';

/** Runs a task in each deployment, by a function and a custom resource. */
export function makeRelease(
  stack: Stack,
  cluster: ecs.Cluster,
  data: Data,
  { definition, securityGroup }: Task,
): IDependable {
  const handler = new lambda.Function(stack, 'ReleaseHandler', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(join(__dirname, '..', 'lib', 'lambda', 'release-task')),
    timeout: Duration.seconds(645),
    memorySize: 256,
    logGroup: new logs.LogGroup(stack, 'ReleaseHandlerLogs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    }),
  });
  allowRun(handler, cluster, definition);
  handler.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
      resources: [cluster.arnForTasks('*')],
    }),
  );
  const { vpc } = cluster;
  const run = new CustomResource(stack, 'Release', {
    resourceType: 'Custom::DjangoRelease',
    serviceToken: handler.functionArn,
    serviceTimeout: Duration.seconds(660),
    properties: {
      Cluster: cluster.clusterArn,
      TaskDefinition: definition.taskDefinitionArn,
      Container: 'django',
      Subnets: vpc.privateSubnets.map(({ subnetId }) => subnetId),
      SecurityGroups: [securityGroup.securityGroupId],
      AssignPublicIp: 'DISABLED',
      TimeoutSeconds: 600,
    },
  });
  const ways = vpc.privateSubnets.map((subnet) => subnet.internetConnectivityEstablished);
  // with the rules that let it in
  const groups = [...data.database.connections.securityGroups, ...data.cache.securityGroups];
  run.node.addDependency(definition, handler, securityGroup, ...ways, ...groups);
  return run;
}

/** Runs a task every night. */
export function makeScheduledCommand(
  stack: Stack,
  cluster: ecs.Cluster,
  { definition, securityGroup }: Task,
  release: IDependable,
): void {
  const deadLetters = new sqs.Queue(stack, 'DeadLetters', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const role = new iam.Role(stack, 'SchedulerRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  });
  allowRun(role, cluster, definition);
  deadLetters.grantSendMessages(role);
  const schedule = new scheduler.Schedule(stack, 'Schedule', {
    schedule: scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' }),
    timeWindow: scheduler.TimeWindow.off(),
    target: {
      bind: () => ({
        arn: cluster.clusterArn,
        role,
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: deadLetters.queueArn },
        ecsParameters: {
          taskDefinitionArn: definition.taskDefinitionArn,
          launchType: 'FARGATE',
          taskCount: 1,
          enableEcsManagedTags: true,
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: cluster.vpc.privateSubnets.map(({ subnetId }) => subnetId),
              securityGroups: [securityGroup.securityGroupId],
              assignPublicIp: 'DISABLED',
            },
          },
        },
      }),
    },
  });
  schedule.node.addDependency(role, release);
}

function allowRun(grantee: iam.IGrantable, cluster: ecs.Cluster, task: ecs.FargateTaskDefinition): void {
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['ecs:RunTask'],
    resourceArns: [task.taskDefinitionArn],
    conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
  });
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['iam:PassRole'],
    resourceArns: [task.taskRole.roleArn, task.obtainExecutionRole().roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
}
