import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { taskPlacement } from '../network/subnets';
import type { OffHours } from '../off-hours';
import { fail, requireWhole } from '../shared/validate';
import { waitFor } from '../shared/wait-for';
import type { ScalingProps, WebScalingProps } from './scaling';

/** Numbers of tasks and targets of scaling, with every default applied. */
export interface Scaling {
  readonly minTasks: number;
  readonly maxTasks: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** Targets of scaling that only the web process has. */
export interface WebScaling extends Scaling {
  readonly requestsPerTarget?: number;
}

/** Applies defaults, and fails synthesis on numbers that do not fit together. */
export function resolveScaling(
  scope: Construct,
  prefix: string,
  props: ScalingProps | undefined,
  defaults: { minTasks: number; maxTasks?: number; fewestTasks?: number },
): Scaling {
  const minTasks = props?.minTasks ?? defaults.minTasks;
  const maxTasks = props?.maxTasks ?? Math.max(defaults.maxTasks ?? minTasks, minTasks);
  const cpuPercent = props?.cpuPercent ?? 60;
  const memoryPercent = props?.memoryPercent ?? 75;
  requireWhole(scope, `${prefix}minTasks`, minTasks, defaults.fewestTasks ?? 1);
  requireWhole(scope, `${prefix}maxTasks`, maxTasks, 1);
  requireWhole(scope, `${prefix}cpuPercent`, cpuPercent, 1, 100);
  requireWhole(scope, `${prefix}memoryPercent`, memoryPercent, 1, 100);
  if (maxTasks < minTasks) {
    fail(scope, `'${prefix}maxTasks' must be at least '${prefix}minTasks' (${minTasks}), got ${maxTasks}`);
  }
  return { minTasks, maxTasks, cpuPercent, memoryPercent };
}

/** The same for the web process. */
export function resolveWebScaling(
  scope: Construct,
  prefix: string,
  props: WebScalingProps | undefined,
  defaults: { minTasks: number; maxTasks: number },
): WebScaling {
  const scaling = resolveScaling(scope, prefix, props, defaults);
  const requestsPerTarget = props?.requestsPerTarget;
  if (requestsPerTarget !== undefined) {
    requireWhole(scope, `${prefix}requestsPerTarget`, requestsPerTarget, 1);
    requireScales(scope, `${prefix}requestsPerTarget`, prefix, scaling);
  }
  return { ...scaling, requestsPerTarget };
}

/** Fails synthesis when something that steers scaling is set on a process that does not scale. */
export function requireScales(scope: Construct, prop: string, prefix: string, { minTasks, maxTasks }: Scaling): void {
  if (maxTasks > minTasks) return;
  fail(
    scope,
    `'${prop}' must be left out when '${prefix}minTasks' and '${prefix}maxTasks' are equal (${minTasks}): the process does not scale`,
  );
}

/** Options of the service of one long-running process. */
export interface DjangoProcessOptions {
  readonly cluster: ecs.ICluster;
  readonly taskDefinition: ecs.FargateTaskDefinition;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly scaling: Scaling;
  readonly offHours?: OffHours;
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];
  readonly enableExecuteCommand?: boolean;
  /** Whether an old task is stopped before a new one starts. */
  readonly stopFirst?: boolean;
  readonly healthCheckGracePeriod?: ecs.FargateServiceProps['healthCheckGracePeriod'];
}

/**
 * A service that keeps a process running. Unless it stops first, a deployment starts all new tasks before it stops an old
 * one. It goes back by itself when they do not become healthy.
 */
export function djangoService(scope: Construct, id: string, options: DjangoProcessOptions): ecs.FargateService {
  const { minTasks, maxTasks } = options.scaling;
  const { cluster } = options;
  if (options.capacityProviderStrategies && ecs.Cluster.isCluster(cluster)) cluster.enableFargateCapacityProviders();
  const changes = maxTasks > minTasks || options.offHours !== undefined;
  const { subnets, assignPublicIp } = taskPlacement(scope, cluster.vpc);
  const service = new ecs.FargateService(scope, id, {
    cluster,
    taskDefinition: options.taskDefinition,
    capacityProviderStrategies: options.capacityProviderStrategies,
    vpcSubnets: { subnets },
    securityGroups: [options.securityGroup],
    assignPublicIp,
    // a count in the template would undo scaling with every deployment
    desiredCount: changes ? undefined : minTasks,
    minHealthyPercent: options.stopFirst ? 0 : 100,
    maxHealthyPercent: options.stopFirst ? 100 : 200,
    // moving a task to another zone starts the new one first
    availabilityZoneRebalancing: options.stopFirst ? ecs.AvailabilityZoneRebalancing.DISABLED : undefined,
    circuitBreaker: { rollback: true },
    healthCheckGracePeriod: options.healthCheckGracePeriod,
    enableExecuteCommand: options.enableExecuteCommand ?? false,
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
  });
  // the cluster's capacity providers must be there before the service, and go after it
  if (options.capacityProviderStrategies) waitFor(service, cluster);
  return service;
}

/** Lets the number of a service's tasks follow its load, and the hours of the day. Undefined when it never changes. */
export function scaleService(
  service: ecs.FargateService,
  scaling: Scaling,
  offHours: OffHours | undefined,
): ecs.ScalableTaskCount | undefined {
  const { minTasks, maxTasks } = scaling;
  if (maxTasks === minTasks && !offHours) return undefined;
  const tasks = service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks });
  if (offHours) {
    const { timeZone } = offHours._hours;
    const start = Schedule.cron(offHours._cron('startTasks'));
    const stop = Schedule.cron(offHours._cron('stopTasks'));
    tasks.scaleOnSchedule('Start', { schedule: start, timeZone, minCapacity: minTasks, maxCapacity: maxTasks });
    tasks.scaleOnSchedule('Stop', { schedule: stop, timeZone, minCapacity: 0, maxCapacity: 0 });
  }
  return tasks;
}

/** Lets the number of tasks follow what they use. */
export function scaleOnUse(tasks: ecs.ScalableTaskCount, { minTasks, maxTasks, cpuPercent, memoryPercent }: Scaling) {
  if (maxTasks === minTasks) return;
  tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: cpuPercent });
  tasks.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: memoryPercent });
}

/** Lets the number of web tasks follow what they use and how many requests come. */
export function scaleWeb(
  service: ecs.FargateService,
  scaling: WebScaling,
  offHours: OffHours | undefined,
  targetGroup: ApplicationTargetGroup,
): void {
  const tasks = scaleService(service, scaling, offHours);
  if (!tasks) return;
  scaleOnUse(tasks, scaling);
  const { requestsPerTarget } = scaling;
  if (requestsPerTarget) tasks.scaleOnRequestCount('Requests', { requestsPerTarget, targetGroup });
}

/** Network rules of a process: nothing comes in but what is allowed later. */
export function processSecurityGroup(scope: Construct, id: string, vpc: ec2.IVpc, process: string): ec2.SecurityGroup {
  return new ec2.SecurityGroup(scope, id, { vpc, description: `Django ${process} tasks`, allowAllOutbound: true });
}
