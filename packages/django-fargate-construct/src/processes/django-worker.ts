import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DjangoRuntime } from '../contract/django-runtime';
import type { ConnectionBudget } from '../data/connection-budget';
import type { OffHours } from '../off-hours';
import { requireKinds } from '../shared/kinds';
import { fail, requireWhole } from '../shared/validate';
import type { SiteProfile } from '../site-profile';
import {
  djangoService,
  processSecurityGroup,
  requireScales,
  resolveScaling,
  type Scaling,
  scaleOnUse,
  scaleService,
} from './django-service';
import { containerHealthCheck, djangoTask, requireHealthCheckCommand } from './django-task';
import type { DjangoWorkerProps } from './django-worker-props';
import { requireEphemeralStorage, requireFargateSize } from './private/fargate-size';
import { scaleOnQueueAge, scaleToZeroOnQueueAge } from './private/queue-age';
import { allowTaskProtection } from './private/task-protection';
import { WORKER_KINDS } from './process-kinds';
import type { QueueReport } from './queue-report';

/** Parts of a site that a worker needs. */
interface WorkerSite {
  readonly runtime: DjangoRuntime;
  readonly profile: SiteProfile;
  readonly cluster: ecs.ICluster;
  readonly celeryApp: string;
  readonly connectionBudget: ConnectionBudget;
  readonly offHours?: OffHours;
  readonly queueReport: QueueReport;
}

/** A Celery worker: the site's image with another command, behind no load balancer. Made by `addWorker` of a site. */
export class DjangoWorker extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** @internal */
  public static _create(scope: Construct, id: string, site: WorkerSite, props: DjangoWorkerProps): DjangoWorker {
    return new DjangoWorker(scope, id, site, props);
  }

  /** Service that keeps the worker running. */
  public readonly service: ecs.FargateService;
  /** Network rules of the worker. */
  public readonly connections: ec2.Connections;
  /** Task role of the worker alone; the site itself stands for all processes. */
  public readonly grantPrincipal: iam.IPrincipal;

  private constructor(scope: Construct, id: string, site: WorkerSite, props: DjangoWorkerProps) {
    super(scope, id);

    requireKinds(this, '', props, WORKER_KINDS);
    const cpu = props.cpu ?? site.profile._defaults.cpu;
    const memoryMiB = props.memoryMiB ?? site.profile._defaults.memoryMiB;
    const concurrency = props.concurrency ?? 2;
    const stopTimeout = props.stopTimeout ?? Duration.seconds(120);
    const scaling = resolveScaling(this, 'scaling.', props.scaling, { minTasks: 1, fewestTasks: 0 });
    const strategies = props.capacity?._strategies(this, 'capacity.', 0);
    requireFargateSize(this, '', cpu, memoryMiB);
    requireEphemeralStorage(this, '', props.ephemeralStorageGiB);
    requireWhole(this, 'concurrency', concurrency, 1);
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (`stopTimeout`)
    requireWhole(this, 'stopTimeout', stopTimeout.toSeconds(), 2, 120);
    requireQueueNames(this, props.queues);
    requireQueueAge(this, props, scaling);
    requireHealthCheckCommand(this, props.healthCheckCommand);

    site.connectionBudget.addService(id, scaling.maxTasks, concurrency);

    const taskDefinition = djangoTask(this, 'Task', site.runtime, {
      process: { DJANGO_PROCESS: 'worker' },
      cpu,
      memoryMiB,
      ephemeralStorageGiB: props.ephemeralStorageGiB,
      command: workerCommand(site.celeryApp, concurrency, props.queues),
      stopTimeout,
      healthCheck: props.healthCheckCommand && containerHealthCheck(props.healthCheckCommand),
      logging: props.logging,
      container: props.container,
    });
    if (props.scaleInProtection) allowTaskProtection(taskDefinition, site.cluster);
    this.service = djangoService(this, 'Service', {
      cluster: site.cluster,
      taskDefinition,
      securityGroup: processSecurityGroup(this, 'SecurityGroup', site.cluster.vpc, 'worker'),
      scaling,
      offHours: site.offHours,
      capacityProviderStrategies: strategies,
    });
    this.connections = this.service.connections;
    this.grantPrincipal = this.service.taskDefinition.taskRole;
    this.scale(site, scaling, props);
  }

  private scale(site: WorkerSite, scaling: Scaling, props: DjangoWorkerProps): void {
    const { queues } = props;
    const { maxQueueAge } = props.scaling ?? {};
    const { service } = this;
    const { minTasks, maxTasks } = scaling;
    const tasks = scaleService(service, scaling, site.offHours);
    if (!tasks) return;
    if (!queues || !maxQueueAge) {
      scaleOnUse(tasks, scaling);
      return;
    }
    const options = { service, tasks, maxTasks, logGroup: site.runtime.logGroup, queues, maxQueueAge };
    if (minTasks > 0) {
      scaleOnQueueAge(this, 'QueueAge', options);
    } else {
      site.queueReport.add(this, queues);
      scaleToZeroOnQueueAge(this, 'QueueAge', options);
    }
  }
}

function requireQueueNames(scope: Construct, queues: string[] | undefined): void {
  if (queues?.length === 0) {
    fail(scope, "'queues' must name at least one queue, got none. Leave it out for the project's default queue");
  }
  for (const queue of queues ?? []) {
    if (!/^[\w.:-]+$/.test(queue)) {
      fail(scope, `'queues' must hold names of letters, digits, '_', '-', '.' and ':', got '${queue}'`);
    }
  }
}

/** The age of a queue scales a worker only where it is known, and alone. */
function requireQueueAge(scope: Construct, props: DjangoWorkerProps, scaling: Scaling): void {
  const { queues, logging } = props;
  const { maxQueueAge } = props.scaling ?? {};
  if (!maxQueueAge) {
    if (scaling.minTasks > 0) return;
    fail(
      scope,
      "'scaling.maxQueueAge' must be set when 'scaling.minTasks' is 0: without a task, only the age of its queues says that one is needed",
    );
  }
  requireWhole(scope, 'scaling.maxQueueAge', maxQueueAge.toSeconds({ integral: false }), 60);
  requireScales(scope, 'scaling.maxQueueAge', 'scaling.', scaling);
  if (!queues)
    fail(scope, "'queues' must be named when 'scaling.maxQueueAge' is set: their age is what the worker scales by");
  if (logging && scaling.minTasks > 0) {
    fail(
      scope,
      "'logging' must be left out when 'scaling.maxQueueAge' is set: the age is read in the log group of the site",
    );
  }
  if (props.scaling?.cpuPercent !== undefined || props.scaling?.memoryPercent !== undefined) {
    fail(scope, "'scaling.cpuPercent' and 'scaling.memoryPercent' must be left out when 'scaling.maxQueueAge' is set");
  }
}

function workerCommand(celeryApp: string, concurrency: number, queues: string[] | undefined): string[] {
  return [
    ...['celery', '--app', celeryApp, 'worker', '--loglevel', 'INFO', '--without-gossip', '--without-mingle'],
    ...['--concurrency', String(concurrency)],
    ...(queues ? ['--queues', queues.join(',')] : []),
  ];
}
