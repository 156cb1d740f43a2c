import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { GivenDatabaseAttributes, GivenDatabaseOptions, IDjangoDatabase } from './django-database';
import type { BackupReplication, PostgresDatabaseProps } from './postgres-database-props';
import {
  DEFAULT_NAME,
  givenDatabase,
  instanceConnections,
  POSTGRES_PARAMETERS,
  POSTGRES_VERSION,
  postgresConnections,
  requireName,
  requireRetention,
  requireSecurityGroups,
} from './private/postgres';
import { dataSubnets } from './private/subnets';
import { fail, requireWhole } from './private/validate';
import { SiteProfile } from './site-profile';
import { StoppableDatabase } from './stoppable-database';

/**
 * An encrypted PostgreSQL 17 instance that speaks TLS only, has a generated password and is reached only by what it is
 * connected to. It can be brought back to any second of its backups' time; its storage grows by itself.
 */
export class PostgresDatabase extends Construct implements IDjangoDatabase {
  /**
   * Uses an instance that exists already.
   *
   * @param instance imported with its security groups, or made elsewhere in the app
   * @param secret JSON with `username`, `password`, `host`, `port` and `dbname`
   * @param options what the site cannot find out
   */
  public static fromInstance(
    instance: rds.IDatabaseInstance,
    secret: secretsmanager.ISecret,
    options: GivenDatabaseOptions = {},
  ): IDjangoDatabase {
    requireSecurityGroups(instance, instance.connections);
    return givenDatabase(instance.connections, secret, options);
  }

  /**
   * Uses any PostgreSQL that tasks reach by its security groups.
   *
   * @param attributes what the site must know of it
   */
  public static fromAttributes(attributes: GivenDatabaseAttributes): IDjangoDatabase {
    const { secret, securityGroups, port = 5432 } = attributes;
    requireWhole(secret, 'port', port, 1, 65535);
    const connections = postgresConnections(securityGroups, port);
    requireSecurityGroups(secret, connections);
    return givenDatabase(connections, secret, attributes);
  }

  /** The instance. */
  public readonly instance: rds.IDatabaseInstance;
  /** JSON with `username`, `password`, `host`, `port` and `dbname`. */
  public readonly secret: secretsmanager.ISecret;
  /** Connections that PostgreSQL allows: `maxConnections` as given, else a low estimate from the instance's memory. */
  public readonly maxConnections?: number;
  /** Network rules of the database. */
  public readonly connections: ec2.Connections;
  /** The instance as RDS stops and starts it off hours. */
  public readonly stoppable?: StoppableDatabase;

  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id);

    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const instanceType = props.instanceType ?? new ec2.InstanceType(defaults.databaseInstanceType);
    this.requireSound(props);

    this.maxConnections = props.maxConnections ?? instanceConnections(instanceType.toString());
    const instance = this.createInstance(props, {
      ...this.place(props, instanceType),
      ...this.storage(props),
      ...this.safety(props),
      ...this.watching(props),
    });
    if (props.backupReplication) this.replicateBackups(instance, props.backupReplication);
    this.instance = instance;
    this.secret = instance.secret!;
    this.connections = instance.connections;
    this.stoppable = StoppableDatabase.instance(instance);
  }

  private requireSound(props: PostgresDatabaseProps): void {
    const allocated = props.allocatedStorageGiB ?? 20;
    requireWhole(this, 'allocatedStorageGiB', allocated, 20, 65536);
    if (props.maxAllocatedStorageGiB !== undefined) {
      requireWhole(
        this,
        'maxAllocatedStorageGiB',
        props.maxAllocatedStorageGiB,
        Math.ceil((11 * allocated) / 10),
        65536,
      );
    }
    if (props.maxConnections !== undefined) requireWhole(this, 'maxConnections', props.maxConnections, 20, 262_143);
    requireRetention(this, 'backupRetention', props.backupRetention);
    requireRetention(this, 'backupReplication.retention', props.backupReplication?.retention);
    requireName(this, 'databaseName', props.databaseName ?? DEFAULT_NAME);
    requireName(this, 'username', props.username ?? DEFAULT_NAME);
    for (const prop of ['databaseName', 'encryptionKey'] as const) {
      if (props.snapshotIdentifier && props[prop]) {
        fail(this, `'${prop}' must be left out with 'snapshotIdentifier': it comes from the snapshot`);
      }
    }
    const { region } = Stack.of(this);
    if (props.backupReplication?.region === region && !Token.isUnresolved(region)) {
      fail(this, `'backupReplication.region' must be another region than the database's, got '${region}'`);
    }
  }

  private createInstance(props: PostgresDatabaseProps, common: rds.DatabaseInstanceSourceProps) {
    const { snapshotIdentifier, username = DEFAULT_NAME, databaseName = DEFAULT_NAME } = props;
    if (snapshotIdentifier) {
      return new rds.DatabaseInstanceFromSnapshot(this, 'Instance', {
        ...common,
        snapshotIdentifier,
        credentials: rds.SnapshotCredentials.fromGeneratedSecret(username),
      });
    }
    return new rds.DatabaseInstance(this, 'Instance', {
      ...common,
      databaseName,
      credentials: rds.Credentials.fromGeneratedSecret(username),
      storageEncrypted: true,
      storageEncryptionKey: props.encryptionKey,
    });
  }

  private place(props: PostgresDatabaseProps, instanceType: ec2.InstanceType) {
    const engine = rds.DatabaseInstanceEngine.postgres({ version: props.engineVersion ?? POSTGRES_VERSION });
    const parameters: Record<string, string> = { ...POSTGRES_PARAMETERS };
    if (props.maxConnections) parameters.max_connections = String(props.maxConnections);
    return {
      vpc: props.vpc,
      vpcSubnets: dataSubnets(props.vpc),
      publiclyAccessible: false,
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      engine,
      instanceType,
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', { engine, parameters }),
    };
  }

  private storage({ allocatedStorageGiB = 20, maxAllocatedStorageGiB }: PostgresDatabaseProps) {
    return {
      storageType: rds.StorageType.GP3,
      allocatedStorage: allocatedStorageGiB,
      maxAllocatedStorage: maxAllocatedStorageGiB ?? Math.min(65536, Math.max(100, 5 * allocatedStorageGiB)),
    };
  }

  private safety(props: PostgresDatabaseProps) {
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    return {
      multiAz: props.withoutStandby === undefined ? defaults.multiAz : !props.withoutStandby,
      backupRetention: props.backupRetention ?? Duration.days(defaults.backupRetentionDays),
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: defaults.removalPolicy === RemovalPolicy.DESTROY,
      deletionProtection:
        props.withoutDeletionProtection === undefined ? defaults.deletionProtection : !props.withoutDeletionProtection,
      removalPolicy: defaults.removalPolicy,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: props.allowMajorVersionUpgrade,
      preferredMaintenanceWindow: props.maintenanceWindow,
    };
  }

  private watching(props: PostgresDatabaseProps) {
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const mode = props.databaseInsights ?? (defaults.databaseInsights ? rds.DatabaseInsightsMode.STANDARD : undefined);
    const advanced = mode === rds.DatabaseInsightsMode.ADVANCED;
    const { DEFAULT, MONTHS_15 } = rds.PerformanceInsightRetention;
    return {
      cloudwatchLogsExports: ['postgresql'],
      databaseInsightsMode: mode,
      enablePerformanceInsights: mode !== undefined,
      performanceInsightRetention: mode && (advanced ? MONTHS_15 : DEFAULT),
      performanceInsightEncryptionKey: mode && props.encryptionKey,
    };
  }

  /** RDS copies backups and transaction logs itself; no role and no plan is needed for it. */
  private replicateBackups(instance: rds.DatabaseInstance | rds.DatabaseInstanceFromSnapshot, copy: BackupReplication) {
    const resource = instance.node.defaultChild as rds.CfnDBInstance;
    resource.automaticBackupReplicationRegion = copy.region;
    resource.automaticBackupReplicationKmsKeyId = copy.keyArn;
    resource.automaticBackupReplicationRetentionPeriod = (copy.retention ?? Duration.days(7)).toDays();
  }
}
