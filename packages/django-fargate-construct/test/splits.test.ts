import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Connections, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { makeSite } from './fixtures';
import { deployed, ENV, type Kind, type Lie, type Split } from './splits';

interface Row {
  readonly name: string;
  readonly places: Split['places'];
  /** The stacks that each stack is deployed after; a stack that is not named can be the first. */
  readonly after: Record<string, string[]>;
}

const DATA = { database: 'Data', cache: 'Data' };
const STATE = { database: 'State', cache: 'State', repository: 'State', queue: 'State', secrets: 'State' };
const EDGE = { dns: 'Edge', loadBalancer: 'Edge' };
const EACH = {
  cluster: 'Cluster',
  database: 'Database',
  cache: 'Cache',
  dns: 'Dns',
  loadBalancer: 'Edge',
  firewall: 'Firewall',
  repository: 'Registry',
  queue: 'Queues',
  secrets: 'Secrets',
};

const ROWS: Row[] = [
  { name: 'the network', places: { network: 'Net' }, after: { Site: ['Net'] } },
  {
    name: 'network, database',
    places: { network: 'Net', database: 'Data' },
    after: { Data: ['Net'], Site: ['Data', 'Net'] },
  },
  {
    name: 'network, cache',
    places: { network: 'Net', cache: 'Data' },
    after: { Data: ['Net'], Site: ['Data', 'Net'] },
  },
  { name: 'network, data', places: { network: 'Net', ...DATA }, after: { Data: ['Net'], Site: ['Data', 'Net'] } },
  { name: 'network and data in one', places: { network: 'Data', ...DATA }, after: { Site: ['Data'] } },
  {
    name: 'network, database, cache',
    places: { network: 'Net', database: 'Database', cache: 'Cache' },
    after: { Database: ['Net'], Cache: ['Net'], Site: ['Cache', 'Database', 'Net'] },
  },
  {
    name: 'network, all that keeps state',
    places: { network: 'Net', ...STATE },
    after: { State: ['Net'], Site: ['Net', 'State'] },
  },
  { name: 'names and their certificate', places: { dns: 'Dns' }, after: { Site: ['Dns'] } },
  {
    name: 'network, names with the load balancer',
    places: { network: 'Net', ...EDGE },
    after: { Edge: ['Net'], Site: ['Edge', 'Net'] },
  },
  {
    name: 'network, names with the load balancer, firewall',
    places: { network: 'Net', ...EDGE, firewall: 'Firewall' },
    after: { Edge: ['Net'], Firewall: ['Edge'], Site: ['Edge', 'Net'] },
  },
  { name: 'the firewall', places: { firewall: 'Firewall' }, after: { Firewall: ['Site'] } },
  {
    name: 'network, cluster',
    places: { network: 'Net', cluster: 'Cluster' },
    after: { Site: ['Cluster', 'Net'] },
  },
  { name: 'the repository', places: { repository: 'Registry' }, after: { Site: ['Registry'] } },
  { name: 'the queue', places: { queue: 'Queues' }, after: { Site: ['Queues'] } },
  { name: 'the secret key', places: { secrets: 'Secrets' }, after: { Site: ['Secrets'] } },
  {
    name: 'each part',
    places: { network: 'Net', ...EACH },
    after: {
      Database: ['Net'],
      Cache: ['Net'],
      Edge: ['Dns', 'Net'],
      Firewall: ['Edge'],
      Site: ['Cache', 'Cluster', 'Database', 'Dns', 'Edge', 'Net', 'Queues', 'Registry', 'Secrets'],
    },
  },
];
const KINDS: Kind[] = ['an instance', 'a cluster', 'CloudFront, and a database with every option'];
const LIES: Lie[] = ['in a stage', 'parts nested in the site', 'the site nested beside its parts'];

/** The order that CDK derives, without the stacks that can be the first. */
const order = (split: Split) =>
  Object.fromEntries(Object.entries(deployed(split).after).filter(([, after]) => after[0]));

describe.each(KINDS)('a site with %s', (kind) => {
  test.each(ROWS)('is deployed after the stacks of $name', ({ places, after }) => {
    expect(order({ places, kind })).toEqual(after);
  });
});

test.each(ROWS)('two sites with weak references are deployed after the stacks of $name', ({ name, places, after }) => {
  // parts that are not apart are the first site's
  const second = [...(after.Site ?? []), ...(name === 'each part' ? [] : ['Site'])].sort();
  expect(order({ places, sites: 2, references: 'weak' })).toEqual({ ...after, Site2: second });
});

describe.each(LIES)('%s', (lie) => {
  test.each(ROWS)('holds for $name', ({ places, after }) => {
    expect(order({ places, lie, kind: KINDS[2] })).toEqual(lie === 'in a stage' ? after : {});
  });
});

describe('a database in a stack of its own', () => {
  const { template } = deployed({ places: { network: 'Net', ...DATA } });
  const rules = Object.entries(template('Site').findResources('AWS::EC2::SecurityGroupIngress'));
  const toData = rules.filter(([, { Properties }]) => JSON.stringify(Properties.GroupId).includes('Data:'));

  test('lets the processes in by rules of their stack, and knows none of them', () => {
    expect(toData).toHaveLength(12);
    const inData = template('Data').findResources('AWS::EC2::SecurityGroupIngress');
    expect(Object.values(inData)).toEqual([]);
  });

  test('is reachable before the release runs', () => {
    const [release] = Object.values(template('Site').findResources('Custom::DjangoRelease'));
    const ofRelease = toData.map(([id]) => id).filter((id) => id.includes('Release'));
    expect(ofRelease).toHaveLength(2);
    expect(release.DependsOn).toEqual(expect.arrayContaining(ofRelease));
  });
});

describe('data that is only named in another stack', () => {
  const app = new App({ context: recommendedFlags });
  const named = new Stack(app, 'Named', { env: ENV });
  const securityGroups = [SecurityGroup.fromSecurityGroupId(named, 'Group', 'sg-1')];
  const connections = (defaultPort?: Port) => new Connections({ securityGroups, defaultPort });
  const secret = Secret.fromSecretNameV2(named, 'Secret', 'database');

  test('does not put that stack before the site', () => {
    securityGroups[0].addIngressRule(Peer.ipv4('10.1.0.0/16'), Port.tcp(5432));
    const stack = new Stack(app, 'Site', { env: ENV });
    const site = makeSite({ database: { secret, connections: connections(Port.tcp(5432)) } }, stack);
    new CfnOutput(named, 'Url', { value: site.webService.serviceName });
    app.synth();
    expect(named.dependencies).toEqual([stack]);
  });

  test('must say which port it listens on', () => {
    expect(() => makeSite({ database: { secret, connections: connections() } })).toThrow(
      "'database' must have connections with a default port, got none [Test/Site]",
    );
  });
});
