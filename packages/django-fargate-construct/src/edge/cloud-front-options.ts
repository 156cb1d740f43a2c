import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { MediaAccess } from './media-access';

/** Options of a distribution, wherever it is made. */
export interface SiteDistributionOptions {
  /**
   * The way to uploads under `/media/`.
   *
   * @default MediaAccess.throughDjango()
   */
  readonly media?: MediaAccess;

  /**
   * Secret that CloudFront sends to the load balancer with every request, as plain text of at most 128 letters and digits.
   *
   * @default - a new one of 64 letters and digits
   */
  readonly originSecret?: secretsmanager.ISecret;

  /**
   * Regions of the world in which CloudFront answers.
   *
   * @default cloudfront.PriceClass.PRICE_CLASS_ALL
   */
  readonly priceClass?: cloudfront.PriceClass;

  /**
   * Whether every request is logged to a bucket of its own, without cookies, where entries are kept as long as the profile
   * keeps logs. CloudFront does not write to buckets in regions that an account must enable first.
   *
   * @default - true in production, false in development
   */
  readonly accessLogs?: boolean;
}

/** CloudFront in front of the load balancer, which then answers nobody else. */
export interface CloudFrontOptions extends SiteDistributionOptions {
  /**
   * Certificate for all names, in us-east-1 whatever the stack's region is.
   *
   * @default - the certificate of the load balancer, when the stack's region is us-east-1; otherwise it must be given
   */
  readonly certificate?: acm.ICertificate;

  /**
   * The prefix list of CloudFront's own servers, `com.amazonaws.global.cloudfront.origin-facing`: nobody else can connect
   * to the load balancer then. It counts as 55 of the 60 rules that a security group has unless AWS raises the quota.
   *
   * @default - everybody can connect, and the load balancer refuses what does not come through the distribution
   */
  readonly originPrefixList?: ec2.IPrefixList;
}
