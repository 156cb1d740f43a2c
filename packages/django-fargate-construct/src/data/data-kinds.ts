import {
  DURATION,
  FLAG,
  having,
  INSTANCE_TYPE,
  KEY,
  type Kinds,
  NUMBER,
  needed,
  options,
  PROFILE,
  TEXT,
  VPC,
} from '../shared/kinds';
import type { AuroraPostgresDatabaseProps, AuroraPostgresEngineOptions } from './aurora-postgres-database-props';
import type { BackupReplication, DatabaseBackupOptions, DatabaseProps, DatabaseUserOptions } from './database-props';
import type { PostgresDatabaseProps, PostgresEngineOptions, PostgresStorageOptions } from './postgres-database-props';
import type { RdsProxyOptions } from './rds-proxy-options';

const DATABASE: Kinds<DatabaseProps> = {
  vpc: needed(VPC),
  profile: PROFILE,
  users: options<DatabaseUserOptions>({
    username: TEXT,
    separateRunUser: FLAG,
    passwordRotation: having('a PasswordRotation, such as PasswordRotation.sameUser()', '_rotate'),
  }),
  backups: options<DatabaseBackupOptions>({
    retention: DURATION,
    replication: options<BackupReplication>({ region: needed(TEXT), keyArn: needed(TEXT), retention: DURATION }),
    snapshotIdentifier: TEXT,
  }),
  deletionProtection: FLAG,
  encryptionKey: KEY,
  proxy: options<RdsProxyOptions>({
    borrowTimeout: DURATION,
    idleClientTimeout: DURATION,
    maxConnectionsPercent: NUMBER,
  }),
};

export const POSTGRES_KINDS: Kinds<PostgresDatabaseProps> = {
  ...DATABASE,
  instanceType: INSTANCE_TYPE,
  multiAz: FLAG,
  readReplicas: NUMBER,
  engine: options<PostgresEngineOptions>({
    version: having('an rds.PostgresEngineVersion', 'postgresFullVersion'),
    allowMajorVersionUpgrade: FLAG,
    databaseName: TEXT,
    databaseInsights: TEXT,
    maintenanceWindow: TEXT,
    maxConnections: NUMBER,
  }),
  storage: options<PostgresStorageOptions>({ allocatedGiB: NUMBER, maxAllocatedGiB: NUMBER }),
};

export const AURORA_KINDS: Kinds<AuroraPostgresDatabaseProps> = {
  ...DATABASE,
  engine: options<AuroraPostgresEngineOptions>({
    version: having('an rds.AuroraPostgresEngineVersion', 'auroraPostgresFullVersion'),
  }),
  minCapacity: NUMBER,
  maxCapacity: NUMBER,
  readers: NUMBER,
  autoPauseAfter: DURATION,
};
