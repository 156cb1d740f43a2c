import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType, type ISecurityGroup, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DatabaseInsightsMode, DatabaseInstance, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PostgresDatabase, type PostgresDatabaseProps, SiteProfile } from '../../src';
import { instanceConnections } from '../../src/data/postgres';
import { makeSite, testStack } from '../fixtures';

const INSTANCE = 'AWS::RDS::DBInstance';

function make(props: Partial<PostgresDatabaseProps> = {}, stack = testStack()) {
  const made = new PostgresDatabase(stack, 'Database', { ...props, vpc: props.vpc ?? new Vpc(stack, 'Vpc') });
  return { made, stack, template: Template.fromStack(stack) };
}

const database = (props?: Partial<PostgresDatabaseProps>) => make(props).template;

describe('PostgresDatabase', () => {
  test('is encrypted, protected, backed up, in two zones and not public', () => {
    const template = database();
    template.hasResource(INSTANCE, {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        Engine: 'postgres',
        EngineVersion: '17',
        StorageEncrypted: true,
        KmsKeyId: Match.absent(),
        StorageType: 'gp3',
        AllocatedStorage: '20',
        MaxAllocatedStorage: 100,
        MultiAZ: true,
        PubliclyAccessible: false,
        DeletionProtection: true,
        BackupRetentionPeriod: 14,
        DeleteAutomatedBackups: false,
        CopyTagsToSnapshot: true,
        AutoMinorVersionUpgrade: true,
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
        DBInstanceClass: 'db.t4g.medium',
        DBName: 'django',
        EnableCloudwatchLogsExports: ['postgresql'],
      },
    });
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Family: 'postgres17',
      Parameters: { 'rds.force_ssl': '1', max_connections: Match.absent() },
    });
  });

  test('generates its password and tells where it is', () => {
    const template = database();
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ SecretStringTemplate: '{"username":"django"}' }),
    });
    template.resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 1);
  });

  test('is small, in one zone and deleted with its backups in development', () => {
    database({ profile: SiteProfile.DEVELOPMENT }).hasResource(INSTANCE, {
      DeletionPolicy: 'Delete',
      Properties: {
        DBInstanceClass: 'db.t4g.micro',
        MultiAZ: false,
        BackupRetentionPeriod: 1,
        DeleteAutomatedBackups: true,
        DeletionProtection: false,
      },
    });
  });

  test.each([SubnetType.PRIVATE_ISOLATED, SubnetType.PRIVATE_WITH_EGRESS])('is placed in %s subnets', (type) => {
    const stack = testStack();
    const subnetConfiguration = [
      { name: 'Public', subnetType: SubnetType.PUBLIC },
      { name: 'Rest', subnetType: type },
    ];
    const { template } = make({ vpc: new Vpc(stack, 'Network', { subnetConfiguration }) }, stack);
    const subnets = Object.values(template.findResources('AWS::RDS::DBSubnetGroup'))[0].Properties.SubnetIds;
    expect(subnets.map(({ Ref }: { Ref: string }) => Ref)).toEqual([
      expect.stringContaining('RestSubnet1'),
      expect.stringContaining('RestSubnet2'),
    ]);
  });

  test('takes size, storage, names, windows and retention', () => {
    const template = database({
      instanceType: new InstanceType('m8g.large'),
      storage: { allocatedGiB: 200 },
      engine: { databaseName: 'shop', maintenanceWindow: 'sun:03:00-sun:03:30' },
      users: { username: 'owner' },
      backups: { retention: Duration.days(35) },
    });
    template.hasResourceProperties(INSTANCE, {
      DBInstanceClass: 'db.m8g.large',
      AllocatedStorage: '200',
      MaxAllocatedStorage: 1000,
      DBName: 'shop',
      PreferredMaintenanceWindow: 'sun:03:00-sun:03:30',
      BackupRetentionPeriod: 35,
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ SecretStringTemplate: '{"username":"owner"}' }),
    });
    database({ storage: { maxAllocatedGiB: 22 } }).hasResourceProperties(INSTANCE, { MaxAllocatedStorage: 22 });
  });

  test('takes another version with its parameter group, and upgrades only when it may', () => {
    database().hasResourceProperties(INSTANCE, { AllowMajorVersionUpgrade: Match.absent() });
    const template = database({ engine: { version: PostgresEngineVersion.VER_18, allowMajorVersionUpgrade: true } });
    template.hasResourceProperties(INSTANCE, { EngineVersion: '18', AllowMajorVersionUpgrade: true });
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Family: 'postgres18',
      Parameters: { 'rds.force_ssl': '1' },
    });
  });

  test('encrypts storage and insights with the key that is given', () => {
    const stack = testStack();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/abc');
    make({ encryptionKey }, stack).template.hasResourceProperties(INSTANCE, {
      StorageEncrypted: true,
      KmsKeyId: encryptionKey.keyArn,
      PerformanceInsightsKMSKeyId: encryptionKey.keyArn,
    });
  });

  test('keeps 7 free days of insights in production, none in development, 15 months when they are asked for', () => {
    database().hasResourceProperties(INSTANCE, {
      DatabaseInsightsMode: 'standard',
      EnablePerformanceInsights: true,
      PerformanceInsightsRetentionPeriod: 7,
    });
    database({ profile: SiteProfile.DEVELOPMENT }).hasResourceProperties(INSTANCE, {
      DatabaseInsightsMode: Match.absent(),
      EnablePerformanceInsights: false,
      PerformanceInsightsRetentionPeriod: Match.absent(),
    });
    database({ engine: { databaseInsights: DatabaseInsightsMode.ADVANCED } }).hasResourceProperties(INSTANCE, {
      DatabaseInsightsMode: 'advanced',
      PerformanceInsightsRetentionPeriod: 465,
    });
  });

  test('is without standby and protection only when a property says so', () => {
    database({ multiAz: false, deletionProtection: false }).hasResource(INSTANCE, {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { MultiAZ: false, DeletionProtection: false },
    });
    database({
      profile: SiteProfile.DEVELOPMENT,
      multiAz: true,
      deletionProtection: true,
    }).hasResourceProperties(INSTANCE, { MultiAZ: true, DeletionProtection: true });
  });

  test('copies its backups to another region', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/abc';
    database({ backups: { replication: { region: 'eu-west-1', keyArn } } }).hasResourceProperties(INSTANCE, {
      AutomaticBackupReplicationRegion: 'eu-west-1',
      AutomaticBackupReplicationKmsKeyId: keyArn,
      AutomaticBackupReplicationRetentionPeriod: 7,
    });
    const retention = Duration.days(30);
    database({ backups: { replication: { region: 'eu-west-1', keyArn, retention } } }).hasResourceProperties(INSTANCE, {
      AutomaticBackupReplicationRetentionPeriod: 30,
    });
  });

  test('is restored from a snapshot, whose name and encryption it takes, with a new password', () => {
    const template = database({ backups: { snapshotIdentifier: 'before-the-move' }, users: { username: 'owner' } });
    template.hasResourceProperties(INSTANCE, {
      DBSnapshotIdentifier: 'before-the-move',
      DBName: Match.absent(),
      MasterUsername: Match.absent(),
      MasterUserPassword: Match.anyValue(),
      StorageEncrypted: Match.absent(),
      MultiAZ: true,
      DeletionProtection: true,
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ SecretStringTemplate: '{"username":"owner"}' }),
    });
    template.resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 1);
  });

  test('keeps the logical id of its instance when it is restored', () => {
    const ids = (props: Partial<PostgresDatabaseProps>) => Object.keys(database(props).findResources(INSTANCE));
    expect(ids({ backups: { snapshotIdentifier: 'before-the-move' } })).toEqual(ids({}));
  });

  const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/abc';
  test.each<[Partial<PostgresDatabaseProps>, string]>([
    [{ storage: { allocatedGiB: 10 } }, "'storage.allocatedGiB' must be a whole number from 20 to 65536, got 10"],
    [{ storage: { maxAllocatedGiB: 21 } }, "'storage.maxAllocatedGiB' must be a whole number from 22 to 65536, got 21"],
    [{ engine: { maxConnections: 5 } }, "'engine.maxConnections' must be a whole number from 20 to 262143, got 5"],
    [{ backups: { retention: Duration.days(0) } }, "'backups.retention' must be a whole number from 1 to 35, got 0"],
    [
      { backups: { retention: Duration.hours(36) } },
      "'backups.retention' must be a whole number from 1 to 35, got 1.5",
    ],
    [
      { backups: { replication: { region: 'eu-west-1', keyArn, retention: Duration.days(36) } } },
      "'backups.replication.retention' must be a whole number from 1 to 35, got 36",
    ],
    [
      { engine: { databaseName: 'my-db' } },
      "'engine.databaseName' must be a letter and up to 62 letters, digits and '_', got 'my-db'",
    ],
    [
      { users: { username: '1st' } },
      "'users.username' must be a letter and up to 62 letters, digits and '_', got '1st'",
    ],
    [
      { backups: { snapshotIdentifier: 's' }, engine: { databaseName: 'shop' } },
      "'engine.databaseName' must be left out with 'backups.snapshotIdentifier': it comes from the snapshot",
    ],
  ])('fails: %j', (props, message) => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Given', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'] });
    expect(() => make({ vpc, ...props }, stack)).toThrow(`${message} [Test/Database]`);
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });

  test('fails for a key beside a snapshot', () => {
    const stack = testStack();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', keyArn);
    expect(() => make({ encryptionKey, backups: { snapshotIdentifier: 's' } }, stack)).toThrow(
      "'encryptionKey' must be left out with 'backups.snapshotIdentifier': it comes from the snapshot [Test/Database]",
    );
  });

  test('fails for a copy in its own region', () => {
    const stack = new Stack(testStack(), 'Here', { env: { account: '111122223333', region: 'eu-west-1' } });
    expect(() => make({ backups: { replication: { region: 'eu-west-1', keyArn } } }, stack)).toThrow(
      "'backups.replication.region' must be another region than the database's, got 'eu-west-1' [Test/Here/Database]",
    );
  });
});

describe('connections of a PostgreSQL instance', () => {
  test.each([
    ['t4g.micro', 82],
    ['t4g.small', 187],
    ['t3.medium', 397],
    ['m8g.large', 816],
    ['r7g.large', 1654],
    ['r6gd.8xlarge', 5000],
  ])('are estimated for %s', (type, connections) => {
    expect(instanceConnections(type)).toBe(connections);
  });

  test.each(['x2g.large', 'm8g.metal', 't4g'])('are unknown for %s', (type) => {
    expect(instanceConnections(type)).toBeUndefined();
  });

  test('are what PostgreSQL is told when they are given', () => {
    const { made, template } = make({ engine: { maxConnections: 300 } });
    expect(made.maxConnections).toBe(300);
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Parameters: { 'rds.force_ssl': '1', max_connections: '300' },
    });
    expect(make().made.maxConnections).toBe(397);
  });
});

describe('a PostgreSQL that exists already', () => {
  const given = (stack: Stack) => ({
    secret: Secret.fromSecretNameV2(stack, 'Login', 'shop/database'),
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
  });
  const imported = (stack: Stack, securityGroups: ISecurityGroup[]) =>
    DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Given', {
      instanceIdentifier: 'shop',
      instanceEndpointAddress: 'shop.example.eu-west-1.rds.amazonaws.com',
      port: 5433,
      securityGroups,
    });

  test('is used: an imported instance, which lets the processes in and hands its secret to Django', () => {
    const stack = testStack();
    const { secret, securityGroups } = given(stack);
    const made = makeSite({ database: PostgresDatabase.fromInstance(imported(stack, securityGroups), secret) }, stack);

    const template = Template.fromStack(stack);
    template.resourceCountIs(INSTANCE, 0);
    template.resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: 'sg-1', FromPort: 5433, ToPort: 5433, IpProtocol: 'tcp' },
      2, // web and release
    );
    expect(made.database.secret).toBe(secret);
    expect(made.database.maxConnections).toBeUndefined();
    expect(JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'))).toContain('shop/database');
  });

  test('is used: anything that is known by its attributes', () => {
    const stack = testStack();
    const database = PostgresDatabase.fromPostgresDatabaseAttributes({
      ...given(stack),
      port: 6432,
      maxConnections: 500,
    });
    makeSite({ database }, stack);

    expect(database.maxConnections).toBe(500);
    Template.fromStack(stack).resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: 'sg-1', FromPort: 6432 },
      2,
    );
  });

  test('listens on 5432 unless it is said otherwise', () => {
    const { connections } = PostgresDatabase.fromPostgresDatabaseAttributes(given(testStack()));
    expect(connections.defaultPort?.toString()).toBe('5432');
  });

  test('fails without security groups, or with numbers that cannot be', () => {
    const stack = testStack();
    const { secret, securityGroups } = given(stack);
    const noGroups = 'the database must name its security groups, got none: import it with securityGroups';
    expect(() => PostgresDatabase.fromInstance(imported(stack, []), secret)).toThrow(`${noGroups} [Test/Given]`);
    expect(() => PostgresDatabase.fromPostgresDatabaseAttributes({ secret, securityGroups: [] })).toThrow(
      `${noGroups} [Test/Login]`,
    );
    expect(() => PostgresDatabase.fromPostgresDatabaseAttributes({ secret, securityGroups, port: 0 })).toThrow(
      "'port' must be a whole number from 1 to 65535, got 0 [Test/Login]",
    );
    expect(() =>
      PostgresDatabase.fromPostgresDatabaseAttributes({ secret, securityGroups, maxConnections: 0 }),
    ).toThrow("'maxConnections' must be a whole number of at least 1, got 0 [Test/Login]");
  });
});
