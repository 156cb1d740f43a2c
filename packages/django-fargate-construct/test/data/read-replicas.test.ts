import { TimeZone } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AuroraPostgresDatabase,
  DatabaseOffHours,
  OffHours,
  PostgresDatabase,
  type PostgresDatabaseProps,
  SiteProfile,
  StoppableDatabase,
} from '../../src';
import { container, makeSite, testStack } from '../fixtures';

function make(props: Partial<PostgresDatabaseProps> = {}) {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc');
  const database = new PostgresDatabase(stack, 'Database', { vpc, ...props });
  return { database, stack, vpc, template: () => Template.fromStack(stack) };
}

const replicaHost = (template: Template) =>
  container(template, 'web').Environment.find(({ Name }: { Name: string }) => Name === 'DATABASE_REPLICA_HOST')?.Value;

describe('read replicas of a PostgresDatabase', () => {
  test('are as large as their source, have its parameters, certificate and rules, and are no standby', () => {
    const template = make({ readReplicas: 2, engine: { maxConnections: 300 } }).template();
    template.resourceCountIs('AWS::RDS::DBInstance', 3);
    template.resourceCountIs('AWS::RDS::DBParameterGroup', 1);
    template.resourcePropertiesCountIs(
      'AWS::RDS::DBInstance',
      {
        SourceDBInstanceIdentifier: Match.anyValue(),
        DBInstanceClass: 'db.t4g.medium',
        DBParameterGroupName: { Ref: Match.stringLikeRegexp('^DatabaseParameters') },
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
        VPCSecurityGroups: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseInstanceSecurityGroup'), 'GroupId'] }],
        PubliclyAccessible: false,
        StorageType: 'gp3',
        MaxAllocatedStorage: 100,
        MultiAZ: Match.absent(),
        EnableCloudwatchLogsExports: ['postgresql'],
        DatabaseInsightsMode: 'standard',
        DeletionProtection: false,
        // what RDS takes from the source
        Engine: Match.absent(),
        AllocatedStorage: Match.absent(),
        StorageEncrypted: Match.absent(),
        MasterUsername: Match.absent(),
      },
      2,
    );
    template.hasResource('AWS::RDS::DBInstance', {
      Properties: { SourceDBInstanceIdentifier: Match.anyValue() },
      DeletionPolicy: 'Delete',
    });
  });

  test('are known to Django by their names', () => {
    const { database, stack, vpc } = make({ readReplicas: 2 });
    makeSite({ vpc, database }, stack);
    const address = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(`^Database${id}`), 'Endpoint.Address'] });
    expect(replicaHost(Template.fromStack(stack))).toEqual({
      'Fn::Join': ['', [address('Replica1'), ',', address('Replica2')]],
    });
    expect(database.replicas).toHaveLength(2);
  });

  test('are none unless they are asked for', () => {
    const { database, stack, vpc, template } = make();
    makeSite({ vpc, database }, stack);
    template().resourceCountIs('AWS::RDS::DBInstance', 1);
    expect([database.replicaEndpoint, replicaHost(template())]).toEqual([undefined, undefined]);
  });

  test('fail beyond 15', () => {
    expect(() => make({ readReplicas: 16 })).toThrow(
      "'readReplicas' must be a whole number from 0 to 15, got 16 [Test/Database]",
    );
  });

  test('fail off hours, in a site before anything is made, and without a site', () => {
    const offHours = OffHours.weekdays({ startHour: 8, stopHour: 18, timeZone: TimeZone.ETC_UTC });
    const message = "'offHours' must be left out for a database with read replicas, got 1: RDS does not stop it";
    const { database, stack, vpc } = make({ readReplicas: 1 });
    const profile = SiteProfile.DEVELOPMENT;
    expect(() => makeSite({ vpc, database, offHours, profile }, stack)).toThrow(`${message} [Test/Site]`);
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Cluster', 0);
    expect(() => new DatabaseOffHours(stack, 'Hours', { database: database.stoppable!, offHours, profile })).toThrow(
      `${message} [Test/Hours]`,
    );
  });

  test('are told of a given instance by its stoppable', () => {
    const stack = testStack();
    const instance = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Given', {
      instanceIdentifier: 'shop',
      instanceEndpointAddress: 'shop.example',
      port: 5432,
      securityGroups: [],
    });
    const offHours = OffHours.weekdays({ startHour: 8, stopHour: 18, timeZone: TimeZone.ETC_UTC });
    const profile = SiteProfile.DEVELOPMENT;
    const database = StoppableDatabase.instance(instance, 2);
    expect(() => new DatabaseOffHours(stack, 'Hours', { database, offHours, profile })).toThrow('got 2: RDS does not');
  });
});

describe('readers of an AuroraPostgresDatabase', () => {
  const site = (readers: number) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    makeSite({ vpc, database: new AuroraPostgresDatabase(stack, 'Database', { vpc, readers }) }, stack);
    return replicaHost(Template.fromStack(stack));
  };

  test('are known to Django by the read endpoint, when there are any', () => {
    expect(site(1)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseCluster/), 'ReadEndpoint.Address'] });
    expect(site(0)).toBeUndefined();
  });
});

test('a given database has the proxy and the replicas that are named', () => {
  const stack = testStack();
  const database = PostgresDatabase.fromPostgresDatabaseAttributes({
    secret: Secret.fromSecretNameV2(stack, 'Login', 'shop/database'),
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
    proxyEndpoint: 'proxy.example',
    replicaEndpoint: 'replica.example',
  });
  makeSite({ database }, stack);
  const template = Template.fromStack(stack);
  expect(container(template, 'web').Environment).toEqual(
    expect.arrayContaining([
      { Name: 'DATABASE_HOST', Value: 'proxy.example' },
      { Name: 'DATABASE_REPLICA_HOST', Value: 'replica.example' },
    ]),
  );
});
