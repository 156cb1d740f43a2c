import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';

/** What a domain makes of a site's load balancer. */
interface BoundDomain {
  /** Name that visitors use. */
  readonly hostName: string;
  /** Certificate of the HTTPS listener; without one the site answers over plain HTTP. */
  readonly certificate?: acm.ICertificate;
}

/** Options of `SiteDomain.hostedZone`. */
export interface HostedZoneDomainOptions {
  /**
   * Certificate for the name.
   *
   * @default - a new one in AWS Certificate Manager, validated through the hosted zone
   */
  readonly certificate?: acm.ICertificate;
}

/** The name that visitors use, and with it whether the site speaks HTTPS. */
export abstract class SiteDomain {
  /**
   * HTTPS under a name in a Route 53 hosted zone: the site makes the alias record and, unless one is given, the
   * certificate.
   *
   * @param zone hosted zone that holds the name
   * @param name full name, such as `www.example.com`
   * @param options what differs from the defaults
   */
  public static hostedZone(zone: route53.IHostedZone, name: string, options: HostedZoneDomainOptions = {}): SiteDomain {
    return new HostedZoneDomain(zone, name, options.certificate);
  }

  /**
   * HTTPS under a name whose DNS records are kept elsewhere: point it at the load balancer yourself.
   *
   * @param name full name, such as `www.example.com`
   * @param certificate certificate for the name, in the stack's region
   */
  public static certificate(name: string, certificate: acm.ICertificate): SiteDomain {
    return new CertificateDomain(name, certificate);
  }

  /** Plain HTTP under the load balancer's own name: nothing is encrypted on its way. Only in the development profile. */
  public static loadBalancerNameOverHttp(): SiteDomain {
    return new LoadBalancerDomain();
  }

  protected constructor(
    /** @internal */
    public readonly _https: boolean,
    /** Name that visitors use; undefined when it is the load balancer's own. */
    public readonly name?: string,
  ) {}

  /** @internal */
  public abstract _bind(scope: Construct, loadBalancer: elbv2.ApplicationLoadBalancer): BoundDomain;
}

class HostedZoneDomain extends SiteDomain {
  constructor(
    private readonly zone: route53.IHostedZone,
    private readonly hostName: string,
    private readonly given?: acm.ICertificate,
  ) {
    super(true, hostName);
  }

  public _bind(scope: Construct, loadBalancer: elbv2.ApplicationLoadBalancer): BoundDomain {
    const { zone, hostName } = this;
    new route53.ARecord(scope, 'Alias', {
      zone,
      recordName: hostName,
      target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
    });
    const certificate =
      this.given ??
      new acm.Certificate(scope, 'Certificate', {
        domainName: hostName,
        validation: acm.CertificateValidation.fromDns(zone),
      });
    return { hostName, certificate };
  }
}

class CertificateDomain extends SiteDomain {
  constructor(
    private readonly hostName: string,
    private readonly given: acm.ICertificate,
  ) {
    super(true, hostName);
  }

  public _bind(): BoundDomain {
    return { hostName: this.hostName, certificate: this.given };
  }
}

class LoadBalancerDomain extends SiteDomain {
  constructor() {
    super(false);
  }

  public _bind(_scope: Construct, loadBalancer: elbv2.ApplicationLoadBalancer): BoundDomain {
    return { hostName: loadBalancer.loadBalancerDnsName };
  }
}
