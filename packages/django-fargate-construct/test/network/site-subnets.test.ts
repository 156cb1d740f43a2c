import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { AuroraPostgresDatabase, PostgresDatabase, SiteNetwork, type SiteSubnets, ValkeyCache } from '../../src';
import { addEverything, makeSite, templateOf, testStack } from '../fixtures';

/** A VPC as platform teams have it: several groups of private and of isolated subnets. */
function platform(stack: Stack): IVpc {
  return new Vpc(stack, 'Vpc', {
    natGateways: 1,
    subnetConfiguration: [
      { name: 'web', subnetType: SubnetType.PUBLIC },
      { name: 'dmz', subnetType: SubnetType.PUBLIC },
      { name: 'app', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'lambda', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'rds', subnetType: SubnetType.PRIVATE_ISOLATED },
      { name: 'redshift', subnetType: SubnetType.PRIVATE_ISOLATED },
    ],
  });
}

const group = (subnetGroupName: string) => ({ subnetGroupName });

/** Groups of the subnets that anything in a part of a template names. */
function groupsIn(part: unknown): string[] {
  const found = [...JSON.stringify(part).matchAll(/Vpc(web|dmz|app|lambda|rds|redshift)Subnet\d/g)];
  return [...new Set(found.map(([, name]) => name))].sort();
}

test('the parts of a site lie in the subnets that are chosen, and in no other', () => {
  const stack = testStack();
  const vpc = platform(stack);
  SiteNetwork.chooseSubnets(vpc, { tasks: group('app'), data: group('rds') });
  SiteNetwork.chooseSubnets(vpc, { loadBalancer: group('dmz') });
  const site = makeSite({ vpc }, stack);
  addEverything(site);
  const template = templateOf(site);
  const groups = (type: string) =>
    groupsIn(Object.values(template.findResources(type)).map((found) => found.Properties));

  expect(groups('AWS::ECS::Service')).toEqual(['app']);
  expect(groups('Custom::DjangoRelease')).toEqual(['app']);
  expect(groups('AWS::Scheduler::Schedule')).toEqual(['app']);
  expect(groups('AWS::RDS::DBSubnetGroup')).toEqual(['rds']);
  expect(groups('AWS::ElastiCache::SubnetGroup')).toEqual(['rds']);
  expect(groups('AWS::ElasticLoadBalancingV2::LoadBalancer')).toEqual(['dmz']);
});

test('a database and a cache of their own are where they are told', () => {
  const stack = testStack();
  const props = { vpc: platform(stack) };
  SiteNetwork.chooseSubnets(props.vpc, { data: group('redshift') });
  new PostgresDatabase(stack, 'Instance', { ...props, proxy: {} });
  new AuroraPostgresDatabase(stack, 'Cluster', props);
  new ValkeyCache(stack, 'Cache', props);
  const template = Template.fromStack(stack);

  for (const type of ['AWS::RDS::DBSubnetGroup', 'AWS::ElastiCache::SubnetGroup', 'AWS::RDS::DBProxy']) {
    const found = Object.values(template.findResources(type));
    expect(found.map(({ Properties }) => groupsIn(Properties))).toEqual(found.map(() => ['redshift']));
  }
});

test.each<[SiteSubnets, string]>([
  [{}, "'vpc' has private subnets of several groups (app, lambda)"],
  [{ tasks: group('app') }, "'vpc' has isolated subnets of several groups (rds, redshift)"],
  [
    { tasks: { subnets: [] }, data: group('rds') },
    'SiteNetwork.chooseSubnets() must choose at least one subnet of the VPC, got none',
  ],
])('a choice that says too little is refused before anything is made: %j', (subnets, message) => {
  const stack = testStack();
  const vpc = platform(stack);
  SiteNetwork.chooseSubnets(vpc, subnets);
  expect(() => makeSite({ vpc }, stack)).toThrow(message);
  expect((stack.node.findChild('Site') as Construct).node.children).toEqual([]);
});
