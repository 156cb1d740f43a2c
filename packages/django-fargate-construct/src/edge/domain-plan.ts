import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { CloudFrontOptions } from './cloud-front-options';

/** The differences between the kinds of domain. */
export interface DomainKind {
  readonly https: boolean;
  /** Hosted zone that gets the records of the names; undefined when they are kept elsewhere. */
  readonly zone?: route53.IHostedZone;
  /** Certificate for the names that exists; without one, a zone is there to validate a new one. */
  readonly certificate?: acm.ICertificate;
  /** Whether the certificate is the one of a listener that is given. */
  readonly onlyOnListener?: boolean;
}

/** A domain with every option in its place. */
export interface DomainPlan extends DomainKind {
  /** Names that visitors use, the main one first; none when it is the load balancer's own. */
  readonly names: string[];
  readonly rulePriority?: number;
  /** Whether the internet reaches the site's own load balancer; true unless it is said otherwise. */
  readonly internetFacing?: boolean;
  /** Load balancer of the listener that is given. */
  readonly loadBalancer?: elbv2.IApplicationLoadBalancer;
  readonly cloudFront?: CloudFrontOptions;
}
