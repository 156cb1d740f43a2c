import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Duration } from 'aws-cdk-lib/core';
import type { DatabaseProps } from './database-props';

/** Aurora PostgreSQL. */
export interface AuroraPostgresEngineOptions {
  /**
   * Version of Aurora PostgreSQL.
   *
   * @default - 17.7
   */
  readonly version?: rds.AuroraPostgresEngineVersion;
}

/** Properties of `AuroraPostgresDatabase`. */
export interface AuroraPostgresDatabaseProps extends DatabaseProps {
  /**
   * Fewest Aurora capacity units (about 2 GiB of memory each) of an instance, in steps of 0.5. With 0, the database pauses
   * when nobody has been connected for `autoPauseAfter`; the first connection after that waits for 15 s and more.
   *
   * @default - 0.5 in production, 0 in development
   */
  readonly minCapacity?: number;

  /**
   * Most Aurora capacity units of an instance, from 1 to 256 in steps of 0.5. The connections that the database allows
   * follow from it when the instances are restarted.
   *
   * @default - 8 in production, 2 in development; at least `minCapacity`
   */
  readonly maxCapacity?: number;

  /**
   * Time without a connection after which a database with `minCapacity` 0 pauses, 5 minutes to 24 hours.
   *
   * @default Duration.minutes(5)
   */
  readonly autoPauseAfter?: Duration;

  /**
   * Instances beside the writer, each in the next zone, which take over when it fails and answer on the cluster's read
   * endpoint.
   *
   * @default - 1 in production, 0 in development
   */
  readonly readers?: number;

  /**
   * Aurora PostgreSQL: its version.
   *
   * @default - see the defaults of `AuroraPostgresEngineOptions`
   */
  readonly engine?: AuroraPostgresEngineOptions;
}
