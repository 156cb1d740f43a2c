import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DjangoRuntime } from '../../contract/django-runtime';
import type { ProcessContainerOptions } from '../../contract/process-container';
import type { SiteProfile } from '../../site-profile';
import { processSecurityGroup } from '../django-service';
import { djangoTask } from '../django-task';
import { requireFargateSize } from './fargate-size';

/** Parts of a site that a command needs. */
export interface CommandSite {
  readonly runtime: DjangoRuntime;
  readonly profile: SiteProfile;
  readonly cluster: ecs.ICluster;
}

/** Size of a command's task, with every default applied. */
export function commandSize(scope: Construct, profile: SiteProfile, props: { cpu?: number; memoryMiB?: number }) {
  const cpu = props.cpu ?? profile._defaults.cpu;
  const memoryMiB = props.memoryMiB ?? profile._defaults.memoryMiB;
  requireFargateSize(scope, '', cpu, memoryMiB);
  return { cpu, memoryMiB };
}

/** The task of a command that ends by itself. */
export function commandTask(
  scope: Construct,
  id: string,
  site: CommandSite,
  options: { cpu: number; memoryMiB: number; command: string[]; container?: ProcessContainerOptions },
): ecs.FargateTaskDefinition {
  return djangoTask(scope, id, site.runtime, {
    process: { DJANGO_PROCESS: 'command' },
    ...options,
    stopTimeout: Duration.seconds(120),
  });
}

/** Network rules of a command's task. */
export function commandSecurityGroup(scope: Construct, id: string, site: CommandSite): ec2.SecurityGroup {
  return processSecurityGroup(scope, id, site.cluster.vpc, 'command');
}
