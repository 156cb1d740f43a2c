import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Duration } from 'aws-cdk-lib/core';
import type { DatabaseProps } from './database-props';

/** A copy of the backups in another region. */
export interface BackupReplication {
  /** Region to keep the copy in, such as `eu-west-1`; not the database's own. */
  readonly region: string;

  /** ARN of a KMS key in that region, which encrypts the copy. */
  readonly keyArn: string;

  /**
   * Days for which the copy allows to go back.
   *
   * @default Duration.days(7)
   */
  readonly retention?: Duration;
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
   * Version of PostgreSQL. A higher major version than the deployed one needs `allowMajorVersionUpgrade`.
   *
   * @default - 17, with the minor version that RDS chooses and keeps up to date
   */
  readonly engineVersion?: rds.PostgresEngineVersion;

  /**
   * Whether a deployment may bring the database to a higher major version. The database is away meanwhile, and there is
   * no way back but a restored backup.
   *
   * @default false
   */
  readonly allowMajorVersionUpgrade?: boolean;

  /**
   * Storage in GiB to begin with. It cannot be made smaller.
   *
   * @default 20
   */
  readonly allocatedStorageGiB?: number;

  /**
   * GiB up to which the storage grows by itself; at least a tenth more than `allocatedStorageGiB`.
   *
   * @default - 100, or 5 times `allocatedStorageGiB` when that is more
   */
  readonly maxAllocatedStorageGiB?: number;

  /**
   * Connections that PostgreSQL allows at the same time. A change takes effect when the instance is restarted.
   *
   * @default - what RDS derives from the memory: about 82 on db.t4g.micro, 397 on db.t4g.medium
   */
  readonly maxConnections?: number;

  /**
   * Copies the backups to another region, with the same way back to any second.
   *
   * @default - the backups stay in the database's region
   */
  readonly backupReplication?: BackupReplication;

  /**
   * Weekly time in UTC in which RDS may install updates, such as `sun:03:00-sun:03:30`.
   *
   * @default - RDS chooses one
   */
  readonly maintenanceWindow?: string;

  /**
   * Level of Database Insights. The standard one keeps 7 days and costs nothing, the advanced one keeps 15 months and is
   * charged for each vCPU.
   *
   * @default - standard in production, none in development
   */
  readonly databaseInsights?: rds.DatabaseInsightsMode;

  /**
   * Name of the database; not with `snapshotIdentifier`. Changing it replaces the database.
   *
   * @default 'django'
   */
  readonly databaseName?: string;

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
