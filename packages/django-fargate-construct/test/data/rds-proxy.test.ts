import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresDatabase,
  type DatabaseProps,
  PasswordRotation,
  PostgresDatabase,
  type RdsProxyOptions,
  SiteProfile,
} from '../../src';
import { addEverything, container, makeSite, testStack } from '../fixtures';

const PROXY = 'AWS::RDS::DBProxy';
const KINDS = { AuroraPostgresDatabase, PostgresDatabase };

function make(kind: keyof typeof KINDS, props: Partial<DatabaseProps> = {}) {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc');
  const database = new KINDS[kind](stack, 'Database', { vpc, ...props });
  const site = makeSite({ vpc, database }, stack);
  return { database, site, template: () => Template.fromStack(stack) };
}

const host = (template: Template, process: 'web' | 'worker' | 'beat' | 'command' | 'release') =>
  container(template, process).Environment.find(({ Name }: { Name: string }) => Name === 'DATABASE_HOST')?.Value;

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('proxy of %s', (kind) => {
  test('speaks TLS only, knows one login, and leaves a fifth of the connections', () => {
    const template = make(kind, { proxy: {} }).template();
    template.hasResourceProperties(PROXY, {
      EngineFamily: 'POSTGRESQL',
      RequireTLS: true,
      IdleClientTimeout: 1800,
      Auth: [
        {
          AuthScheme: 'SECRETS',
          IAMAuth: 'DISABLED',
          ClientPasswordAuthType: 'POSTGRES_SCRAM_SHA_256',
          SecretArn: { Ref: Match.stringLikeRegexp('^Database(Instance|Cluster)SecretAttachment') },
        },
      ],
      VpcSubnetIds: [
        { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet1') },
        { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet2') },
      ],
    });
    template.hasResourceProperties('AWS::RDS::DBProxyTargetGroup', {
      [kind === 'PostgresDatabase' ? 'DBInstanceIdentifiers' : 'DBClusterIdentifiers']: [
        { Ref: Match.stringLikeRegexp('^Database(Instance|Cluster)') },
      ],
      ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 80, ConnectionBorrowTimeout: 10 },
    });
  });

  test('is where every process but the release connects', () => {
    const { database, site, template } = make(kind, { proxy: {} });
    addEverything(site);
    const result = template();
    for (const process of ['web', 'worker', 'beat', 'command'] as const) {
      expect(host(result, process)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxy/), 'Endpoint'] });
    }
    expect(host(result, 'release')).toBeUndefined();
    expect(database.proxyEndpoint).toBeDefined();
  });

  test('lets the processes in, and is let in by the server, as the release is', () => {
    const template = make(kind, { proxy: {} }).template();
    const rule = (from: string, to: string) => ({
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${from}SecurityGroup`), 'GroupId'] },
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${to}SecurityGroup`), 'GroupId'] },
    });
    const server = kind === 'PostgresDatabase' ? 'DatabaseInstance' : 'DatabaseCluster';
    for (const [from, to] of [
      ['SiteWeb', 'DatabaseProxy'],
      ['DatabaseProxy', server],
      ['SiteRelease', server],
    ]) {
      template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', rule(from, to));
    }
  });

  test('knows the run user, not the owner', () => {
    const template = make(kind, { proxy: {}, users: { separateRunUser: true } }).template();
    template.hasResourceProperties(PROXY, {
      Auth: [{ SecretArn: { Ref: Match.stringLikeRegexp('^DatabaseRunSecretAttachment') } }],
    });
  });

  test('takes other numbers', () => {
    const proxy = {
      maxConnectionsPercent: 50,
      borrowTimeout: Duration.seconds(3),
      idleClientTimeout: Duration.minutes(5),
    };
    const template = make(kind, { proxy }).template();
    template.hasResourceProperties(PROXY, { IdleClientTimeout: 300 });
    template.hasResourceProperties('AWS::RDS::DBProxyTargetGroup', {
      ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 50, ConnectionBorrowTimeout: 3 },
    });
  });

  test.each<[RdsProxyOptions, string]>([
    [{ maxConnectionsPercent: 0 }, "'proxy.maxConnectionsPercent' must be a whole number from 1 to 100, got 0"],
    [{ borrowTimeout: Duration.hours(2) }, "'proxy.borrowTimeout' must be a whole number from 1 to 3600, got 7200"],
    [
      { idleClientTimeout: Duration.seconds(59) },
      "'proxy.idleClientTimeout' must be a whole number from 60 to 28800, got 59",
    ],
  ])('fails: %j', (proxy, message) => {
    expect(() => make(kind, { proxy })).toThrow(`${message} [Test/Database]`);
  });

  test('fails with alternating users, of whom it would know one', () => {
    const passwordRotation = PasswordRotation.alternatingUsers();
    expect(() => make(kind, { proxy: {}, users: { separateRunUser: true, passwordRotation } })).toThrow(
      "'users.passwordRotation' must be sameUser() with 'proxy', got alternatingUsers(): the proxy has one login [Test/Database]",
    );
  });

  test('ends the check of connections', () => {
    expect(make(kind, { proxy: {} }).database.maxConnections).toBeUndefined();
    expect(make(kind).database.maxConnections).toBeGreaterThan(0);
  });

  test('is not there unless it is asked for', () => {
    const { database, template } = make(kind);
    template().resourceCountIs(PROXY, 0);
    expect([database.proxyEndpoint, host(template(), 'web')]).toEqual([undefined, undefined]);
  });
});

test('a proxy fails before an Aurora that should pause', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc');
  const { DEVELOPMENT: profile } = SiteProfile;
  expect(() => new AuroraPostgresDatabase(stack, 'Database', { vpc, profile, proxy: {} })).toThrow(
    "'minCapacity' must be more than 0 with 'proxy', got 0: its connections would never let it pause [Test/Database]",
  );
});
