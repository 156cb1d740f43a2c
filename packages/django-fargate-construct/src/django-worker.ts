import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { ConnectionBudget } from './private/connection-budget';
import { djangoService, processSecurityGroup, resolveScaling } from './private/django-process';
import { containerHealthCheck, type DjangoRuntime, djangoTask } from './private/django-task';
import { requireFargateSize } from './private/fargate-size';
import { fail, requireWhole } from './private/validate';
import type { ScalingProps } from './scaling';
import type { SiteProfile } from './site-profile';

/** Properties of a Celery worker. */
export interface WorkerProps {
  /**
   * Celery queues that the worker takes tasks from.
   *
   * @default - Celery's default queue of the project
   */
  readonly queues?: string[];

  /**
   * Celery tasks that one container works on at a time.
   *
   * @default 2
   */
  readonly concurrency?: number;

  /**
   * CPU units of a task; 1024 are one vCPU.
   *
   * @default - 512 in production, 256 in development
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB.
   *
   * @default - 1024 in production, 512 in development
   */
  readonly memoryMiB?: number;

  /**
   * Numbers of tasks and targets of scaling.
   *
   * @default - 1 task, which does not scale
   */
  readonly scaling?: ScalingProps;

  /**
   * Time that running Celery tasks have to finish when the worker is stopped; Fargate allows up to 120 seconds.
   *
   * @default Duration.seconds(120)
   */
  readonly stopTimeout?: Duration;

  /**
   * Command in the container that says by its exit code whether the worker lives. It is run every 10 seconds; after it
   * failed three times ECS replaces the task. Choose one that asks neither broker nor database: an outage of theirs must
   * not end every worker.
   *
   * @default - none; only the end of the worker's main process is noticed
   */
  readonly healthCheckCommand?: string[];
}

/** What a worker takes from its site. */
interface WorkerSite {
  readonly runtime: DjangoRuntime;
  readonly profile: SiteProfile;
  readonly cluster: ecs.ICluster;
  readonly celeryApp: string;
  readonly connectionBudget: ConnectionBudget;
}

/** A Celery worker: the site's image with another command, behind no load balancer. Made by `addWorker` of a site. */
export class DjangoWorker extends Construct implements ec2.IConnectable {
  /** @internal */
  public static _create(scope: Construct, id: string, site: WorkerSite, props: WorkerProps): DjangoWorker {
    return new DjangoWorker(scope, id, site, props);
  }

  /** Service that keeps the worker running. */
  public readonly service: ecs.FargateService;
  /** Network rules of the worker. */
  public readonly connections: ec2.Connections;

  private constructor(scope: Construct, id: string, site: WorkerSite, props: WorkerProps) {
    super(scope, id);

    const cpu = props.cpu ?? site.profile._defaults.cpu;
    const memoryMiB = props.memoryMiB ?? site.profile._defaults.memoryMiB;
    const concurrency = props.concurrency ?? 2;
    const stopTimeout = props.stopTimeout ?? Duration.seconds(120);
    const scaling = resolveScaling(this, 'scaling.', props.scaling, { minTasks: 1 });
    requireFargateSize(this, '', cpu, memoryMiB);
    requireWhole(this, 'concurrency', concurrency, 1);
    requireWhole(this, 'stopTimeout', stopTimeout.toSeconds(), 2, 120);
    requireQueueNames(this, props.queues);
    if (props.healthCheckCommand?.length === 0) {
      fail(this, "'healthCheckCommand' must name a command, got none. Leave it out for no health check");
    }

    site.connectionBudget.addService(id, scaling.maxTasks, concurrency);

    const taskDefinition = djangoTask(this, 'Task', site.runtime, {
      process: { DJANGO_PROCESS: 'worker' },
      cpu,
      memoryMiB,
      command: workerCommand(site.celeryApp, concurrency, props.queues),
      stopTimeout,
      healthCheck: props.healthCheckCommand && containerHealthCheck(props.healthCheckCommand),
    });
    this.service = djangoService(this, 'Service', {
      cluster: site.cluster,
      taskDefinition,
      securityGroup: processSecurityGroup(this, 'SecurityGroup', site.cluster.vpc, 'worker'),
      scaling,
    });
    this.connections = this.service.connections;
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

function workerCommand(celeryApp: string, concurrency: number, queues: string[] | undefined): string[] {
  return [
    ...['celery', '--app', celeryApp, 'worker', '--loglevel', 'INFO', '--without-gossip', '--without-mingle'],
    ...['--concurrency', String(concurrency)],
    ...(queues ? ['--queues', queues.join(',')] : []),
  ];
}
