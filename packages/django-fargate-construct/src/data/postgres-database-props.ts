import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { DatabaseProps } from './database-props';

/** PostgreSQL on an instance. */
export interface PostgresEngineOptions {
  /**
   * Version of PostgreSQL. A higher major version than the deployed one needs `allowMajorVersionUpgrade`.
   *
   * @default - 17, with the minor version that RDS chooses and keeps up to date
   */
  readonly version?: rds.PostgresEngineVersion;

  /**
   * Whether a deployment may bring the database to a higher major version. The database is away meanwhile, and there is
   * no way back but a restored backup.
   *
   * @default false
   */
  readonly allowMajorVersionUpgrade?: boolean;

  /**
   * Weekly time in UTC in which RDS may install updates, such as `sun:03:00-sun:03:30`.
   *
   * @default - RDS chooses one
   */
  readonly maintenanceWindow?: string;

  /**
   * Name of the database; not with `backups.snapshotIdentifier`. Changing it replaces the database.
   *
   * @default 'django'
   */
  readonly databaseName?: string;

  /**
   * Connections that PostgreSQL allows at the same time. A change takes effect when the instance is restarted.
   *
   * @default - what RDS derives from the memory: about 82 on db.t4g.micro, 397 on db.t4g.medium
   */
  readonly maxConnections?: number;

  /**
   * Level of Database Insights. The standard one keeps 7 days and costs nothing, the advanced one keeps 15 months and is
   * charged for each vCPU.
   *
   * @default - standard in production, none in development
   */
  readonly databaseInsights?: rds.DatabaseInsightsMode;
}

/** Storage of an instance. */
export interface PostgresStorageOptions {
  /**
   * Storage in GiB to begin with. It cannot be made smaller.
   *
   * @default 20
   */
  readonly allocatedGiB?: number;

  /**
   * GiB up to which the storage grows by itself; at least a tenth more than `allocatedGiB`.
   *
   * @default - 100, or 5 times `allocatedGiB` when that is more
   */
  readonly maxAllocatedGiB?: number;
}

/** Properties of `PostgresDatabase`. */
export interface PostgresDatabaseProps extends DatabaseProps {
  /**
   * Size of the instance.
   *
   * @default - db.t4g.medium in production, db.t4g.micro in development
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * PostgreSQL: its version, its updates, its limits.
   *
   * @default - see the defaults of `PostgresEngineOptions`
   */
  readonly engine?: PostgresEngineOptions;

  /**
   * Storage, and how far it grows by itself.
   *
   * @default - see the defaults of `PostgresStorageOptions`
   */
  readonly storage?: PostgresStorageOptions;

  /**
   * Copies of the instance that answer queries, 0 to 15, a moment behind it. Each costs what the instance costs in one
   * zone. An instance with a copy cannot be stopped off hours.
   *
   * @default 0
   */
  readonly readReplicas?: number;

  /**
   * Whether a standby in a second zone takes over when the instance or its zone fails. Without it, such an outage ends the
   * site until it is repaired.
   *
   * @default - true in production, false in development
   */
  readonly multiAz?: boolean;
}
