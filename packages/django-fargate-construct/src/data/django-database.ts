import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { StoppableDatabase } from './stoppable-database';

/** A database, as Django needs to know it. */
export interface IDjangoDatabase extends ec2.IConnectable {
  /** JSON with `username`, `password`, `host`, `port` and `dbname`. */
  readonly secret: secretsmanager.ISecret;

  /**
   * The same for the user that owns the tables, when the one of `secret` must not change them. The release connects as the
   * owner, and gives the user of `secret` its password and its rights.
   *
   * @default - the user of `secret` owns the tables
   */
  readonly ownerSecret?: secretsmanager.ISecret;

  /**
   * Host name of an RDS Proxy, which all processes but the release connect to. They must be let in by `connections`, and
   * the login in `secret` must be known to the proxy.
   *
   * @default - processes connect to the host in `secret`
   */
  readonly proxyEndpoint?: string;

  /**
   * Host name of read replicas, or several separated by commas, with the users of the database and its port; reached by
   * the same `connections`.
   *
   * @default - none that Django knows of
   */
  readonly replicaEndpoint?: string;

  /**
   * Connections that the database allows at the same time. A production site whose processes may open more than four
   * fifths of them fails at synthesis.
   *
   * @default - unknown; nothing is checked
   */
  readonly maxConnections?: number;

  /**
   * The database as RDS stops and starts it off hours.
   *
   * @default - it runs off hours, too
   */
  readonly stoppable?: StoppableDatabase;

  /**
   * Whether the password in `secret` changes by itself.
   *
   * @internal
   */
  readonly _rotates?: boolean;
}

/** Facts that the site cannot find out about a database that exists already. */
export interface ImportedDatabaseOptions {
  /**
   * The same for the user that owns the tables, when the one of `secret` must not change them. The release connects as the
   * owner, and gives the user of `secret` its password and its rights.
   *
   * @default - the user of `secret` owns the tables
   */
  readonly ownerSecret?: secretsmanager.ISecret;

  /**
   * Host name of an RDS Proxy, which all processes but the release connect to. They must be let in by `connections`, and
   * the login in `secret` must be known to the proxy.
   *
   * @default - processes connect to the host in `secret`
   */
  readonly proxyEndpoint?: string;

  /**
   * Host name of read replicas, or several separated by commas, with the users of the database and its port; reached by
   * the same `connections`.
   *
   * @default - none that Django knows of
   */
  readonly replicaEndpoint?: string;

  /**
   * Connections that the database allows at the same time, as `SHOW max_connections` says. Leave out what others use.
   *
   * @default - unknown; the site does not check whether its processes fit
   */
  readonly maxConnections?: number;

  /**
   * The database as RDS stops and starts it off hours.
   *
   * @default - it runs off hours, too
   */
  readonly stoppable?: StoppableDatabase;
}

/** A database that exists already, known by its security groups and its secret. */
export interface PostgresDatabaseAttributes extends ImportedDatabaseOptions {
  /** JSON with `username`, `password`, `host`, `port` and `dbname`. A secret that RDS manages itself lacks the last three. */
  readonly secret: secretsmanager.ISecret;

  /** Security groups of the database; the site's processes are let in here. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * Port that the database listens on; it must be the one in the secret.
   *
   * @default 5432
   */
  readonly port?: number;
}
