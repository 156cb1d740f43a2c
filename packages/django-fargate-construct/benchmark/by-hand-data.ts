import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/** What the site keeps. */
export interface Data {
  readonly database: rds.DatabaseInstance;
  readonly cache: ec2.Connections;
  readonly redisHost: string;
  readonly redisToken: secretsmanager.Secret;
  readonly secretKey: secretsmanager.Secret;
  readonly media: s3.Bucket;
  readonly statics: s3.Bucket;
}

export function makeData(stack: Stack, vpc: ec2.Vpc): Data {
  const secretKey = new secretsmanager.Secret(stack, 'SecretKey', {
    generateSecretString: { passwordLength: 64 },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return {
    database: makeDatabase(stack, vpc),
    ...makeCache(stack, vpc),
    secretKey,
    media: makeBucket(stack, 'Media'),
    statics: makeBucket(stack, 'Static'),
  };
}

function makeBucket(stack: Stack, id: string): s3.Bucket {
  return new s3.Bucket(stack, id, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    lifecycleRules: [
      { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

function makeDatabase(stack: Stack, vpc: ec2.Vpc): rds.DatabaseInstance {
  const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
  return new rds.DatabaseInstance(stack, 'Database', {
    vpc,
    vpcSubnets: { subnetGroupName: 'Data' },
    publiclyAccessible: false,
    caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
    engine,
    instanceType: new ec2.InstanceType('t4g.medium'),
    parameterGroup: new rds.ParameterGroup(stack, 'Parameters', { engine, parameters: { 'rds.force_ssl': '1' } }),
    databaseName: 'django',
    credentials: rds.Credentials.fromGeneratedSecret('django'),
    storageEncrypted: true,
    storageType: rds.StorageType.GP3,
    allocatedStorage: 20,
    maxAllocatedStorage: 100,
    multiAz: true,
    backupRetention: Duration.days(14),
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: false,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    autoMinorVersionUpgrade: true,
    cloudwatchLogsExports: ['postgresql'],
    databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
    enablePerformanceInsights: true,
    performanceInsightRetention: rds.PerformanceInsightRetention.DEFAULT,
  });
}

function makeCache(stack: Stack, vpc: ec2.Vpc): Pick<Data, 'cache' | 'redisHost' | 'redisToken'> {
  const securityGroup = new ec2.SecurityGroup(stack, 'CacheSecurityGroup', { vpc, allowAllOutbound: false });
  const subnetGroup = new elasticache.CfnSubnetGroup(stack, 'CacheSubnets', {
    description: 'Subnets of the Valkey nodes',
    subnetIds: vpc.selectSubnets({ subnetGroupName: 'Data' }).subnetIds,
  });
  const redisToken = new secretsmanager.Secret(stack, 'CacheToken', {
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const parameters = new elasticache.CfnParameterGroup(stack, 'CacheParameters', {
    cacheParameterGroupFamily: 'valkey8',
    description: 'Parameters of the cache',
    properties: { 'maxmemory-policy': 'noeviction' },
  });
  const nodes = new elasticache.CfnReplicationGroup(stack, 'CacheNodes', {
    replicationGroupDescription: 'Cache and broker',
    engine: 'valkey',
    engineVersion: '8.0',
    cacheParameterGroupName: parameters.ref,
    cacheNodeType: 'cache.t4g.small',
    clusterMode: 'disabled',
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    port: 6379,
    cacheSubnetGroupName: subnetGroup.ref,
    securityGroupIds: [securityGroup.securityGroupId],
    atRestEncryptionEnabled: true,
    transitEncryptionEnabled: true,
    transitEncryptionMode: 'required',
    authToken: redisToken.secretValue.unsafeUnwrap(),
    snapshotRetentionLimit: 7,
    autoMinorVersionUpgrade: true,
  });
  nodes.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
  const cache = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(6379) });
  return { cache, redisHost: nodes.attrPrimaryEndPointAddress, redisToken };
}
