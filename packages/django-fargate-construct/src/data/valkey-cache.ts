import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { dataSubnets } from '../network/subnets';
import { EXCLUDED_CHARACTERS } from '../shared/generated-password';
import { keptOnceMade } from '../shared/kept-once-made';
import { DURATION, FLAG, KEY, type Kinds, NUMBER, needed, PROFILE, requireKinds, TEXT, VPC } from '../shared/kinds';
import { shortened } from '../shared/shortened';
import { fail, requireWhole } from '../shared/validate';
import { SiteProfile } from '../site-profile';

const PORT = 6379;
const ENGINE_VERSION = '8.0';
const PARAMETER_FAMILY = 'valkey8';

/** A cache and broker, as Django and Celery need to know it. */
export interface IDjangoCache extends ec2.IConnectable {
  /** Host name of the primary node. */
  readonly primaryEndpoint: string;
  /** Port of the primary node. */
  readonly port: number;
  /** The token that clients authenticate with, as the whole secret. */
  readonly authToken: secretsmanager.ISecret;

  /**
   * Whether keys are spread over shards, as in every ElastiCache Serverless cache. A site with such a cache takes no
   * Celery workers.
   *
   * @default false
   */
  readonly clusterMode?: boolean;
}

/** A cache that exists already. It must speak TLS with a publicly trusted certificate, as ElastiCache does. */
export interface ValkeyCacheAttributes {
  /** Host name of the primary endpoint. */
  readonly primaryEndpoint: string;

  /** The token that clients authenticate with, as the whole secret. */
  readonly authToken: secretsmanager.ISecret;

  /** Security groups of the cache; the site's processes are let in here. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * Port of the primary endpoint.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * Whether cluster mode is on; it is in every ElastiCache Serverless cache. The site then takes no Celery workers, and
   * Django needs a cache backend for clusters.
   *
   * @default false
   */
  readonly clusterMode?: boolean;
}

/** Properties of `ValkeyCache`. */
export interface ValkeyCacheProps {
  /** Network to place the nodes in: its isolated subnets, or its private ones when it has none. */
  readonly vpc: ec2.IVpc;

  /**
   * Decides the size and the number of nodes.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;

  /**
   * Size of each node.
   *
   * @default - cache.t4g.small in production, cache.t4g.micro in development
   */
  readonly nodeType?: string;

  /**
   * Nodes beside the primary, 0 to 5. With at least one, a failed primary is replaced by it in seconds.
   *
   * @default - 1 in production, 0 in development
   */
  readonly replicas?: number;

  /**
   * Whether nodes whose memory is full drop what carries a time to live, the least recently used first. Celery's queues
   * carry none, but its results do.
   *
   * @default - false; nothing is dropped, and writes fail until there is memory again
   */
  readonly evictExpiringKeys?: boolean;

  /**
   * Key that encrypts the nodes' disks and snapshots. Changing it replaces the nodes and what they hold.
   *
   * @default - ElastiCache's own key, which costs nothing
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Time for which daily snapshots are kept, 0 to 35 days; none are made for 0.
   *
   * @default - 7 days in production, none in development
   */
  readonly snapshotRetention?: Duration;

  /**
   * Weekly time in UTC, of at least an hour, in which ElastiCache may install updates, such as `sun:03:00-sun:04:00`.
   *
   * @default - ElastiCache chooses one
   */
  readonly maintenanceWindow?: string;
}

const KINDS: Kinds<ValkeyCacheProps> = {
  vpc: needed(VPC),
  profile: PROFILE,
  encryptionKey: KEY,
  evictExpiringKeys: FLAG,
  maintenanceWindow: TEXT,
  nodeType: TEXT,
  replicas: NUMBER,
  snapshotRetention: DURATION,
};

/**
 * Valkey 8 as cache and as Celery's broker: encrypted, TLS only, an authentication token, cluster mode off (Celery cannot
 * use it). Nothing is evicted: a task in a queue stays there.
 */
export class ValkeyCache extends Construct implements IDjangoCache {
  /**
   * Uses a cache that exists already.
   *
   * @param attributes what the site must know of it
   */
  public static fromValkeyCacheAttributes(attributes: ValkeyCacheAttributes): IDjangoCache {
    const { primaryEndpoint, authToken, securityGroups, port = PORT, clusterMode = false } = attributes;
    requireWhole(authToken, 'port', port, 1, 65535);
    if (securityGroups.length === 0) {
      fail(authToken, "'securityGroups' must name those of the cache, got none: tasks could not be let in");
    }
    const connections = new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(port) });
    return { primaryEndpoint, port, authToken, clusterMode, connections };
  }

  /** The replication group. */
  public readonly replicationGroup: elasticache.CfnReplicationGroup;
  /** Host name of the primary node. */
  public readonly primaryEndpoint: string;
  /** Port of the primary node. */
  public readonly port = PORT;
  /** False: Celery can use it. */
  public readonly clusterMode?: boolean = false;
  /** The token that clients authenticate with, as the whole secret. */
  public readonly authToken: secretsmanager.ISecret;
  /** Network rules of the nodes. */
  public readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, props: ValkeyCacheProps) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const replicas = props.replicas ?? defaults.cacheReplicas;
    const snapshotDays = props.snapshotRetention?.toDays({ integral: false }) ?? defaults.cacheSnapshotDays;
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    requireWhole(this, 'replicas', replicas, 0, 5);
    requireWhole(this, 'snapshotRetention', snapshotDays, 0, 35);
    const { nodeType = defaults.cacheNodeType } = props;
    if (!Token.isUnresolved(nodeType) && !/^cache\.\w+\.\w+$/.test(nodeType)) {
      fail(this, `'nodeType' must be a node type such as cache.t4g.small, got '${nodeType}'`);
    }

    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Valkey nodes: only the processes of the site come in',
      allowAllOutbound: false,
    });
    const subnetGroup = new elasticache.CfnSubnetGroup(this, 'Subnets', {
      description: 'Subnets of the Valkey nodes',
      subnetIds: props.vpc.selectSubnets(dataSubnets(this, props.vpc)).subnetIds,
    });
    this.authToken = new secretsmanager.Secret(this, 'AuthToken', {
      description: 'Authentication token of Valkey',
      // ElastiCache refuses several punctuation characters; 64 letters and digits are over 380 bits
      generateSecretString: { passwordLength: 64, excludeCharacters: EXCLUDED_CHARACTERS },
      removalPolicy: defaults.removalPolicy,
    });
    const parameterGroup = new elasticache.CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: PARAMETER_FAMILY,
      description: shortened(`Parameters of ${this.node.path}`),
      properties: { 'maxmemory-policy': props.evictExpiringKeys ? 'volatile-lru' : 'noeviction' },
    });
    this.replicationGroup = new elasticache.CfnReplicationGroup(this, 'Nodes', {
      replicationGroupDescription: shortened(`Cache and broker of ${this.node.path}`),
      engine: 'valkey',
      engineVersion: ENGINE_VERSION,
      cacheParameterGroupName: parameterGroup.ref,
      cacheNodeType: nodeType,
      clusterMode: 'disabled',
      numCacheClusters: 1 + replicas,
      automaticFailoverEnabled: replicas > 0,
      multiAzEnabled: replicas > 0,
      port: PORT,
      cacheSubnetGroupName: subnetGroup.ref,
      securityGroupIds: [securityGroup.securityGroupId],
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      authToken: this.authToken.secretValue.unsafeUnwrap(), // a dynamic reference, not the value
      kmsKeyId: props.encryptionKey?.keyArn,
      snapshotRetentionLimit: snapshotDays,
      preferredMaintenanceWindow: props.maintenanceWindow,
      autoMinorVersionUpgrade: true,
    });
    // nodes that nobody uses would go on costing: what they hold is kept as a last snapshot
    this.replicationGroup.applyRemovalPolicy(
      defaults.removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
    );
    keptOnceMade(this);
    this.primaryEndpoint = this.replicationGroup.attrPrimaryEndPointAddress;
    this.connections = new ec2.Connections({
      securityGroups: [securityGroup],
      defaultPort: ec2.Port.tcp(PORT),
    });
  }
}
