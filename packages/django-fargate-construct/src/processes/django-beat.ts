import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DjangoRuntime } from '../contract/django-runtime';
import type { ProcessContainerOptions } from '../contract/process-container';
import type { OffHours } from '../off-hours';
import { CONTAINER, type Kinds, requireKinds, TEXTS } from '../shared/kinds';
import type { SiteProfile } from '../site-profile';
import { djangoService, processSecurityGroup, resolveScaling, scaleService } from './django-service';
import { containerHealthCheck, djangoTask, requireHealthCheckCommand } from './django-task';
import { requireFargateSize } from './private/fargate-size';
import { SIZE_KINDS } from './process-kinds';

/** Properties of Celery beat. */
export interface DjangoBeatProps {
  /**
   * CPU units of the task; 1024 are one vCPU.
   *
   * @default 256
   */
  readonly cpu?: number;

  /**
   * Memory of the task in MiB.
   *
   * @default 512
   */
  readonly memoryMiB?: number;

  /**
   * Command in the container, as its words or as ECS takes it (`['CMD-SHELL', '…']`), that says by its exit code whether beat lives. It is run every 10 seconds; after it failed
   * three times ECS replaces the task. Choose one that does not ask the broker: its outage must not end beat.
   *
   * @default - none; only the end of beat's process is noticed
   */
  readonly healthCheckCommand?: string[];

  /**
   * Another image, and further variables and secrets, for beat alone.
   *
   * @default - those of the site
   */
  readonly container?: ProcessContainerOptions;
}

const KINDS: Kinds<DjangoBeatProps> = { ...SIZE_KINDS, healthCheckCommand: TEXTS, container: CONTAINER };

/** Parts of a site that beat needs. */
interface BeatSite {
  readonly runtime: DjangoRuntime;
  readonly profile: SiteProfile;
  readonly cluster: ecs.ICluster;
  readonly celeryApp: string;
  readonly offHours?: OffHours;
}

/**
 * Celery beat, which sends periodic tasks to the workers: always one task, never two. A deployment stops the old one
 * before it starts the new one, so nothing is sent for about a minute. Made by `addBeat` of a site.
 */
export class DjangoBeat extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** @internal */
  public static _create(scope: Construct, id: string, site: BeatSite, props: DjangoBeatProps): DjangoBeat {
    return new DjangoBeat(scope, id, site, props);
  }

  /** Service that keeps beat running. */
  public readonly service: ecs.FargateService;
  /** Network rules of beat. */
  public readonly connections: ec2.Connections;
  /** Task role of beat alone; the site itself stands for all processes. */
  public readonly grantPrincipal: iam.IPrincipal;

  private constructor(scope: Construct, id: string, site: BeatSite, props: DjangoBeatProps) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const cpu = props.cpu ?? site.profile._defaults.beatCpu;
    const memoryMiB = props.memoryMiB ?? site.profile._defaults.beatMemoryMiB;
    requireFargateSize(this, '', cpu, memoryMiB);
    requireHealthCheckCommand(this, props.healthCheckCommand);

    const taskDefinition = djangoTask(this, 'Task', site.runtime, {
      process: { DJANGO_PROCESS: 'beat' },
      cpu,
      memoryMiB,
      // the schedule's file is all that beat writes, and the root file system is read-only
      command: [
        ...['celery', '--quiet', '--app', site.celeryApp, 'beat', '--loglevel', 'INFO'],
        ...['--schedule', '/tmp/celerybeat-schedule'],
      ],
      // ECS does not count a task that is stopping: less time for the old one is less time beside the new one
      stopTimeout: Duration.seconds(10),
      container: props.container,
      healthCheck: props.healthCheckCommand && containerHealthCheck(props.healthCheckCommand),
    });
    const scaling = resolveScaling(this, '', undefined, { minTasks: 1 });
    this.service = djangoService(this, 'Service', {
      cluster: site.cluster,
      taskDefinition,
      securityGroup: processSecurityGroup(this, 'SecurityGroup', site.cluster.vpc, 'beat'),
      scaling,
      offHours: site.offHours,
      stopFirst: true,
    });
    scaleService(this.service, scaling, site.offHours);
    this.connections = this.service.connections;
    this.grantPrincipal = this.service.taskDefinition.taskRole;
  }
}
