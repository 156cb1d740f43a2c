import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { privateBucket } from '../../shared/private-bucket';
import type { SiteProfile } from '../../site-profile';

/** A private bucket whose entries are kept for as long as the profile keeps logs. */
export function accessLogsBucket(
  scope: Construct,
  profile: SiteProfile,
  objectOwnership: s3.ObjectOwnership,
): s3.Bucket {
  const { removalPolicy, logRetentionDays } = profile._defaults;
  return privateBucket(scope, 'AccessLogs', removalPolicy, {
    // neither a load balancer nor CloudFront can write to a bucket with AWS's own KMS key
    encryption: s3.BucketEncryption.S3_MANAGED,
    objectOwnership,
    // versioned, so that who deletes an entry to hide something has not deleted it yet
    lifecycleRules: [
      {
        expiration: Duration.days(logRetentionDays),
        noncurrentVersionExpiration: Duration.days(7),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
}
