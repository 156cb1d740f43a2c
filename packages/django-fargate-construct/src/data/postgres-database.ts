import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { dataSubnets } from '../network/subnets';
import { EXCLUDED_CHARACTERS } from '../shared/generated-password';
import { keptOnceMade } from '../shared/kept-once-made';
import { requireKinds } from '../shared/kinds';
import { requireWhole } from '../shared/validate';
import { SiteProfile } from '../site-profile';
import { POSTGRES_KINDS } from './data-kinds';
import type { BackupReplication } from './database-props';
import type { IDjangoDatabase, ImportedDatabaseOptions, PostgresDatabaseAttributes } from './django-database';
import {
  DEFAULT_NAME,
  importedDatabase,
  instanceConnections,
  POSTGRES_PARAMETERS,
  POSTGRES_PORT,
  postgresConnections,
  postgresVersion,
  requirePostgres,
  requireSecurityGroups,
} from './postgres';
import type { PostgresDatabaseProps, PostgresStorageOptions } from './postgres-database-props';
import { databaseAccess } from './private/database-access';
import { requireInstance } from './private/postgres-instance';
import { readReplicas } from './private/read-replicas';
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
    options: ImportedDatabaseOptions = {},
  ): IDjangoDatabase {
    requireSecurityGroups(instance, instance.connections);
    const made = instance.node.defaultChild;
    requirePostgres(instance, secret, made instanceof rds.CfnDBInstance ? made.dbName : undefined);
    return importedDatabase(instance.connections, secret, options);
  }

  /**
   * Uses any PostgreSQL that tasks reach by its security groups.
   *
   * @param attributes what the site must know of it
   */
  public static fromPostgresDatabaseAttributes(attributes: PostgresDatabaseAttributes): IDjangoDatabase {
    const { secret, securityGroups, port = POSTGRES_PORT } = attributes;
    requireWhole(secret, 'port', port, 1, 65535);
    const connections = postgresConnections(securityGroups, port);
    requireSecurityGroups(secret, connections);
    return importedDatabase(connections, secret, attributes);
  }

  /** The instance. */
  public readonly instance: rds.IDatabaseInstance;
  /** JSON with `username`, `password`, `host`, `port` and `dbname`: what the processes of a site connect with. */
  public readonly secret: secretsmanager.ISecret;
  /** The same for the owner of the database, when `secret` is of another user. */
  public readonly ownerSecret?: secretsmanager.ISecret;
  /** Host name of the RDS Proxy, when there is one. */
  public readonly proxyEndpoint?: string;
  /** @internal */
  public readonly _rotates: boolean;
  /** Connections that PostgreSQL allows: as given, else a low estimate from the memory; undefined with a proxy. */
  public readonly maxConnections?: number;
  /** Read replicas of the instance. */
  public readonly replicas: rds.IDatabaseInstance[];
  /** Host names of the read replicas, separated by commas, when there are any. */
  public readonly replicaEndpoint?: string;
  /** Network rules of the database. */
  public readonly connections: ec2.Connections;
  /** The instance as RDS stops and starts it off hours. */
  public readonly stoppable?: StoppableDatabase;

  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id);

    requireKinds(this, '', props, POSTGRES_KINDS);
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const instanceType = props.instanceType ?? new ec2.InstanceType(defaults.databaseInstanceType);
    requireInstance(this, props);

    const maxConnections = props.engine?.maxConnections ?? instanceConnections(instanceType.toString());
    this.maxConnections = props.proxy ? undefined : maxConnections;
    const place = this.place(props, instanceType);
    const storage = this.storage(props.storage ?? {});
    const watching = this.watching(props);
    const instance = this.createInstance(props, { ...place, ...storage, ...this.safety(props), ...watching });
    if (props.backups?.replication) this.replicateBackups(instance, props.backups.replication);
    this.instance = instance;
    const access = databaseAccess(this, props, instance, rds.ProxyTarget.fromInstance(instance));
    this.secret = access.secret;
    this.ownerSecret = access.ownerSecret;
    this.proxyEndpoint = access.proxyEndpoint;
    this._rotates = props.users?.passwordRotation !== undefined;
    this.connections = access.connections;
    const { allocatedStorage, ...growing } = storage;
    const { engine, ...copied } = place;
    this.replicas = readReplicas(this, instance, props.readReplicas ?? 0, { ...copied, ...growing, ...watching });
    this.replicaEndpoint = this.replicas.map((replica) => replica.dbInstanceEndpointAddress).join(',') || undefined;
    this.stoppable = StoppableDatabase.instance(instance, this.replicas.length);
    keptOnceMade(this);
  }

  private createInstance(props: PostgresDatabaseProps, common: rds.DatabaseInstanceSourceProps) {
    const { snapshotIdentifier } = props.backups ?? {};
    const { username = DEFAULT_NAME } = props.users ?? {};
    const { databaseName = DEFAULT_NAME } = props.engine ?? {};
    if (snapshotIdentifier) {
      return new rds.DatabaseInstanceFromSnapshot(this, 'Instance', {
        ...common,
        snapshotIdentifier,
        credentials: rds.SnapshotCredentials.fromGeneratedSecret(username, { excludeCharacters: EXCLUDED_CHARACTERS }),
      });
    }
    return new rds.DatabaseInstance(this, 'Instance', {
      ...common,
      databaseName,
      credentials: rds.Credentials.fromGeneratedSecret(username, { excludeCharacters: EXCLUDED_CHARACTERS }),
      storageEncrypted: true,
      storageEncryptionKey: props.encryptionKey,
    });
  }

  private place(props: PostgresDatabaseProps, instanceType: ec2.InstanceType) {
    const engine = rds.DatabaseInstanceEngine.postgres({ version: props.engine?.version ?? postgresVersion() });
    const parameters: Record<string, string> = { ...POSTGRES_PARAMETERS };
    const { maxConnections } = props.engine ?? {};
    if (maxConnections) parameters.max_connections = String(maxConnections);
    return {
      vpc: props.vpc,
      vpcSubnets: dataSubnets(this, props.vpc),
      publiclyAccessible: false,
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      engine,
      instanceType,
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', { engine, parameters }),
    };
  }

  private storage({ allocatedGiB = 20, maxAllocatedGiB }: PostgresStorageOptions) {
    return {
      storageType: rds.StorageType.GP3,
      allocatedStorage: allocatedGiB,
      maxAllocatedStorage: maxAllocatedGiB ?? Math.min(65536, Math.max(100, 5 * allocatedGiB)),
    };
  }

  private safety(props: PostgresDatabaseProps) {
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    return {
      multiAz: props.multiAz ?? defaults.multiAz,
      backupRetention: props.backups?.retention ?? Duration.days(defaults.backupRetentionDays),
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: defaults.removalPolicy === RemovalPolicy.DESTROY,
      deletionProtection: props.deletionProtection ?? defaults.deletionProtection,
      removalPolicy: defaults.removalPolicy,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: props.engine?.allowMajorVersionUpgrade,
      preferredMaintenanceWindow: props.engine?.maintenanceWindow,
    };
  }

  private watching(props: PostgresDatabaseProps) {
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const mode =
      props.engine?.databaseInsights ?? (defaults.databaseInsights ? rds.DatabaseInsightsMode.STANDARD : undefined);
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
