import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { dataSubnets } from './private/subnets';
import { SiteProfile } from './site-profile';

/** What Django needs to know of its database. */
export interface IDjangoDatabase extends ec2.IConnectable {
  /** JSON with `username`, `password`, `host`, `port` and `dbname`. */
  readonly secret: secretsmanager.ISecret;
}

/** Properties of `PostgresDatabase`. */
export interface PostgresDatabaseProps {
  /** Network to place the database in: its isolated subnets, or its private ones when it has none. */
  readonly vpc: ec2.IVpc;

  /**
   * Decides the size and the safety of the database.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;

  /**
   * Size of the instance.
   *
   * @default - db.t4g.medium in production, db.t4g.micro in development
   */
  readonly instanceType?: ec2.InstanceType;
}

/**
 * An encrypted PostgreSQL 17 instance that speaks TLS only, has a generated password and is reached only by what it is
 * connected to. Its storage starts at 20 GiB and grows by itself up to 100 GiB.
 */
export class PostgresDatabase extends Construct implements IDjangoDatabase {
  /** The instance. */
  public readonly instance: rds.DatabaseInstance;
  /** JSON with `username`, `password`, `host`, `port` and `dbname`. */
  public readonly secret: secretsmanager.ISecret;
  /** Network rules of the database. */
  public readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id);

    const defaults = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      vpc: props.vpc,
      vpcSubnets: dataSubnets(props.vpc),
      engine,
      instanceType: props.instanceType ?? new ec2.InstanceType(defaults.databaseInstanceType),
      databaseName: 'django',
      credentials: rds.Credentials.fromGeneratedSecret('django'),
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', { engine, parameters: { 'rds.force_ssl': '1' } }),
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      publiclyAccessible: false,
      multiAz: defaults.multiAz,
      storageEncrypted: true,
      storageType: rds.StorageType.GP3,
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      backupRetention: Duration.days(defaults.backupRetentionDays),
      copyTagsToSnapshot: true,
      cloudwatchLogsExports: ['postgresql'],
      autoMinorVersionUpgrade: true,
      deletionProtection: defaults.deletionProtection,
      removalPolicy: defaults.removalPolicy,
    });
    this.secret = this.instance.secret!;
    this.connections = this.instance.connections;
  }
}
