import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AuroraPostgresEngineVersion, DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraPostgresDatabase, type AuroraPostgresDatabaseProps, SiteProfile } from '../../src';
import { makeSite, testStack } from '../fixtures';

const CLUSTER = 'AWS::RDS::DBCluster';
const INSTANCE = 'AWS::RDS::DBInstance';

function make(props: Partial<AuroraPostgresDatabaseProps> = {}, stack = testStack()) {
  const vpc = new Vpc(stack, 'Vpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'] });
  const made = new AuroraPostgresDatabase(stack, 'Database', { vpc, ...props });
  return { made, template: Template.fromStack(stack) };
}

const database = (props?: Partial<AuroraPostgresDatabaseProps>) => make(props).template;

describe('AuroraPostgresDatabase', () => {
  test('is encrypted, protected, backed up and speaks TLS only', () => {
    const template = database();
    template.hasResource(CLUSTER, {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        Engine: 'aurora-postgresql',
        EngineVersion: '17.7',
        StorageEncrypted: true,
        DeletionProtection: true,
        BackupRetentionPeriod: 14,
        DeleteAutomatedBackups: false,
        CopyTagsToSnapshot: true,
        DatabaseName: 'django',
        EnableCloudwatchLogsExports: ['postgresql'],
        ServerlessV2ScalingConfiguration: {
          MinCapacity: 0.5,
          MaxCapacity: 8,
          SecondsUntilAutoPause: Match.absent(),
        },
      },
    });
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Family: 'aurora-postgresql17',
      Parameters: { 'rds.force_ssl': '1' },
    });
    template.allResourcesProperties(INSTANCE, {
      DBInstanceClass: 'db.serverless',
      PubliclyAccessible: false,
      CACertificateIdentifier: 'rds-ca-rsa2048-g1',
      AutoMinorVersionUpgrade: true,
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ SecretStringTemplate: '{"username":"django"}' }),
    });
    template.resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 1);
  });

  test('has a reader in another zone that is as large as the writer and takes over first', () => {
    const template = database();
    template.resourceCountIs(INSTANCE, 2);
    template.hasResourceProperties(INSTANCE, { AvailabilityZone: 'eu-west-1a', PromotionTier: 0 });
    template.hasResourceProperties(INSTANCE, { AvailabilityZone: 'eu-west-1b', PromotionTier: 1 });
  });

  test('takes the number of readers', () => {
    database({ readers: 2 }).resourceCountIs(INSTANCE, 3);
    database({ readers: 0 }).resourceCountIs(INSTANCE, 1);
  });

  test('pauses in development after 5 minutes, is alone and is deleted with its backups', () => {
    const template = database({ profile: SiteProfile.DEVELOPMENT });
    template.resourceCountIs(INSTANCE, 1);
    template.hasResource(CLUSTER, {
      DeletionPolicy: 'Delete',
      Properties: {
        DeletionProtection: false,
        BackupRetentionPeriod: 1,
        DeleteAutomatedBackups: true,
        ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 2, SecondsUntilAutoPause: 300 },
      },
    });
  });

  test('takes capacity, pause, version, retention and protection', () => {
    database({
      minCapacity: 0,
      maxCapacity: 4.5,
      autoPauseAfter: Duration.hours(1),
      engine: { version: AuroraPostgresEngineVersion.VER_16_9 },
      backups: { retention: Duration.days(30) },
      deletionProtection: false,
      users: { username: 'owner' },
    }).hasResourceProperties(CLUSTER, {
      EngineVersion: '16.9',
      BackupRetentionPeriod: 30,
      DeletionProtection: false,
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 4.5, SecondsUntilAutoPause: 3600 },
      MasterUsername: 'owner',
    });
    database({ minCapacity: 16 }).hasResourceProperties(CLUSTER, {
      ServerlessV2ScalingConfiguration: { MinCapacity: 16, MaxCapacity: 16 },
    });
  });

  test('encrypts with the key that is given', () => {
    const stack = testStack();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/abc');
    make({ encryptionKey }, stack).template.hasResourceProperties(CLUSTER, { KmsKeyId: encryptionKey.keyArn });
    expect(() => make({ encryptionKey, backups: { snapshotIdentifier: 's' } }, testStack())).toThrow(
      "'encryptionKey' must be left out with 'backups.snapshotIdentifier': it comes from the snapshot [Test/Database]",
    );
  });

  test('is restored from a snapshot with a new password', () => {
    const template = database({ backups: { snapshotIdentifier: 'before-the-move' } });
    template.hasResourceProperties(CLUSTER, {
      SnapshotIdentifier: 'before-the-move',
      MasterUserPassword: Match.anyValue(),
      MasterUsername: Match.absent(),
      DeletionProtection: true,
    });
    template.resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 1);
  });

  test.each([
    [0.5, 1, 189],
    [1, 4, 823],
    [1, 8, 1668],
    [1, 16, 3360],
    [0.5, 16, 2000],
    [1, 64, 5000],
  ])('allows connections by its capacity, from %d to %d', (minCapacity, maxCapacity, connections) => {
    expect(make({ minCapacity, maxCapacity }).made.maxConnections).toBe(connections);
  });

  test.each<[Partial<AuroraPostgresDatabaseProps>, string]>([
    [{ minCapacity: -1 }, "'minCapacity' must be from 0 to 256 in steps of 0.5, got -1"],
    [{ minCapacity: 0.7 }, "'minCapacity' must be from 0 to 256 in steps of 0.5, got 0.7"],
    [{ maxCapacity: 0.5 }, "'maxCapacity' must be from 1 to 256 in steps of 0.5, got 0.5"],
    [{ minCapacity: 8, maxCapacity: 4 }, "'maxCapacity' must be from 8 to 256 in steps of 0.5, got 4"],
    [{ maxCapacity: 300 }, "'maxCapacity' must be from 1 to 256 in steps of 0.5, got 300"],
    [{ readers: 16 }, "'readers' must be a whole number from 0 to 15, got 16"],
    [
      { autoPauseAfter: Duration.minutes(10) },
      "'autoPauseAfter' must be left out unless 'minCapacity' is 0, got 0.5: it never pauses",
    ],
    [
      { minCapacity: 0, autoPauseAfter: Duration.minutes(4) },
      "'autoPauseAfter' must be a whole number from 300 to 86400, got 240",
    ],
    [
      { backups: { replication: { region: 'eu-west-1', keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/abc' } } },
      "'backups.replication' must be left out for Aurora, whose backups RDS does not replicate: use a DatabaseBackupPlan",
    ],
    [{ backups: { retention: Duration.days(36) } }, "'backups.retention' must be a whole number from 1 to 35, got 36"],
    [
      { users: { username: 'a b' } },
      "'users.username' must be a letter and up to 62 letters, digits and '_', got 'a b'",
    ],
  ])('fails: %j', (props, message) => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Given', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'] });
    expect(() => new AuroraPostgresDatabase(stack, 'Database', { vpc, ...props })).toThrow(
      `${message} [Test/Database]`,
    );
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });
});

describe('an Aurora cluster', () => {
  const imported = (stack: Stack, securityGroups: boolean) =>
    DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Given', {
      clusterIdentifier: 'shop',
      port: 5433,
      securityGroups: securityGroups ? [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')] : [],
    });

  test('is the database of a site', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Network');
    const database = new AuroraPostgresDatabase(stack, 'Database', { vpc });
    makeSite({ vpc, database }, stack);
    const template = Template.fromStack(stack);

    const [group] = database.connections.securityGroups;
    template.resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: stack.resolve(group.securityGroupId) },
      2, // web and release
    );
    expect(JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'))).toContain(
      'DatabaseClusterSecretAttachment',
    );
  });

  test('is used when it exists already', () => {
    const stack = testStack();
    const secret = Secret.fromSecretNameV2(stack, 'Login', 'shop/database');
    const database = AuroraPostgresDatabase.fromCluster(imported(stack, true), secret, { maxConnections: 400 });
    makeSite({ database }, stack);

    expect([database.secret, database.maxConnections]).toEqual([secret, 400]);
    Template.fromStack(stack).resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: 'sg-1', FromPort: 5433 },
      2,
    );
  });

  test('fails without security groups', () => {
    const stack = testStack();
    const secret = Secret.fromSecretNameV2(stack, 'Login', 'shop/database');
    expect(() => AuroraPostgresDatabase.fromCluster(imported(stack, false), secret)).toThrow(
      'the database must name its security groups, got none: import it with securityGroups [Test/Given]',
    );
  });
});
