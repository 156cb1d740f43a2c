import { Fn, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, type SubnetSelection, SubnetType, Vpc, type VpcAttributes } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { Egress, SiteNetwork, SiteProfile } from '../../src';
import { dataSubnets, edgeSubnets, requireSiteVpc, taskPlacement } from '../../src/network/subnets';
import { makeSite, templateOf, testStack } from '../fixtures';

const TABLES = ['table-a', 'table-b'];
const PUBLIC = { publicSubnetIds: ['public-a', 'public-b'], publicSubnetRouteTableIds: TABLES };
const PRIVATE = { privateSubnetIds: ['private-a', 'private-b'], privateSubnetRouteTableIds: TABLES };
const ISOLATED = { isolatedSubnetIds: ['isolated-a', 'isolated-b'], isolatedSubnetRouteTableIds: TABLES };
const imported = (attributes: Partial<VpcAttributes>, stack = testStack()): IVpc =>
  Vpc.fromVpcAttributes(stack, 'Given', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    ...attributes,
  });
const ids = (subnets: { subnetId: string }[] = []) => subnets.map(({ subnetId }) => subnetId);

describe('tasks', () => {
  const placement = (attributes: Partial<VpcAttributes>) => {
    const vpc = imported(attributes);
    const { subnets, assignPublicIp } = taskPlacement(vpc, vpc);
    return { subnets: ids(subnets), assignPublicIp };
  };

  test('run in private subnets, without public addresses', () => {
    const expected = { subnets: ['private-a', 'private-b'], assignPublicIp: false };
    expect(placement(PRIVATE)).toEqual(expected);
    expect(placement({ ...PUBLIC, ...PRIVATE, ...ISOLATED })).toEqual(expected);
  });

  test('run in isolated subnets that are named for them', () => {
    expect(placement({ ...PUBLIC, ...ISOLATED, isolatedSubnetNames: ['Tasks'] })).toEqual({
      subnets: ['isolated-a', 'isolated-b'],
      assignPublicIp: false,
    });
  });

  test('run in public subnets that are named for them, with public addresses', () => {
    expect(placement({ ...PUBLIC, ...ISOLATED, publicSubnetNames: ['Tasks'] })).toEqual({
      subnets: ['public-a', 'public-b'],
      assignPublicIp: true,
    });
  });

  test('run in subnets that are named for them rather than in other private ones', () => {
    const privateSubnetIds = ['other-a', 'other-b', 'tasks-a', 'tasks-b'];
    expect(placement({ privateSubnetIds, privateSubnetNames: ['Other', 'Tasks'] }).subnets).toEqual([
      'tasks-a',
      'tasks-b',
    ]);
    expect(() => placement({ privateSubnetIds, privateSubnetNames: ['Tasks2', 'MyTasks'] })).toThrow(
      "'vpc' has private subnets of several groups (Tasks2, MyTasks): choose with " +
        "SiteNetwork.chooseSubnets(vpc, { tasks: { subnetGroupName: 'Tasks2' } }), or name the one to use Tasks [Test/Given]",
    );
  });

  test('run in the subnets that are chosen, of one kind and 16 at most', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `private-${index}`);
    const vpc = imported({ ...PUBLIC, privateSubnetIds: many(18) });
    const choose = (tasks: SubnetSelection) => {
      SiteNetwork.chooseSubnets(vpc, { tasks });
      return taskPlacement(vpc, vpc);
    };

    expect(() => taskPlacement(vpc, vpc)).toThrow(
      "tasks must run in at most 16 subnets, got 18: choose with SiteNetwork.chooseSubnets(vpc, { tasks: { subnetGroupName: '…' } }), or name them Tasks [Test/Given]",
    );
    expect(ids(choose({ subnets: vpc.privateSubnets.slice(0, 16) }).subnets)).toEqual(many(16));
    expect(choose({ subnetType: SubnetType.PUBLIC })).toMatchObject({ assignPublicIp: true });
    expect(() => choose({ subnets: [vpc.publicSubnets[0], vpc.privateSubnets[0]] })).toThrow(
      'tasks must run in subnets of one kind, got 1 public ones of 2 [Test/Given]',
    );
    expect(() => choose({ subnets: [] })).toThrow(
      'SiteNetwork.chooseSubnets() must choose at least one subnet of the VPC, got none',
    );
  });

  test.each([
    [PUBLIC, '2 public, 0 private and 0 isolated'],
    [ISOLATED, '0 public, 0 private and 2 isolated'],
    [{ ...PUBLIC, ...ISOLATED }, '2 public, 0 private and 2 isolated'],
  ])('fails where nothing says that they reach AWS: %p', (attributes, got) => {
    expect(() => placement(attributes)).toThrow(
      `'vpc' must have subnets for the tasks with a way to AWS, got ${got} ones. Add private subnets with a route to a ` +
        'NAT gateway, or name the subnets to use Tasks: isolated ones with VPC endpoints, or public ones, whose tasks get ' +
        'public addresses [Test/Given]',
    );
  });
});

describe('data', () => {
  const subnets = (attributes: Partial<VpcAttributes>) => {
    const vpc = imported(attributes);
    return ids(dataSubnets(vpc, vpc).subnets);
  };

  test('is in subnets named Data, else in isolated ones, else in private ones', () => {
    const isolatedSubnetIds = ['tasks-a', 'tasks-b', 'data-a', 'data-b'];
    expect(subnets({ isolatedSubnetIds, isolatedSubnetNames: ['Tasks', 'Data'] })).toEqual(['data-a', 'data-b']);
    expect(subnets({ ...PUBLIC, ...PRIVATE, ...ISOLATED })).toEqual(['isolated-a', 'isolated-b']);
    expect(subnets({ ...PUBLIC, ...PRIVATE })).toEqual(['private-a', 'private-b']);
  });

  test('is in the subnets that are chosen where there are several groups', () => {
    const isolatedSubnetIds = ['rds-a', 'rds-b', 'redshift-a', 'redshift-b'];
    const vpc = imported({ isolatedSubnetIds, isolatedSubnetNames: ['rds', 'redshift'] });
    expect(() => dataSubnets(vpc, vpc)).toThrow(
      "'vpc' has isolated subnets of several groups (rds, redshift): choose with " +
        "SiteNetwork.chooseSubnets(vpc, { data: { subnetGroupName: 'rds' } }), or name the one to use Data [Test/Given]",
    );
    SiteNetwork.chooseSubnets(vpc, { data: { subnetGroupName: 'redshift' } });
    expect(ids(dataSubnets(vpc, vpc).subnets)).toEqual(['redshift-a', 'redshift-b']);
  });

  test('fails in public subnets', () => {
    expect(() => subnets(PUBLIC)).toThrow(
      "'vpc' must have isolated or private subnets for database and cache, got 2 public ones. Add some, or give the " +
        'site a database and a cache that exist [Test/Given]',
    );
  });
});

describe('load balancer', () => {
  const subnets = (attributes: Partial<VpcAttributes>) => {
    const vpc = imported(attributes);
    return ids(edgeSubnets(vpc, vpc, true).subnets);
  };

  test('is in one public subnet of each zone, and not in those of the tasks', () => {
    const publicSubnetIds = ['first-a', 'first-b', 'second-a', 'second-b'];
    expect(subnets({ publicSubnetIds, publicSubnetNames: ['One', 'Two'] })).toEqual(['first-a', 'first-b']);
    expect(subnets({ publicSubnetIds, publicSubnetNames: ['Tasks', 'Edge'] })).toEqual(['second-a', 'second-b']);
    expect(subnets({ ...PUBLIC, publicSubnetNames: ['Tasks'] })).toEqual(['public-a', 'public-b']);
  });

  test('that is internal is where the tasks are, or in isolated subnets', () => {
    const inner = (attributes: Partial<VpcAttributes>, loadBalancer?: SubnetSelection) => {
      const vpc = imported(attributes);
      SiteNetwork.chooseSubnets(vpc, { loadBalancer });
      return ids(edgeSubnets(vpc, vpc, false).subnets);
    };
    expect(inner({ ...PUBLIC, ...PRIVATE, ...ISOLATED })).toEqual(['private-a', 'private-b']);
    expect(inner({ ...PUBLIC, publicSubnetNames: ['Tasks'], ...ISOLATED })).toEqual(['isolated-a', 'isolated-b']);
    expect(inner({ ...PRIVATE, ...ISOLATED }, { subnetType: SubnetType.PRIVATE_ISOLATED })).toEqual([
      'isolated-a',
      'isolated-b',
    ]);
    expect(() => inner(PUBLIC)).toThrow(
      "'vpc' must have private or isolated subnets in at least two Availability Zones for the load balancer, got 0",
    );
  });

  test('fails without public subnets in two zones', () => {
    const message = (got: number) =>
      `'vpc' must have public subnets in at least two Availability Zones for the load balancer, got ${got} [Test/Given]`;
    expect(() => subnets(PRIVATE)).toThrow(message(0));
    expect(() => subnets({ availabilityZones: ['eu-west-1a'], publicSubnetIds: ['x', 'y'] })).toThrow(message(1));
  });
});

describe('a given VPC', () => {
  test('fails with one zone', () => {
    const vpc = imported({ availabilityZones: ['eu-west-1a'], privateSubnetIds: ['x'] });
    expect(() => requireSiteVpc(vpc, vpc)).toThrow(
      "'vpc' must span at least two Availability Zones, got eu-west-1a: the load balancer and the database need them " +
        '[Test/Given]',
    );
  });

  test('passes with zones that are known at deployment', () => {
    const stack = testStack();
    const list = (name: string) => Fn.split(',', Fn.importValue(name), 2);
    const vpc = imported(
      { availabilityZones: list('Zones'), privateSubnetIds: list('Private'), publicSubnetIds: list('Public') },
      stack,
    );
    expect(() => requireSiteVpc(vpc, vpc)).not.toThrow();
    expect(() => edgeSubnets(vpc, vpc, true)).not.toThrow();
  });

  test('fails in the site before anything is created', () => {
    const given = (stack: Stack) => imported({ ...PUBLIC, ...ISOLATED }, stack);
    for (const props of [
      (stack: Stack) => ({ vpc: given(stack) }),
      (stack: Stack) => ({
        cluster: Cluster.fromClusterAttributes(stack, 'C', { clusterName: 'c', vpc: given(stack) }),
      }),
    ]) {
      const stack = testStack();
      expect(() => makeSite(props(stack), stack)).toThrow(/'vpc' must have subnets for the tasks .* \[Test\/Site\]/);
      Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
    }
  });

  test('is used as it is: tasks, data and load balancer find their subnets', () => {
    const stack = testStack();
    const vpc = imported({ ...PUBLIC, ...PRIVATE, ...ISOLATED }, stack);
    expect(placesOf(makeSite({ vpc }, stack))).toEqual({
      tasks: [['private-a', 'private-b']],
      publicIp: ['DISABLED'],
      loadBalancer: ['public-a', 'public-b'],
      data: ['isolated-a', 'isolated-b'],
    });
  });

  test('of the app itself is used as before', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', {
      subnetConfiguration: [
        { name: 'Edge', subnetType: SubnetType.PUBLIC },
        { name: 'App', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
    });
    const { tasks, publicIp } = placesOf(makeSite({ vpc }, stack));
    expect(tasks).toEqual([[1, 2].map((n) => ({ Ref: expect.stringMatching(`AppSubnet${n}`) }))]);
    expect(publicIp).toEqual(['DISABLED']);
  });
});

describe('public tasks', () => {
  const made = makeSite({ profile: SiteProfile.DEVELOPMENT });
  made.addWorker('Worker');
  const places = placesOf(made);

  test('have public addresses in web, worker and release, each in subnets of its own kind', () => {
    expect(places.publicIp).toEqual(['ENABLED']);
    expect(places.tasks).toEqual([[1, 2].map((n) => ({ Ref: expect.stringMatching(`TasksSubnet${n}`) }))]);
    expect(places.loadBalancer).toEqual([1, 2].map((n) => ({ Ref: expect.stringMatching(`PublicSubnet${n}`) })));
    expect(places.data).toEqual([1, 2].map((n) => ({ Ref: expect.stringMatching(`DataSubnet${n}`) })));
  });

  test('let only the load balancer in', () => {
    const template = templateOf(made);
    const open = Object.values(template.findResources('AWS::EC2::SecurityGroup')).filter(
      ({ Properties }) => Properties.SecurityGroupIngress,
    );
    expect(open.map(({ Properties }) => Properties.GroupDescription)).toEqual([
      expect.stringContaining('SiteEdgeLoadBalancer'),
    ]);
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))) {
      expect(Properties.CidrIp).toBeUndefined();
    }
  });

  test('reach the internet by a route of their own, before the release runs', () => {
    const template = templateOf(made);
    const [release] = Object.values(template.findResources('Custom::DjangoRelease'));
    expect(release.DependsOn).toContainEqual(expect.stringMatching(/VpcTasksSubnet1DefaultRoute/));
  });

  test('are what the release says to those who run its task by hand', () => {
    expect(made.release.assignPublicIp).toBe(true);
    expect(made.release.subnets).toEqual(made.vpc.publicSubnets.slice(2));
    const stack = testStack();
    const { vpc } = new SiteNetwork(stack, 'Network', { egress: Egress.natGateway() });
    const { release } = makeSite({ vpc }, stack);
    expect(release.assignPublicIp).toBe(false);
    expect(release.subnets).toEqual(vpc.privateSubnets);
  });
});

/** Where each kind of resource of a site is; what all tasks have in common is there once. */
function placesOf(site: ReturnType<typeof makeSite>) {
  const template = templateOf(site);
  const properties = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  const services = properties('AWS::ECS::Service').map((p) => p.NetworkConfiguration.AwsvpcConfiguration);
  const [release] = properties('Custom::DjangoRelease');
  const unique = (values: unknown[]) =>
    [...new Set(values.map((value) => JSON.stringify(value)))].map((v) => JSON.parse(v));
  return {
    tasks: unique([...services.map(({ Subnets }) => Subnets), release.Subnets]),
    publicIp: unique([...services.map(({ AssignPublicIp }) => AssignPublicIp), release.AssignPublicIp]),
    loadBalancer: properties('AWS::ElasticLoadBalancingV2::LoadBalancer')[0].Subnets,
    data: unique([
      properties('AWS::RDS::DBSubnetGroup')[0].SubnetIds,
      properties('AWS::ElastiCache::SubnetGroup')[0].SubnetIds,
    ])[0],
  };
}
