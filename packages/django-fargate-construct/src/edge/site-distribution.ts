import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations, Duration, Resource, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EXCLUDED_CHARACTERS } from '../shared/generated-password';
import {
  BUCKET,
  CERTIFICATE,
  DURATION,
  FLAG,
  having,
  type Kinds,
  LOAD_BALANCER,
  needed,
  PROFILE,
  requireKinds,
  SECRET,
  TEXT,
  TEXTS,
} from '../shared/kinds';
import { fail, requireWhole } from '../shared/validate';
import { SiteProfile } from '../site-profile';
import type { SiteDistributionOptions } from './cloud-front-options';
import { MediaAccess } from './media-access';
import { accessLogsBucket } from './private/access-logs-bucket';
import { ORIGIN_SECRET_HEADER } from './private/cloud-front-headers';
import { ATTACHMENT_CODE, VIEWER_ADDRESS_CODE } from './private/edge-functions';
import { globalName } from './private/global-name';
import { mediaHeaders, pageHeaders, staticHeaders } from './private/response-headers';
import { MAX_ORIGIN_TIMEOUT, requireViewerCertificate } from './require-domain';

/** Every error that CloudFront would remember for 10 seconds, and show to others than the one who caused it. */
const ERRORS = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/** Whether a bucket is made in the same stack, or known by its name alone. */
function isBeside(scope: Construct, bucket: s3.IBucket): boolean {
  return Stack.of(bucket) === Stack.of(scope) || !Resource.isOwnedResource(bucket);
}

/** Properties of `SiteDistribution`. */
export interface SiteDistributionProps extends SiteDistributionOptions {
  /** Load balancer that answers for the site, with HTTPS and a certificate for the names. */
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;

  /** Names that visitors use. */
  readonly domainNames: string[];

  /** Certificate for all names, in us-east-1. */
  readonly certificate: acm.ICertificate;

  /** Bucket whose object `static/<name>` is served as `/static/<name>`. */
  readonly staticBucket: s3.IBucket;

  /**
   * Bucket whose object `media/<name>` is served as `/media/<name>`.
   *
   * @default - none; `media` must then be `MediaAccess.throughDjango()`
   */
  readonly mediaBucket?: s3.IBucket;

  /**
   * Time that a request may take, up to 60 seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly requestTimeout?: Duration;

  /**
   * Decides the default of `accessLogs`, how long they are kept, and whether they outlive the distribution.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;
}

const KINDS: Kinds<SiteDistributionProps> = {
  loadBalancer: needed(LOAD_BALANCER),
  domainNames: needed(TEXTS),
  certificate: needed(CERTIFICATE),
  staticBucket: needed(BUCKET),
  mediaBucket: BUCKET,
  requestTimeout: DURATION,
  profile: PROFILE,
  accessLogs: FLAG,
  media: having('a MediaAccess, such as MediaAccess.signed()', '_fromBucket'),
  originSecret: SECRET,
  priceClass: TEXT,
};

/**
 * CloudFront in front of a site: static files and, where that is wanted, uploads from their buckets, and everything else
 * from the load balancer, uncached. HTTPS on both ways; HTTP/2, HTTP/3 and IPv6 for visitors.
 */
export class SiteDistribution extends Construct {
  /** The distribution. */
  public readonly distribution: cloudfront.Distribution;
  /** Secret in the header `X-Origin-Secret` of every request to the load balancer; who has none did not come this way. */
  public readonly originSecret: secretsmanager.ISecret;
  /** Bucket of the access logs; undefined when there are none. */
  public readonly accessLogsBucket?: s3.Bucket;

  private readonly originAccessControl: cloudfront.S3OriginAccessControl;

  constructor(scope: Construct, id: string, props: SiteDistributionProps) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const profile = props.profile ?? SiteProfile.PRODUCTION;
    const media = props.media ?? MediaAccess.throughDjango();
    const requestTimeout = props.requestTimeout?.toSeconds() ?? 30;
    requireViewerCertificate(this, 'certificate', props.certificate);
    requireWhole(this, 'requestTimeout', requestTimeout, 1, MAX_ORIGIN_TIMEOUT);
    if (media._fromBucket && !props.mediaBucket) {
      fail(this, "'mediaBucket' must be given unless 'media' is MediaAccess.throughDjango()");
    }

    this.originSecret = props.originSecret ?? this.createSecret();
    if (props.accessLogs ?? profile._defaults.accessLogs) {
      // CloudFront writes as a user of the bucket's ACL
      this.accessLogsBucket = accessLogsBucket(this, profile, s3.ObjectOwnership.BUCKET_OWNER_PREFERRED);
    }
    this.originAccessControl = new cloudfront.S3OriginAccessControl(this, 'OriginAccess', {
      originAccessControlName: globalName(this, 'Files', 64),
    });
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      domainNames: props.domainNames,
      certificate: props.certificate,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
      sslSupportMethod: cloudfront.SSLMethod.SNI,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      priceClass: props.priceClass ?? cloudfront.PriceClass.PRICE_CLASS_ALL,
      logBucket: this.accessLogsBucket,
      logIncludesCookies: false,
      errorResponses: ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      defaultBehavior: this.pages(props.loadBalancer, requestTimeout),
      additionalBehaviors: {
        '/static/*': this.statics(props.staticBucket),
        ...(media._fromBucket && props.mediaBucket ? { '/media/*': this.uploads(props.mediaBucket, media) } : {}),
      },
    });
    Annotations.of(this.distribution).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'only paths below /static/ reach the bucket, and its list is at /',
    );
  }

  private createSecret(): secretsmanager.Secret {
    return new secretsmanager.Secret(this, 'OriginSecret', {
      description: `What CloudFront says in ${ORIGIN_SECRET_HEADER} to the load balancer`,
      // a listener rule takes * and ? for wildcards
      generateSecretString: { passwordLength: 64, excludeCharacters: EXCLUDED_CHARACTERS },
    });
  }

  /** The visitor's Host goes to the load balancer, so that CloudFront compares the load balancer's certificate with it. */
  private pages(loadBalancer: elbv2.IApplicationLoadBalancer, requestTimeout: number): cloudfront.BehaviorOptions {
    return {
      origin: new origins.LoadBalancerV2Origin(loadBalancer, {
        protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
        customHeaders: { [ORIGIN_SECRET_HEADER]: this.originSecret.secretValue.unsafeUnwrap() },
        // later than gunicorn: CloudFront sends a GET that it gave up again
        readTimeout: Duration.seconds(Math.min(MAX_ORIGIN_TIMEOUT, requestTimeout + 5)),
        // a load balancer keeps connections for longer than a request may take
        keepaliveTimeout: Duration.seconds(requestTimeout),
      }),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
      responseHeadersPolicy: pageHeaders(this),
      functionAssociations: [
        this.edgeFunction('ViewerAddress', VIEWER_ADDRESS_CODE, cloudfront.FunctionEventType.VIEWER_REQUEST),
      ],
    };
  }

  private statics(bucket: s3.IBucket): cloudfront.BehaviorOptions {
    return {
      ...this.files(bucket, [cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST]),
      responseHeadersPolicy: staticHeaders(this),
    };
  }

  private uploads(bucket: s3.IBucket, media: MediaAccess): cloudfront.BehaviorOptions {
    const signing = media._signing;
    return {
      ...this.files(bucket, [cloudfront.AccessLevel.READ]),
      responseHeadersPolicy: mediaHeaders(this),
      functionAssociations: [
        this.edgeFunction('Attachment', ATTACHMENT_CODE, cloudfront.FunctionEventType.VIEWER_RESPONSE),
      ],
      trustedKeyGroups: signing && [
        new cloudfront.KeyGroup(this, 'MediaKeys', {
          keyGroupName: globalName(this, 'MediaKeys', 80),
          items: [signing.publicKey, ...(signing.formerPublicKeys ?? [])],
        }),
      ],
    };
  }

  /** Without the right to list, S3 answers 403 for what is not there, not 404. */
  private files(bucket: s3.IBucket, originAccessLevels: cloudfront.AccessLevel[]): cloudfront.BehaviorOptions {
    const { originAccessControl } = this;
    const origin = isBeside(this, bucket) ? bucket : this.elsewhere(bucket, originAccessLevels);
    return {
      origin: origins.S3BucketOrigin.withOriginAccessControl(origin, { originAccessControl, originAccessLevels }),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      compress: true,
    };
  }

  /**
   * A bucket that another stack makes, as one that is imported: its policy must not name this distribution, on which that stack
   * would come to depend. It lets in the distributions of the account instead.
   */
  private elsewhere(bucket: s3.IBucket, levels: cloudfront.AccessLevel[]): s3.IBucket {
    const { account, partition } = Stack.of(this);
    const listed = levels.includes(cloudfront.AccessLevel.LIST);
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject', ...(listed ? ['s3:ListBucket'] : [])],
        resources: [bucket.arnForObjects('*'), ...(listed ? [bucket.bucketArn] : [])],
        conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudfront::${account}:distribution/*` } },
      }),
    );
    const { bucketArn, bucketRegionalDomainName } = bucket;
    const imported = s3.Bucket.fromBucketAttributes(this, `${bucket.node.id}Elsewhere`, {
      bucketArn,
      bucketRegionalDomainName,
    });
    return imported;
  }

  private edgeFunction(
    id: string,
    code: string,
    eventType: cloudfront.FunctionEventType,
  ): cloudfront.FunctionAssociation {
    return {
      eventType,
      function: new cloudfront.Function(this, id, {
        code: cloudfront.FunctionCode.fromInline(code),
        runtime: cloudfront.FunctionRuntime.JS_2_0,
      }),
    };
  }
}
