import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail, requireWhole } from '../../shared/validate';
import { DEFAULT_NAME, requireName, requireRetention } from '../postgres';
import type { PostgresDatabaseProps } from '../postgres-database-props';
import { requireAccess } from './database-access';

/** Fails synthesis for an instance that RDS would not make. */
export function requireInstance(scope: Construct, props: PostgresDatabaseProps): void {
  const allocated = props.allocatedStorageGiB ?? 20;
  requireWhole(scope, 'allocatedStorageGiB', allocated, 20, 65536);
  if (props.maxAllocatedStorageGiB !== undefined) {
    requireWhole(
      scope,
      'maxAllocatedStorageGiB',
      props.maxAllocatedStorageGiB,
      Math.ceil((11 * allocated) / 10),
      65536,
    );
  }
  if (props.maxConnections !== undefined) requireWhole(scope, 'maxConnections', props.maxConnections, 20, 262_143);
  if (props.readReplicas !== undefined) requireWhole(scope, 'readReplicas', props.readReplicas, 0, 15);
  requireRetention(scope, 'backupRetention', props.backupRetention);
  requireRetention(scope, 'backupReplication.retention', props.backupReplication?.retention);
  requireName(scope, 'databaseName', props.databaseName ?? DEFAULT_NAME);
  requireName(scope, 'username', props.username ?? DEFAULT_NAME);
  requireAccess(scope, props);
  for (const prop of ['databaseName', 'encryptionKey'] as const) {
    if (props.snapshotIdentifier && props[prop]) {
      fail(scope, `'${prop}' must be left out with 'snapshotIdentifier': it comes from the snapshot`);
    }
  }
  const { region } = Stack.of(scope);
  if (props.backupReplication?.region === region && !Token.isUnresolved(region)) {
    fail(scope, `'backupReplication.region' must be another region than the database's, got '${region}'`);
  }
}
