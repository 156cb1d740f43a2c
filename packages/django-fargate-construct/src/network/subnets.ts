import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct, IDependable } from 'constructs';
import { fail } from '../shared/validate';
import type { SiteSubnets } from './site-subnets';

/** Names of the groups of subnets in the site's own VPC; a given VPC may use them, too. */
export const TASKS = 'Tasks';
export const DATA = 'Data';

/** The choices for VPCs that are given. */
const CHOSEN = new WeakMap<ec2.IVpc, SiteSubnets>();

/** Notes which subnets of a VPC the parts of all sites in it use. */
export function chooseSubnets(vpc: ec2.IVpc, subnets: SiteSubnets): void {
  CHOSEN.set(vpc, { ...CHOSEN.get(vpc), ...subnets });
}

/** Place of the tasks in a network. */
export interface TaskPlacement {
  readonly subnets: ec2.ISubnet[];
  /** Public addresses, without which a task in a public subnet reaches nothing outside the VPC. */
  readonly assignPublicIp: boolean;
}

/**
 * Subnets that a service takes.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
 */
const MAX_TASK_SUBNETS = 16;

/**
 * The subnets that are chosen, else those named Tasks, else private subnets with a way out. Public and isolated subnets are
 * never guessed to be for tasks: a public address must be somebody's wish, and without endpoints no task of an isolated subnet
 * can start.
 */
export function taskPlacement(scope: IConstruct, vpc: ec2.IVpc): TaskPlacement {
  const chosen = CHOSEN.get(vpc)?.tasks;
  const subnets = chosen ? select(scope, vpc, chosen) : taskSubnets(scope, vpc);
  if (subnets.length > MAX_TASK_SUBNETS) {
    fail(
      scope,
      `tasks must run in at most ${MAX_TASK_SUBNETS} subnets, got ${subnets.length}: ${choose('tasks')}, or name them ${TASKS}`,
    );
  }
  const publicOnes = subnets.filter((subnet) => vpc.publicSubnets.includes(subnet));
  if (publicOnes.length > 0 && publicOnes.length < subnets.length) {
    fail(scope, `tasks must run in subnets of one kind, got ${publicOnes.length} public ones of ${subnets.length}`);
  }
  return { subnets, assignPublicIp: publicOnes.length > 0 };
}

function taskSubnets(scope: IConstruct, vpc: ec2.IVpc): ec2.ISubnet[] {
  const named = group(vpc, TASKS);
  const subnets = named.length > 0 ? named : oneGroup(scope, 'private', vpc.privateSubnets, TASKS);
  if (subnets.length === 0) {
    fail(
      scope,
      `'vpc' must have subnets for the tasks with a way to AWS, got ${vpc.publicSubnets.length} public, 0 private and ` +
        `${vpc.isolatedSubnets.length} isolated ones. Add private subnets with a route to a NAT gateway, or name the ` +
        `subnets to use ${TASKS}: isolated ones with VPC endpoints, or public ones, whose tasks get public addresses`,
    );
  }
  return subnets;
}

/** Everything that must exist before a task can start: routes and endpoints, as far as they are made in this app. */
export function wayOut(vpc: ec2.IVpc, { subnets }: TaskPlacement): IDependable[] {
  const endpoints = vpc.node.findAll().filter((child) => child instanceof ec2.VpcEndpoint);
  return [...subnets.map((subnet) => subnet.internetConnectivityEstablished), ...endpoints];
}

/** Subnets for databases and caches: those that are chosen, else those named Data, else isolated ones, else private ones. */
export function dataSubnets(scope: IConstruct, vpc: ec2.IVpc): ec2.SubnetSelection {
  const chosen = CHOSEN.get(vpc)?.data;
  if (chosen) return { subnets: select(scope, vpc, chosen) };
  const named = group(vpc, DATA);
  if (named.length > 0) return { subnets: named };
  const [kind, subnets] =
    vpc.isolatedSubnets.length > 0 ? ['isolated', vpc.isolatedSubnets] : ['private', vpc.privateSubnets];
  if (subnets.length === 0) {
    fail(
      scope,
      `'vpc' must have isolated or private subnets for database and cache, got ${vpc.publicSubnets.length} public ones. ` +
        'Add some, or give the site a database and a cache that exist',
    );
  }
  return { subnets: oneGroup(scope, kind, subnets, DATA) };
}

/** Subnets of different groups have routes and rules of their own, so that none is guessed. */
function oneGroup(scope: IConstruct, kind: string, subnets: ec2.ISubnet[], name: string): ec2.ISubnet[] {
  // CDK says undefined for subnets that are imported without names
  const groups = new Set(subnets.flatMap(({ node }) => /^(?!undefined)(.+)Subnet\d+$/.exec(node.id)?.[1] ?? []));
  if (groups.size < 2) return subnets;
  fail(
    scope,
    `'vpc' has ${kind} subnets of several groups (${[...groups].join(', ')}): ${choose(name.toLowerCase(), [...groups][0])}, or name the one to use ${name}`,
  );
}

function choose(part: string, group = '…'): string {
  return `choose with SiteNetwork.chooseSubnets(vpc, { ${part}: { subnetGroupName: '${group}' } })`;
}

function select(scope: IConstruct, vpc: ec2.IVpc, chosen: ec2.SubnetSelection): ec2.ISubnet[] {
  const { subnets } = vpc.selectSubnets(chosen);
  return subnets.length > 0
    ? subnets
    : fail(scope, 'SiteNetwork.chooseSubnets() must choose at least one subnet of the VPC, got none');
}

/** Subnets for a load balancer, one in each zone: those that are chosen, else public ones, or for an internal one others. */
export function edgeSubnets(scope: IConstruct, vpc: ec2.IVpc, internetFacing: boolean): ec2.SubnetSelection {
  const chosen = CHOSEN.get(vpc)?.loadBalancer;
  const zones = new Set<string>();
  const candidates = chosen ? select(scope, vpc, chosen) : internetFacing ? publicSubnets(vpc) : innerSubnets(vpc);
  const subnets = candidates.filter(({ availabilityZone }) => {
    const first = !zones.has(availabilityZone);
    zones.add(availabilityZone);
    return first;
  });
  if (subnets.length < 2 && !Token.isUnresolved(vpc.availabilityZones)) {
    const kind = internetFacing ? 'public' : 'private or isolated';
    fail(
      scope,
      `'vpc' must have ${kind} subnets in at least two Availability Zones for the load balancer, got ${subnets.length}`,
    );
  }
  return { subnets };
}

/** Others than those of the tasks, where there are any. */
function publicSubnets(vpc: ec2.IVpc): ec2.ISubnet[] {
  const tasks = group(vpc, TASKS);
  const free = vpc.publicSubnets.filter((subnet) => !tasks.includes(subnet));
  return free.length > 0 ? free : vpc.publicSubnets;
}

/** Those of the tasks, unless they are public. */
function innerSubnets(vpc: ec2.IVpc): ec2.ISubnet[] {
  const tasks = group(vpc, TASKS).filter((subnet) => !vpc.publicSubnets.includes(subnet));
  return [tasks, vpc.privateSubnets, vpc.isolatedSubnets].find(({ length }) => length > 0) ?? [];
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
