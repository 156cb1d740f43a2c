import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Duration } from 'aws-cdk-lib/core';
import type { SiteProfile } from '../site-profile';
import type { PasswordRotation } from './password-rotation';
import type { RdsProxyOptions } from './rds-proxy-options';

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

/** Backups of a database, and the one that it is made from. */
export interface DatabaseBackupOptions {
  /**
   * Time for which the database can be brought back to any second, 1 to 35 days.
   *
   * @default - 14 days in production, 1 day in development
   */
  readonly retention?: Duration;

  /**
   * Copies the backups of a `PostgresDatabase` to another region, with the same way back to any second. RDS does not do so
   * for Aurora: use `DatabaseBackupPlan` there.
   *
   * @default - the backups stay in the database's region
   */
  readonly replication?: BackupReplication;

  /**
   * Snapshot to make the database from, by name or ARN; an encrypted one. The name of the database, its data and its key
   * come from the snapshot, the password is new. Leave it in place afterwards: without it, the next deployment makes an
   * empty database instead. Setting it on a deployed database makes a new one, too.
   *
   * @default - an empty database
   */
  readonly snapshotIdentifier?: string;
}

/** Users of a database, and their passwords. */
export interface DatabaseUserOptions {
  /**
   * Name of the user that owns the database. With `backups.snapshotIdentifier` it must be the snapshot's master user.
   * Changing it replaces the database.
   *
   * @default 'django'
   */
  readonly username?: string;

  /**
   * Whether the site's processes connect as a user of their own (`django_run`), which may read and write rows but cannot
   * change the schema; only the release connects as the owner. The release prepares that user before its command, which
   * takes psycopg 3.
   *
   * @default false
   */
  readonly separateRunUser?: boolean;

  /**
   * Changes the generated passwords at regular times. What runs must then read the secret again, as the engine
   * `ops.database` of the reference project does, or be deployed anew by `DeploymentAfterRotation`.
   *
   * @default - passwords stay as they are
   */
  readonly passwordRotation?: PasswordRotation;
}

/** Properties that every database has. */
export interface DatabaseProps {
  /** Network to place the database in: its isolated subnets, or its private ones when it has none. */
  readonly vpc: ec2.IVpc;

  /**
   * Decides the size and the safety of the database.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;

  /**
   * Key that encrypts storage, backups and Database Insights. Changing it replaces the database.
   *
   * @default - AWS's own key for RDS, which costs nothing
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Retention of the backups, and the snapshot that the database is made from.
   *
   * @default - see the defaults of `DatabaseBackupOptions`
   */
  readonly backups?: DatabaseBackupOptions;

  /**
   * The users that connect to the database, and the rotation of their passwords.
   *
   * @default - see the defaults of `DatabaseUserOptions`
   */
  readonly users?: DatabaseUserOptions;

  /**
   * An RDS Proxy, which shares the database's connections among all processes but the release; `{}` for its defaults. The
   * site then checks no longer whether its processes fit.
   *
   * @default - none; processes connect to the database itself
   */
  readonly proxy?: RdsProxyOptions;

  /**
   * Whether the database can only be deleted after this has been switched off.
   *
   * @default - true in production, false in development
   */
  readonly deletionProtection?: boolean;
}
