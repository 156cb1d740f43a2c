import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { SiteProfile } from './site-profile';

/** Properties of `SiteStorage`. */
export interface SiteStorageProps {
  /**
   * Decides whether the files outlive the site.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;
}

/** Where a site keeps the files that its users upload: a private, encrypted, versioned bucket. */
export class SiteStorage extends Construct {
  /** Bucket for uploads. A file that is deleted or overwritten can be restored for 30 days. */
  public readonly mediaBucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: SiteStorageProps = {}) {
    super(scope, id);

    const { removalPolicy } = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    this.mediaBucket = new s3.Bucket(this, 'Media', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
  }
}
