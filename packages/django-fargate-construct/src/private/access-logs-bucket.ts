import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { SiteProfile } from '../site-profile';

/** A private bucket whose entries are kept for as long as the profile keeps logs. */
export function accessLogsBucket(
  scope: Construct,
  profile: SiteProfile,
  objectOwnership: s3.ObjectOwnership,
): s3.Bucket {
  const { removalPolicy, logRetentionDays } = profile._defaults;
  return new s3.Bucket(scope, 'AccessLogs', {
    // neither a load balancer nor CloudFront can write to a bucket with AWS's own KMS key
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership,
    enforceSSL: true,
    // who deletes an entry to hide something has not deleted it yet
    versioned: true,
    lifecycleRules: [
      {
        expiration: Duration.days(logRetentionDays),
        noncurrentVersionExpiration: Duration.days(7),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
  });
}
