import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type Duration, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail, requireWhole } from '../shared/validate';
import type { IDjangoDatabase, ImportedDatabaseOptions } from './django-database';

/** The major version, of which RDS takes the newest minor one and stays on it until a maintenance window. */
export const postgresVersion = () => rds.PostgresEngineVersion.VER_17;
/** Aurora wants a minor version. This one can pause, as every 17 can. A function, as above: to name it loads 45 files of CDK's. */
export const auroraPostgresVersion = () => rds.AuroraPostgresEngineVersion.VER_17_7;

/** Parameters of every database that is made here, whatever its engine's version. */
export const POSTGRES_PARAMETERS: Readonly<Record<string, string>> = { 'rds.force_ssl': '1' };

/** The port of a database that nobody gave another one. */
export const POSTGRES_PORT = 5432;

/** Name of the database and of its owner when nothing else is said. */
export const DEFAULT_NAME = 'django';

/** GiB of memory of the size `large`, by the beginning of an instance class. */
const LARGE_GIB: readonly [RegExp, number][] = [
  [/^t(3|4g)$/, 8],
  [/^m[5-9][a-z]*$/, 8],
  [/^r[5-9][a-z]*$/, 16],
];
const SIZE_FACTOR: Record<string, number> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 };

/**
 * Connections that RDS allows by default on an instance of this type: `LEAST(DBInstanceClassMemory / 9531392, 5000)`.
 * That memory is less than the type's, by what system and RDS take themselves; AWS does not say by how much. The result
 * is an estimate on the low side. Undefined when the type's memory is not known here.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html (maximum number of database connections)
 */
export function instanceConnections(instanceType: string): number | undefined {
  if (Token.isUnresolved(instanceType)) return undefined;
  const [family, size] = instanceType.split('.');
  const large = LARGE_GIB.find(([pattern]) => pattern.test(family))?.[1];
  const multiple = /^(\d+)xlarge$/.exec(size ?? '');
  const factor = multiple ? 2 * Number(multiple[1]) : SIZE_FACTOR[size];
  if (!large || !factor) return undefined;
  const usableMiB = 0.93 * large * factor * 1024 - 200;
  return Math.min(5000, Math.floor((usableMiB * 1024 ** 2) / 9_531_392));
}

/**
 * Connections that Aurora Serverless allows: they follow the largest capacity, about 211 for each unit, and stop at 2,000
 * when the smallest is 0 or 0.5.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
 */
export function serverlessConnections(minCapacity: number, maxCapacity: number): number | undefined {
  if (Token.isUnresolved(minCapacity) || Token.isUnresolved(maxCapacity)) return undefined;
  return Math.min(minCapacity < 1 ? 2000 : 5000, Math.floor(211.4 * maxCapacity - 22.4));
}

/**
 * Fails synthesis unless RDS takes the time as the age of its oldest backup.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
 */
export function requireRetention(scope: IConstruct, prop: string, retention: Duration | undefined): void {
  if (retention) requireWhole(scope, prop, retention.toDays({ integral: false }), 1, 35);
}

/** A database that somebody else made. */
export function importedDatabase(
  connections: ec2.Connections,
  secret: ISecret,
  options: ImportedDatabaseOptions,
): IDjangoDatabase {
  const { ownerSecret, proxyEndpoint, replicaEndpoint, maxConnections, stoppable } = options;
  if (maxConnections !== undefined) requireWhole(secret, 'maxConnections', maxConnections, 1);
  return { connections, secret, ownerSecret, proxyEndpoint, replicaEndpoint, maxConnections, stoppable };
}

/**
 * Fails synthesis for a server that is visibly not PostgreSQL, and for a login that visibly lacks the name of a database: that
 * of a server made without one, and the one that RDS manages itself.
 */
export function requirePostgres(
  server: rds.IDatabaseInstance | rds.IDatabaseCluster,
  secret: ISecret,
  databaseName: string | undefined,
): void {
  const engine = server.engine?.engineType;
  if (engine !== undefined && !engine.includes('postgres'))
    fail(server, `the database must be PostgreSQL, got ${engine}`);
  if (JSON.stringify(Stack.of(secret).resolve(secret.secretArn)).includes('"MasterUserSecret.SecretArn"')) {
    fail(
      server,
      "the database's secret must hold username, password, host, port and dbname: that of a password which RDS manages lacks the last three",
    );
  }
  if (databaseName === undefined && (server as { secret?: ISecret }).secret === secret) {
    fail(
      server,
      "the database must have a name, got none: set 'databaseName' or 'defaultDatabaseName' where it is made",
    );
  }
}

/** Fails synthesis for an imported database that nobody could be let into. */
export function requireSecurityGroups(scope: IConstruct, connections: ec2.Connections): void {
  if (connections.securityGroups.length === 0) {
    fail(scope, 'the database must name its security groups, got none: import it with securityGroups');
  }
}

/**
 * The rules of a database that is known by its security groups. The port is a number: that of an instance's endpoint would
 * be known to CloudFormation only, and a value that other stacks import.
 */
export function postgresConnections(securityGroups: ec2.ISecurityGroup[], port = POSTGRES_PORT): ec2.Connections {
  return new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(port) });
}
