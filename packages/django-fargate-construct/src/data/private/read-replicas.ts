import * as rds from 'aws-cdk-lib/aws-rds';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Copies of an instance that answer queries, with its size, parameters, place and key, and let in whom it lets in. */
export function readReplicas(
  scope: Construct,
  source: rds.IDatabaseInstance,
  count: number,
  common: Omit<rds.DatabaseInstanceReadReplicaProps, 'sourceDatabaseInstance'>,
): rds.DatabaseInstanceReadReplica[] {
  return Array.from(
    { length: count },
    (_, index) =>
      new rds.DatabaseInstanceReadReplica(scope, `Replica${index + 1}`, {
        ...common,
        sourceDatabaseInstance: source,
        securityGroups: source.connections.securityGroups,
        autoMinorVersionUpgrade: true,
        copyTagsToSnapshot: true,
        // nothing is lost with a copy
        deletionProtection: false,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
  );
}
