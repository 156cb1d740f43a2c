import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct, IDependable } from 'constructs';
import { fail } from '../shared/validate';

/** Names of the groups of subnets in the site's own VPC; a given VPC may use them, too. */
export const TASKS = 'Tasks';
export const DATA = 'Data';

/** Place of the tasks in a network. */
export interface TaskPlacement {
  readonly subnets: ec2.ISubnet[];
  /** Public addresses, without which a task in a public subnet reaches nothing outside the VPC. */
  readonly assignPublicIp: boolean;
}

/**
 * The subnets named Tasks, else private subnets with a way out. Public and isolated subnets are never guessed to be for
 * tasks: a public address must be somebody's wish, and without endpoints no task of an isolated subnet can start.
 */
export function taskPlacement(scope: IConstruct, vpc: ec2.IVpc): TaskPlacement {
  const named = group(vpc, TASKS);
  const subnets = named.length > 0 ? named : vpc.privateSubnets;
  if (subnets.length === 0) {
    fail(
      scope,
      `'vpc' must have subnets for the tasks with a way to AWS, got ${vpc.publicSubnets.length} public, 0 private and ` +
        `${vpc.isolatedSubnets.length} isolated ones. Add private subnets with a route to a NAT gateway, or name the ` +
        `subnets to use ${TASKS}: isolated ones with VPC endpoints, or public ones, whose tasks get public addresses`,
    );
  }
  return { subnets, assignPublicIp: vpc.publicSubnets.includes(subnets[0]) };
}

/** Everything that must exist before a task can start: routes and endpoints, as far as they are made in this app. */
export function wayOut(vpc: ec2.IVpc, { subnets }: TaskPlacement): IDependable[] {
  const endpoints = vpc.node.findAll().filter((child) => child instanceof ec2.VpcEndpoint);
  return [...subnets.map((subnet) => subnet.internetConnectivityEstablished), ...endpoints];
}

/** Subnets for databases and caches: those named Data, else isolated ones, else private ones. */
export function dataSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  const choices = [group(vpc, DATA), vpc.isolatedSubnets, vpc.privateSubnets];
  const subnets = choices.find(({ length }) => length > 0);
  if (!subnets) {
    fail(
      vpc,
      `'vpc' must have isolated or private subnets for database and cache, got ${vpc.publicSubnets.length} public ones. ` +
        'Add some, or give the site a database and a cache that exist',
    );
  }
  return { subnets };
}

/** Subnets for an internet-facing load balancer: public ones, one in each zone, and others than those of the tasks. */
export function edgeSubnets(scope: IConstruct, vpc: ec2.IVpc): ec2.SubnetSelection {
  const tasks = group(vpc, TASKS);
  const free = vpc.publicSubnets.filter((subnet) => !tasks.includes(subnet));
  const zones = new Set<string>();
  const subnets = (free.length > 0 ? free : vpc.publicSubnets).filter(({ availabilityZone }) => {
    const first = !zones.has(availabilityZone);
    zones.add(availabilityZone);
    return first;
  });
  if (subnets.length < 2 && !Token.isUnresolved(vpc.availabilityZones)) {
    fail(
      scope,
      `'vpc' must have public subnets in at least two Availability Zones for the load balancer, got ${subnets.length}`,
    );
  }
  return { subnets };
}

/** Fails synthesis for a VPC that a site cannot run in. */
export function requireSiteVpc(scope: IConstruct, vpc: ec2.IVpc): void {
  const zones = vpc.availabilityZones;
  if (!Token.isUnresolved(zones) && new Set(zones).size < 2) {
    fail(
      scope,
      `'vpc' must span at least two Availability Zones, got ${zones.join(', ') || 'none'}: ` +
        'the load balancer and the database need them',
    );
  }
  taskPlacement(scope, vpc);
}

/** Subnets of a group, by the name that CDK gives to its constructs. */
function group(vpc: ec2.IVpc, name: string): ec2.ISubnet[] {
  const pattern = new RegExp(`^${name}Subnet\\d+$`);
  return [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets].filter(({ node }) =>
    pattern.test(node.id),
  );
}
