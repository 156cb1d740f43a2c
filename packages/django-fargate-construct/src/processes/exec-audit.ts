import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import { fail } from '../shared/validate';
import type { SiteProfile } from '../site-profile';

/** A cluster's record of ECS Exec: sessions are encrypted with a key of their own, and all they show is kept. */
export function execAudit(scope: Construct, profile: SiteProfile): ecs.ExecuteCommandConfiguration {
  const { logRetentionDays, removalPolicy } = profile._defaults;
  const kmsKey = new kms.Key(scope, 'ExecKey', {
    description: 'Sessions of ECS Exec, and their record',
    enableKeyRotation: true,
    removalPolicy,
  });
  const cloudWatchLogGroup = new logs.LogGroup(scope, 'ExecLogs', {
    encryptionKey: kmsKey,
    retention: logRetentionDays,
    removalPolicy,
  });
  return {
    kmsKey,
    logging: ecs.ExecuteCommandLogging.OVERRIDE,
    logConfiguration: { cloudWatchLogGroup, cloudWatchEncryptionEnabled: true },
  };
}

/** Fails synthesis for ECS Exec on a given cluster that would keep no record of it. */
export function requireExecAudit(scope: IConstruct, cluster: ecs.ICluster): void {
  const { kmsKey, logging, logConfiguration } = cluster.executeCommandConfiguration ?? {};
  const recorded = logConfiguration?.cloudWatchLogGroup ?? logConfiguration?.s3Bucket;
  if (kmsKey && logging === ecs.ExecuteCommandLogging.OVERRIDE && recorded) return;
  fail(
    scope,
    "'web.execWithWritableRoot' must be left out: 'cluster' keeps no record of what is run. Give the cluster an executeCommandConfiguration with a KMS key and a log group or bucket, or let the site make its cluster",
  );
}
