import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BUCKET, type Kinds, LIST, PROFILE, requireKinds } from '../shared/kinds';
import { privateBucket } from '../shared/private-bucket';
import { fail } from '../shared/validate';
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

  /**
   * Bucket for uploads that exists already. What becomes of it is its owner's business.
   *
   * @default - a new one
   */
  readonly mediaBucket?: s3.IBucket;

  /**
   * Bucket for static files that exists already. The release adds `static/…` to it.
   *
   * @default - a new one
   */
  readonly staticBucket?: s3.IBucket;

  /**
   * Rules by which pages of other origins, or forms that upload to S3 themselves, may use a new `mediaBucket`.
   *
   * @default - none
   */
  readonly mediaCors?: s3.CorsRule[];
}

const KINDS: Kinds<SiteStorageProps> = {
  profile: PROFILE,
  mediaBucket: BUCKET,
  staticBucket: BUCKET,
  mediaCors: LIST,
};

/** The files of a site, in two buckets, private and encrypted unless they are given: its users' uploads, and its static files. */
export class SiteStorage extends Construct {
  /** Bucket for uploads. A file that is deleted or overwritten can be restored for 30 days. */
  public readonly mediaBucket: s3.IBucket;
  /** Bucket for the static files of every release; each release adds its own, and none is deleted. Versioned likewise. */
  public readonly staticBucket: s3.IBucket;

  constructor(scope: Construct, id: string, props: SiteStorageProps = {}) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const { removalPolicy } = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
    if (props.mediaBucket && props.mediaCors) {
      fail(this, "'mediaCors' must be left out when 'mediaBucket' is given: its rules are set where it is made");
    }
    if (props.mediaBucket && props.mediaBucket.bucketName === props.staticBucket?.bucketName) {
      fail(this, "'mediaBucket' and 'staticBucket' must differ: static files are public, and uploads may be private");
    }
    this.mediaBucket = props.mediaBucket ?? this.createBucket('Media', removalPolicy, props.mediaCors);
    this.staticBucket = props.staticBucket ?? this.createBucket('Static', removalPolicy);
  }

  private createBucket(id: string, removalPolicy: RemovalPolicy, cors?: s3.CorsRule[]): s3.Bucket {
    return privateBucket(this, id, removalPolicy, {
      cors,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
  }
}
