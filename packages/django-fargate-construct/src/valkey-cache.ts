import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { dataSubnets } from './private/subnets';
import { requireWhole } from './private/validate';
import { SiteProfile } from './site-profile';

const PORT = 6379;

/** What Django and Celery need to know of their cache and broker. */
export interface IDjangoCache extends ec2.IConnectable {
  /** Host name of the primary node. */
  readonly primaryEndpoint: string;
  /** Port of the primary node. */
  readonly port: number;
  /** The token that clients authenticate with, as the whole secret. */
  readonly authToken: secretsmanager.ISecret;
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
}

/**
 * Valkey 8 as cache and as Celery's broker: TLS only, an authentication token, cluster mode off (Celery cannot use it).
 * Nodes keep ElastiCache's default `volatile-lru`: under memory pressure they drop cached values, which carry a
 * time to live, and never a queue, which carries none.
 */
export class ValkeyCache extends Construct implements IDjangoCache {
  /** The replication group. */
  public readonly replicationGroup: elasticache.CfnReplicationGroup;
  /** Host name of the primary node. */
  public readonly primaryEndpoint: string;
  /** Port of the primary node. */
  public readonly port = PORT;
  /** The token that clients authenticate with, as the whole secret. */
  public readonly authToken: secretsmanager.ISecret;
  /** Network rules of the nodes. */
  public readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, props: ValkeyCacheProps) {
    super(scope, id);

    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const replicas = props.replicas ?? defaults.cacheReplicas;
    requireWhole(this, 'replicas', replicas, 0, 5);

    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Valkey nodes: only the processes of the site come in',
      allowAllOutbound: false,
    });
    const subnetGroup = new elasticache.CfnSubnetGroup(this, 'Subnets', {
      description: 'Subnets of the Valkey nodes',
      subnetIds: props.vpc.selectSubnets(dataSubnets(props.vpc)).subnetIds,
    });
    this.authToken = new secretsmanager.Secret(this, 'AuthToken', {
      description: 'Authentication token of Valkey',
      // ElastiCache refuses several punctuation characters; 64 letters and digits are over 380 bits
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: defaults.removalPolicy,
    });
    this.replicationGroup = new elasticache.CfnReplicationGroup(this, 'Nodes', {
      replicationGroupDescription: `Cache and broker of ${this.node.path}`,
      engine: 'valkey',
      engineVersion: '8.0',
      cacheParameterGroupName: 'default.valkey8',
      cacheNodeType: props.nodeType ?? defaults.cacheNodeType,
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
      snapshotRetentionLimit: defaults.cacheSnapshotDays,
      autoMinorVersionUpgrade: true,
    });
    this.primaryEndpoint = this.replicationGroup.attrPrimaryEndPointAddress;
    this.connections = new ec2.Connections({
      securityGroups: [securityGroup],
      defaultPort: ec2.Port.tcp(PORT),
    });
  }
}
