import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { ScalingProps } from '../scaling';
import { taskPlacement } from './subnets';
import { fail, requireWhole } from './validate';

/** Numbers of tasks and targets of scaling, with every default applied. */
export interface Scaling {
  readonly minTasks: number;
  readonly maxTasks: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** Applies defaults, and fails synthesis on numbers that do not fit together. */
export function resolveScaling(
  scope: Construct,
  prefix: string,
  props: ScalingProps | undefined,
  defaults: { minTasks: number; maxTasks?: number },
): Scaling {
  const minTasks = props?.minTasks ?? defaults.minTasks;
  const maxTasks = props?.maxTasks ?? Math.max(defaults.maxTasks ?? minTasks, minTasks);
  const cpuPercent = props?.cpuPercent ?? 60;
  const memoryPercent = props?.memoryPercent ?? 75;
  requireWhole(scope, `${prefix}minTasks`, minTasks, 1);
  requireWhole(scope, `${prefix}maxTasks`, maxTasks, 1);
  requireWhole(scope, `${prefix}cpuPercent`, cpuPercent, 1, 100);
  requireWhole(scope, `${prefix}memoryPercent`, memoryPercent, 1, 100);
  if (maxTasks < minTasks) {
    fail(scope, `'${prefix}maxTasks' must be at least '${prefix}minTasks' (${minTasks}), got ${maxTasks}`);
  }
  return { minTasks, maxTasks, cpuPercent, memoryPercent };
}

/** What one long-running process needs to become a service. */
export interface DjangoProcessOptions {
  readonly cluster: ecs.ICluster;
  readonly taskDefinition: ecs.FargateTaskDefinition;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly scaling: Scaling;
  readonly healthCheckGracePeriod?: ecs.FargateServiceProps['healthCheckGracePeriod'];
}

/**
 * A service that keeps a process running. A deployment starts all new tasks before it stops an old one, and goes back by
 * itself when they do not become healthy.
 */
export function djangoService(scope: Construct, id: string, options: DjangoProcessOptions): ecs.FargateService {
  const { minTasks, maxTasks, cpuPercent, memoryPercent } = options.scaling;
  const scales = maxTasks > minTasks;
  const { subnets, assignPublicIp } = taskPlacement(scope, options.cluster.vpc);
  const service = new ecs.FargateService(scope, id, {
    cluster: options.cluster,
    taskDefinition: options.taskDefinition,
    vpcSubnets: { subnets },
    securityGroups: [options.securityGroup],
    assignPublicIp,
    // a count in the template would undo scaling with every deployment
    desiredCount: scales ? undefined : minTasks,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    healthCheckGracePeriod: options.healthCheckGracePeriod,
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
  });
  if (scales) {
    const target = service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks });
    target.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: cpuPercent });
    target.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: memoryPercent });
  }
  return service;
}

/** Network rules of a process: nothing comes in but what is allowed later. */
export function processSecurityGroup(scope: Construct, id: string, vpc: ec2.IVpc, process: string): ec2.SecurityGroup {
  return new ec2.SecurityGroup(scope, id, { vpc, description: `Django ${process} tasks`, allowAllOutbound: true });
}
