import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Kinds, PROFILE, requireKinds } from '../shared/kinds';
import { privateBucket } from '../shared/private-bucket';
import { SiteProfile } from '../site-profile';

/** Prefix of a static file in its bucket, and of its path on the site. */
export const STATIC_PREFIX = 'static/';

/** Properties of `SiteStorage`. */
export interface SiteStorageProps {
  /**
   * Decides whether the files outlive the site.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;
}

const KINDS: Kinds<SiteStorageProps> = { profile: PROFILE };

/** The files of a site, in two private, encrypted buckets: its users' uploads, and its static files. */
export class SiteStorage extends Construct {
  /** Bucket for uploads. A file that is deleted or overwritten can be restored for 30 days. */
  public readonly mediaBucket: s3.Bucket;
  /** Bucket for the static files of every release; each release adds its own, and none is deleted. Versioned likewise. */
  public readonly staticBucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: SiteStorageProps = {}) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const { removalPolicy } = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    this.mediaBucket = this.createBucket('Media', removalPolicy);
    this.staticBucket = this.createBucket('Static', removalPolicy);
  }

  private createBucket(id: string, removalPolicy: RemovalPolicy): s3.Bucket {
    return privateBucket(this, id, removalPolicy, {
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
  }
}
