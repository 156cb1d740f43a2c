import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { dataSubnets } from '../network/subnets';
import { EXCLUDED_CHARACTERS } from '../shared/generated-password';
import { keptOnceMade } from '../shared/kept-once-made';
import { requireKinds } from '../shared/kinds';
import { fail, requireWhole } from '../shared/validate';
import { SiteProfile } from '../site-profile';
import type { AuroraPostgresDatabaseProps } from './aurora-postgres-database-props';
import { AURORA_KINDS } from './data-kinds';
import type { IDjangoDatabase, ImportedDatabaseOptions } from './django-database';
import {
  auroraPostgresVersion,
  DEFAULT_NAME,
  importedDatabase,
  POSTGRES_PARAMETERS,
  requirePostgres,
  requireRetention,
  requireSecurityGroups,
  serverlessConnections,
} from './postgres';
import { databaseAccess, requireAccess } from './private/database-access';
import { StoppableDatabase } from './stoppable-database';

/**
 * Aurora Serverless v2 with PostgreSQL 17: encrypted, TLS only, with a generated password, and with as much capacity as is
 * asked for at the moment. In production a second instance in another zone takes over when the first one fails.
 */
export class AuroraPostgresDatabase extends Construct implements IDjangoDatabase {
  /**
   * Uses a cluster that exists already, by its writer.
   *
   * @param cluster imported with its port and security groups, or made elsewhere in the app
   * @param secret JSON with `username`, `password`, `host`, `port` and `dbname`
   * @param options what the site cannot find out
   */
  public static fromCluster(
    cluster: rds.IDatabaseCluster,
    secret: secretsmanager.ISecret,
    options: ImportedDatabaseOptions = {},
  ): IDjangoDatabase {
    requireSecurityGroups(cluster, cluster.connections);
    const made = cluster.node.defaultChild;
    requirePostgres(cluster, secret, made instanceof rds.CfnDBCluster ? made.databaseName : undefined);
    return importedDatabase(cluster.connections, secret, options);
  }

  /** The cluster; its read endpoint spreads over the readers. */
  public readonly cluster: rds.IDatabaseCluster;
  /** JSON with `username`, `password`, `host`, `port` and `dbname`: what the processes of a site connect with. */
  public readonly secret: secretsmanager.ISecret;
  /** The same for the owner of the database, when `secret` is of another user. */
  public readonly ownerSecret?: secretsmanager.ISecret;
  /** Host name of the RDS Proxy, when there is one. */
  public readonly proxyEndpoint?: string;
  /** @internal */
  public readonly _rotates: boolean;
  /** Connections that the writer allows, which follow from its capacity; undefined with a proxy. */
  public readonly maxConnections?: number;
  /** The cluster as RDS stops and starts it off hours. */
  public readonly stoppable?: StoppableDatabase;
  /** Host name of the cluster's read endpoint, when there are readers. */
  public readonly replicaEndpoint?: string;
  /** Network rules of the database. */
  public readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, props: AuroraPostgresDatabaseProps) {
    super(scope, id);

    requireKinds(this, '', props, AURORA_KINDS);
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const minCapacity = props.minCapacity ?? defaults.auroraMinCapacity;
    const maxCapacity = props.maxCapacity ?? Math.max(minCapacity, defaults.auroraMaxCapacity);
    this.requireSound(props, minCapacity, maxCapacity);

    this.maxConnections = props.proxy ? undefined : serverlessConnections(minCapacity, maxCapacity);
    const cluster = this.createCluster(props, {
      ...this.instances(props),
      ...this.safety(props),
      serverlessV2MinCapacity: minCapacity,
      serverlessV2MaxCapacity: maxCapacity,
      serverlessV2AutoPauseDuration: minCapacity === 0 ? (props.autoPauseAfter ?? Duration.minutes(5)) : undefined,
    });
    this.cluster = cluster;
    const access = databaseAccess(this, props, cluster, rds.ProxyTarget.fromCluster(cluster));
    this.secret = access.secret;
    this.ownerSecret = access.ownerSecret;
    this.proxyEndpoint = access.proxyEndpoint;
    this._rotates = props.users?.passwordRotation !== undefined;
    this.connections = access.connections;
    this.replicaEndpoint = readerCount(props) > 0 ? cluster.clusterReadEndpoint.hostname : undefined;
    this.stoppable = StoppableDatabase.cluster(cluster);
    keptOnceMade(this);
  }

  private requireSound(props: AuroraPostgresDatabaseProps, minCapacity: number, maxCapacity: number): void {
    requireCapacity(this, 'minCapacity', minCapacity, 0);
    requireCapacity(this, 'maxCapacity', maxCapacity, Math.max(1, minCapacity));
    if (props.readers !== undefined) requireWhole(this, 'readers', props.readers, 0, 15);
    if (props.autoPauseAfter) {
      if (minCapacity !== 0) {
        fail(this, `'autoPauseAfter' must be left out unless 'minCapacity' is 0, got ${minCapacity}: it never pauses`);
      }
      // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
      requireWhole(this, 'autoPauseAfter', props.autoPauseAfter.toSeconds({ integral: false }), 300, 86_400);
    }
    if (props.proxy && minCapacity === 0) {
      fail(this, "'minCapacity' must be more than 0 with 'proxy', got 0: its connections would never let it pause");
    }
    requireRetention(this, 'backups.retention', props.backups?.retention);
    requireAccess(this, props);
    if (props.backups?.replication) {
      fail(
        this,
        "'backups.replication' must be left out for Aurora, whose backups RDS does not replicate: use a DatabaseBackupPlan",
      );
    }
    if (props.backups?.snapshotIdentifier && props.encryptionKey) {
      fail(this, "'encryptionKey' must be left out with 'backups.snapshotIdentifier': it comes from the snapshot");
    }
  }

  private createCluster(props: AuroraPostgresDatabaseProps, common: Omit<rds.DatabaseClusterProps, 'engine'>) {
    const { snapshotIdentifier } = props.backups ?? {};
    const { username = DEFAULT_NAME } = props.users ?? {};
    const engine = rds.DatabaseClusterEngine.auroraPostgres({
      version: props.engine?.version ?? auroraPostgresVersion(),
    });
    const parameterGroup = new rds.ParameterGroup(this, 'Parameters', {
      engine,
      parameters: { ...POSTGRES_PARAMETERS },
    });
    if (snapshotIdentifier) {
      return new rds.DatabaseClusterFromSnapshot(this, 'Cluster', {
        ...common,
        engine,
        parameterGroup,
        snapshotIdentifier,
        snapshotCredentials: rds.SnapshotCredentials.fromGeneratedSecret(username, {
          excludeCharacters: EXCLUDED_CHARACTERS,
        }),
      });
    }
    return new rds.DatabaseCluster(this, 'Cluster', {
      ...common,
      engine,
      parameterGroup,
      defaultDatabaseName: DEFAULT_NAME,
      credentials: rds.Credentials.fromGeneratedSecret(username, { excludeCharacters: EXCLUDED_CHARACTERS }),
      storageEncrypted: true,
      storageEncryptionKey: props.encryptionKey,
    });
  }

  /** Zones are written out: RDS would choose them itself, and need not choose different ones. */
  private instances(props: AuroraPostgresDatabaseProps) {
    const vpcSubnets = dataSubnets(this, props.vpc);
    const zones = props.vpc.selectSubnets(vpcSubnets).availabilityZones;
    const instance = (id: string, index: number, options: rds.ServerlessV2ClusterInstanceProps = {}) =>
      rds.ClusterInstance.serverlessV2(id, {
        ...options,
        availabilityZone: zones[index % zones.length],
        publiclyAccessible: false,
        caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
        autoMinorVersionUpgrade: true,
      });
    return {
      vpc: props.vpc,
      vpcSubnets,
      writer: instance('Writer', 0),
      readers: Array.from({ length: readerCount(props) }, (_, index) =>
        // only a reader that scales with the writer is large enough when it takes over
        instance(`Reader${index + 1}`, index + 1, { scaleWithWriter: true }),
      ),
    };
  }

  private safety(props: AuroraPostgresDatabaseProps) {
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    return {
      backup: { retention: props.backups?.retention ?? Duration.days(defaults.backupRetentionDays) },
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: defaults.removalPolicy === RemovalPolicy.DESTROY,
      deletionProtection: props.deletionProtection ?? defaults.deletionProtection,
      removalPolicy: defaults.removalPolicy,
      cloudwatchLogsExports: ['postgresql'],
    };
  }
}

function readerCount({ readers, profile = SiteProfile.PRODUCTION }: AuroraPostgresDatabaseProps): number {
  return readers ?? profile._defaults.auroraReaders;
}

/** Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html */
function requireCapacity(scope: Construct, prop: string, value: number, least: number): void {
  if (Token.isUnresolved(value)) return;
  if (value >= least && value <= 256 && Number.isInteger(2 * value)) return;
  fail(scope, `'${prop}' must be from ${least} to 256 in steps of 0.5, got ${value}`);
}
