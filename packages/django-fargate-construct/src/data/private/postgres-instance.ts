import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail, requireWhole } from '../../shared/validate';
import { DEFAULT_NAME, requireRetention } from '../postgres';
import type { PostgresDatabaseProps } from '../postgres-database-props';
import { requireAccess } from './database-access';
import { requireDatabaseName } from './database-names';

/** Fails synthesis for an instance that RDS would not make. */
export function requireInstance(scope: Construct, props: PostgresDatabaseProps): void {
  const { allocatedGiB = 20, maxAllocatedGiB } = props.storage ?? {};
  const { databaseName, maxConnections } = props.engine ?? {};
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html (gp3), USER_PIOPS.Autoscaling.html (a tenth more)
  requireWhole(scope, 'storage.allocatedGiB', allocatedGiB, 20, 65536);
  if (maxAllocatedGiB !== undefined) {
    requireWhole(scope, 'storage.maxAllocatedGiB', maxAllocatedGiB, Math.ceil((11 * allocatedGiB) / 10), 65536);
  }
  if (maxConnections !== undefined) requireWhole(scope, 'engine.maxConnections', maxConnections, 20, 262_143);
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
  if (props.readReplicas !== undefined) requireWhole(scope, 'readReplicas', props.readReplicas, 0, 15);
  requireDatabaseName(scope, 'engine.databaseName', databaseName ?? DEFAULT_NAME);
  requireAccess(scope, props);
  requireBackups(scope, props);
}

function requireBackups(scope: Construct, { backups = {}, engine, encryptionKey }: PostgresDatabaseProps): void {
  const { retention, replication, snapshotIdentifier } = backups;
  requireRetention(scope, 'backups.retention', retention);
  requireRetention(scope, 'backups.replication.retention', replication?.retention);
  const { region } = Stack.of(scope);
  if (replication?.region === region && !Token.isUnresolved(region)) {
    fail(scope, `'backups.replication.region' must be another region than the database's, got '${region}'`);
  }
  if (!snapshotIdentifier) return;
  for (const [prop, value] of Object.entries({ 'engine.databaseName': engine?.databaseName, encryptionKey })) {
    if (value) fail(scope, `'${prop}' must be left out with 'backups.snapshotIdentifier': it comes from the snapshot`);
  }
}
