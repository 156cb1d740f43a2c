import { Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraMysqlEngineVersion,
  AuroraPostgresEngineVersion,
  type CfnDBInstance,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type DatabaseInstanceProps,
  MysqlEngineVersion,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraPostgresDatabase, PostgresDatabase } from '../../src';
import { testStack } from '../fixtures';

describe('names that RDS, Aurora or PostgreSQL keeps', () => {
  const kept = 'must not be a name that RDS or PostgreSQL keeps for itself';
  const reserved = 'must not be a reserved word of PostgreSQL';

  test.each([
    ...[
      'admin',
      'Admin',
      'rdsadmin',
      'rds_superuser',
      'rds_iam',
      'rdsrepladmin',
      'pg_monitor',
      'pg_shop',
      'public',
      'none',
    ].map((name) => [name, kept]),
    ...['user', 'select', 'SELECT', 'system_user', 'left'].map((name) => [name, reserved]),
  ])('are refused for a user: %s', (username, message) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const text = `'users.username' ${message}, got '${username}'`;
    expect(() => new PostgresDatabase(stack, 'Instance', { vpc, users: { username } })).toThrow(
      `${text} [Test/Instance]`,
    );
    expect(() => new AuroraPostgresDatabase(stack, 'Cluster', { vpc, users: { username } })).toThrow(
      `${text} [Test/Cluster]`,
    );
  });

  test.each([
    ...['db', 'template0', 'template1', 'rdsadmin'].map((name) => [name, kept]),
    ...['table', 'Order'].map((name) => [name, reserved]),
  ])('are refused for a database: %s', (databaseName, message) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    expect(() => new PostgresDatabase(stack, 'Instance', { vpc, engine: { databaseName } })).toThrow(
      `'engine.databaseName' ${message}, got '${databaseName}' [Test/Instance]`,
    );
  });

  test.each(['postgres', 'users', 'orders', 'administrator', 'page', 'Shop_2'])('are not %s', (name) => {
    const stack = testStack();
    const props = { vpc: new Vpc(stack, 'Vpc'), users: { username: name }, engine: { databaseName: name } };
    expect(() => new PostgresDatabase(stack, 'Instance', props)).not.toThrow();
  });
});

describe('a given server', () => {
  const instance = (stack: Stack, props: Partial<DatabaseInstanceProps> = {}) =>
    new DatabaseInstance(stack, 'Given', {
      vpc: new Vpc(stack, 'Vpc'),
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
      ...props,
    });

  test('is taken when it has a database and a login', () => {
    const made = instance(testStack(), { databaseName: 'shop' });
    expect(PostgresDatabase.fromInstance(made, made.secret!).secret).toBe(made.secret);
  });

  test('fails when its login names no database', () => {
    const made = instance(testStack());
    expect(() => PostgresDatabase.fromInstance(made, made.secret!)).toThrow(
      "the database must have a name, got none: set 'databaseName' or 'defaultDatabaseName' where it is made [Test/Given]",
    );
    // a login that somebody else wrote may name one of them
    const own = new Secret(Stack.of(made), 'Own');
    expect(PostgresDatabase.fromInstance(made, own).secret).toBe(own);
  });

  test('fails with the password that RDS manages', () => {
    const stack = testStack();
    const made = instance(stack, { databaseName: 'shop' });
    const resource = made.node.defaultChild as CfnDBInstance;
    resource.manageMasterUserPassword = true;
    const managed = Secret.fromSecretCompleteArn(stack, 'Managed', resource.attrMasterUserSecretSecretArn);
    expect(() => PostgresDatabase.fromInstance(made, managed)).toThrow(
      "the database's secret must hold username, password, host, port and dbname: that of a password which RDS manages lacks the last three [Test/Given]",
    );
  });

  test('fails when it is not PostgreSQL', () => {
    const stack = testStack();
    const made = instance(stack, {
      engine: DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_6 }),
      databaseName: 'shop',
    });
    expect(() => PostgresDatabase.fromInstance(made, made.secret!)).toThrow(
      'the database must be PostgreSQL, got mysql [Test/Given]',
    );
  });

  test.each([
    [
      DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 }),
      'shop',
      'the database must be PostgreSQL, got aurora-mysql',
    ],
    [
      DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
      undefined,
      'the database must have a name, got none',
    ],
  ])('fails as a cluster, too', (engine, defaultDatabaseName, message) => {
    const stack = testStack();
    const made = new DatabaseCluster(stack, 'Given', {
      engine,
      defaultDatabaseName,
      writer: ClusterInstance.serverlessV2('Writer'),
      vpc: new Vpc(stack, 'Vpc'),
    });
    expect(() => AuroraPostgresDatabase.fromCluster(made, made.secret!)).toThrow(message);
  });
});
