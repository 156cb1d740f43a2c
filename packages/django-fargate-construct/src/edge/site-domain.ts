import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { IConstruct } from 'constructs';
import type { SiteProfile } from '../site-profile';
import type { CloudFrontOptions } from './cloud-front-options';
import type { DomainKind, DomainPlan } from './domain-plan';
import { hostName } from './host-name';
import { requireDomain } from './require-domain';

/** Options of every `SiteDomain`. */
export interface SiteEntryOptions {
  /**
   * Whether the internet reaches the site's load balancer. One that it does not reach has private addresses, for a network that is
   * connected to the VPC: by VPN, Direct Connect, peering or a transit gateway.
   *
   * @default true
   */
  readonly internetFacing?: boolean;
}

/** Options of every `SiteDomain` that has a name. */
export interface SiteDomainOptions extends SiteEntryOptions {
  /**
   * Up to 4 further names that Django answers to as it does to the first. `*.example.com` stands for every name below
   * `example.com`, and not for that itself.
   *
   * @default - none
   */
  readonly alternativeNames?: string[];

  /**
   * Priority of the site's listener rule, 1 to 50000; the rule with the lowest number that matches a request decides.
   *
   * @default - on a given listener a number from 1000 to 49999 that only depends on the name (from 49000 for a wildcard), otherwise 50000
   */
  readonly rulePriority?: number;

  /**
   * Load balancer of the listener that the site is given. Alias records and CloudFront lead to it.
   *
   * @default - the site's own; on a given listener it must be given for alias records and for CloudFront
   */
  readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  /**
   * CloudFront in front of the site. The names lead to it, and the load balancer refuses whatever comes another way; a
   * listener rule then has room for 3 alternative names.
   *
   * @default - visitors reach the load balancer itself
   */
  readonly cloudFront?: CloudFrontOptions;
}

/** Options of `SiteDomain.hostedZone`. */
export interface HostedZoneDomainOptions extends SiteDomainOptions {
  /**
   * Certificate for all names.
   *
   * @default - a new one in AWS Certificate Manager, validated through the hosted zone
   */
  readonly certificate?: acm.ICertificate;
}

/** The name that visitors use, and with it whether the site speaks HTTPS. */
export class SiteDomain {
  /**
   * HTTPS under a name in a Route 53 hosted zone: the site makes the alias records and, unless one is given, the
   * certificate.
   *
   * @param zone hosted zone that holds the names
   * @param name full name, such as `www.example.com`, or `*.example.com` for every name below `example.com`
   * @param options what differs from the defaults
   */
  public static hostedZone(zone: route53.IHostedZone, name: string, options: HostedZoneDomainOptions = {}): SiteDomain {
    return new SiteDomain(name, { https: true, zone, certificate: options.certificate }, options);
  }

  /**
   * HTTPS under a name whose DNS records are kept elsewhere: point it at the load balancer, or at CloudFront, yourself.
   *
   * @param name full name, such as `www.example.com`
   * @param certificate certificate for all names, in the stack's region
   * @param options what differs from the defaults
   */
  public static certificate(name: string, certificate: acm.ICertificate, options: SiteDomainOptions = {}): SiteDomain {
    return new SiteDomain(name, { https: true, certificate }, options);
  }

  /**
   * HTTPS under a name that the listener given to the site already has a certificate for, and whose DNS records are
   * kept elsewhere: the site adds nothing but its rule.
   *
   * @param name full name, such as `shop.example.com`
   * @param options what differs from the defaults
   */
  public static coveredByListener(name: string, options: SiteDomainOptions = {}): SiteDomain {
    return new SiteDomain(name, { https: true, onlyOnListener: true }, options);
  }

  /**
   * Plain HTTP under the load balancer's own name: nothing is encrypted on its way. Only in the development profile.
   *
   * @param options what differs from the defaults
   */
  public static loadBalancerNameOverHttp(options: SiteEntryOptions = {}): SiteDomain {
    return new SiteDomain(undefined, { https: false }, options);
  }

  /** Name that visitors use, in small letters and without a dot at its end; undefined when it is the load balancer's own. */
  public readonly name: string | undefined;

  private readonly plan: DomainPlan;

  private constructor(name: string | undefined, kind: DomainKind, options: SiteDomainOptions = {}) {
    const { alternativeNames = [], rulePriority, loadBalancer, cloudFront, internetFacing } = options;
    const names = name === undefined ? [] : [name, ...alternativeNames].map(hostName);
    this.name = names[0];
    this.plan = { ...kind, names, rulePriority, loadBalancer, cloudFront, internetFacing };
  }

  /**
   * The domain as it was asked for, after a check that it can work with the profile, and with a listener that is given or
   * without one.
   *
   * @internal
   */
  public _bind(scope: IConstruct, profile: SiteProfile, onListener: boolean): DomainPlan {
    requireDomain(scope, this.plan, profile, onListener);
    return this.plan;
  }
}
