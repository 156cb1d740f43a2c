import { Duration, type Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IDependable } from 'constructs';
import type { Data } from './by-hand-data';
import { NAME } from './by-hand-edge';
import { makeRelease, makeScheduledCommand } from './by-hand-runs';
import { type Task, taskMaker } from './by-hand-tasks';

const GUNICORN = [
  '--bind 0.0.0.0:8000 --worker-class gthread --workers 2 --threads 4 --timeout 30 --graceful-timeout 45',
  '--keep-alive 75 --worker-tmp-dir /dev/shm',
].join(' ');

/** The tasks of the site: release, web, worker, beat, a scheduled command and one that people run. */
export function makeProcesses(
  stack: Stack,
  vpc: ec2.Vpc,
  image: ecs.ContainerImage,
  data: Data,
  listener: elbv2.ApplicationListener,
): void {
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  const task = taskMaker(stack, vpc, image, data);
  const manage = (...command: string[]) => ['python', 'manage.py', ...command];
  const release = makeRelease(
    stack,
    cluster,
    data,
    task('Release', { process: 'release', command: manage('migrate', '--noinput') }),
  );

  const web = task('Web', {
    process: 'web',
    environment: { GUNICORN_CMD_ARGS: GUNICORN },
    stopTimeout: 60,
    healthCheck: {
      command: ['CMD', 'python', '-c', "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez')"],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      retries: 3,
      startPeriod: Duration.seconds(60),
    },
    portMappings: [{ containerPort: 8000 }],
  });
  makeWeb(stack, vpc, listener, makeService(stack, 'Web', cluster, web, release, {}));

  const celery = ['celery', '--app', 'config'];
  const worker = task('Worker', { process: 'worker', command: [...celery, 'worker', '--queues', 'default'] });
  makeService(stack, 'Worker', cluster, worker, release, { desiredCount: 1 });
  const beat = task('Beat', {
    process: 'beat',
    cpu: 256,
    memoryMiB: 512,
    command: [...celery, 'beat', '--schedule', '/tmp/celerybeat-schedule'],
    stopTimeout: 10,
  });
  makeService(stack, 'Beat', cluster, beat, release, {
    desiredCount: 1,
    minHealthyPercent: 0,
    maxHealthyPercent: 100,
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED,
  });
  const clearSessions = task('ClearSessions', { process: 'command', command: manage('clearsessions') });
  makeScheduledCommand(stack, cluster, clearSessions, release);
  task('CreateSuperuser', { process: 'command', command: manage('createsuperuser', '--noinput') });
}

function makeService(
  stack: Stack,
  id: string,
  cluster: ecs.Cluster,
  { definition, securityGroup }: Task,
  release: IDependable,
  props: Partial<ecs.FargateServiceProps>,
): ecs.FargateService {
  const service = new ecs.FargateService(stack, `${id}Service`, {
    cluster,
    taskDefinition: definition,
    vpcSubnets: { subnetGroupName: 'Tasks' },
    securityGroups: [securityGroup],
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    ...props,
  });
  service.node.addDependency(release);
  return service;
}

function makeWeb(stack: Stack, vpc: ec2.Vpc, listener: elbv2.ApplicationListener, service: ecs.FargateService): void {
  const targetGroup = new elbv2.ApplicationTargetGroup(stack, 'TargetGroup', {
    vpc,
    port: 8000,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targets: [service],
    deregistrationDelay: Duration.seconds(30),
    healthCheck: {
      path: '/livez',
      healthyHttpCodes: '200',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
  });
  listener.addAction('Site', {
    priority: 50000,
    conditions: [elbv2.ListenerCondition.hostHeaders([NAME])],
    action: elbv2.ListenerAction.forward([targetGroup]),
  });
  const tasks = service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 });
  tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
  tasks.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 75 });
}
