import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { CloudFrontOptions } from './cloud-front-options';

/** Options of every `SiteDomain` that has a name. */
export interface SiteDomainOptions {
  /**
   * Up to 4 further names that Django answers to as it does to the first.
   *
   * @default - none
   */
  readonly alternativeNames?: string[];

  /**
   * Priority of the site's listener rule, 1 to 50000; the rule with the lowest number that matches a request decides.
   *
   * @default - on a given listener a number from 1000 to 49999 that only depends on the name, otherwise 50000
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
export abstract class SiteDomain {
  /**
   * HTTPS under a name in a Route 53 hosted zone: the site makes the alias records and, unless one is given, the
   * certificate.
   *
   * @param zone hosted zone that holds the names
   * @param name full name, such as `www.example.com`
   * @param options what differs from the defaults
   */
  public static hostedZone(zone: route53.IHostedZone, name: string, options: HostedZoneDomainOptions = {}): SiteDomain {
    return new HostedZoneDomain(zone, name, options);
  }

  /**
   * HTTPS under a name whose DNS records are kept elsewhere: point it at the load balancer, or at CloudFront, yourself.
   *
   * @param name full name, such as `www.example.com`
   * @param certificate certificate for all names, in the stack's region
   * @param options what differs from the defaults
   */
  public static certificate(name: string, certificate: acm.ICertificate, options: SiteDomainOptions = {}): SiteDomain {
    return new CertificateDomain(name, certificate, options);
  }

  /**
   * HTTPS under a name that the listener given to the site already has a certificate for, and whose DNS records are
   * kept elsewhere: the site adds nothing but its rule.
   *
   * @param name full name, such as `shop.example.com`
   * @param options what differs from the defaults
   */
  public static coveredByListener(name: string, options: SiteDomainOptions = {}): SiteDomain {
    return new CoveredDomain(name, options);
  }

  /** Plain HTTP under the load balancer's own name: nothing is encrypted on its way. Only in the development profile. */
  public static loadBalancerNameOverHttp(): SiteDomain {
    return new LoadBalancerDomain();
  }

  /** @internal */
  public readonly _names: string[];
  /** @internal */
  public readonly _rulePriority?: number;
  /** @internal */
  public readonly _loadBalancer?: elbv2.IApplicationLoadBalancer;
  /** @internal */
  public readonly _cloudFront?: CloudFrontOptions;

  protected constructor(
    /** @internal */
    public readonly _https: boolean,
    /** Name that visitors use; undefined when it is the load balancer's own. */
    public readonly name?: string,
    options: SiteDomainOptions = {},
  ) {
    this._names = name === undefined ? [] : [name, ...(options.alternativeNames ?? [])];
    this._rulePriority = options.rulePriority;
    this._loadBalancer = options.loadBalancer;
    this._cloudFront = options.cloudFront;
  }

  /**
   * Whether only a listener that is given can serve the name.
   *
   * @internal
   */
  public get _onlyOnListener(): boolean {
    return false;
  }

  /**
   * Hosted zone of the names.
   *
   * @internal
   */
  public get _zone(): route53.IHostedZone | undefined {
    return undefined;
  }

  /**
   * Certificate that the listener needs for the names; without one it has one already, or speaks plain HTTP.
   *
   * @internal
   */
  public abstract _certificate(scope: Construct): acm.ICertificate | undefined;

  /**
   * Points the names at the load balancer or the distribution, where that is the site's task.
   *
   * @internal
   */
  public _addRecords(_scope: Construct, _target: route53.IAliasRecordTarget, _ipv6: boolean): route53.RecordSet[] {
    return [];
  }
}

class HostedZoneDomain extends SiteDomain {
  constructor(
    private readonly zone: route53.IHostedZone,
    private readonly hostName: string,
    private readonly options: HostedZoneDomainOptions,
  ) {
    super(true, hostName, options);
  }

  public override get _zone() {
    return this.zone;
  }

  public _certificate(scope: Construct): acm.ICertificate {
    return (
      this.options.certificate ??
      new acm.Certificate(scope, 'Certificate', {
        domainName: this.hostName,
        subjectAlternativeNames: this.options.alternativeNames,
        validation: acm.CertificateValidation.fromDns(this.zone),
      })
    );
  }

  public override _addRecords(scope: Construct, alias: route53.IAliasRecordTarget, ipv6: boolean): route53.RecordSet[] {
    const target = route53.RecordTarget.fromAlias(alias);
    return this._names.flatMap((recordName, index) => {
      // a record must keep its id when names before it come and go: two records of one name cannot be
      const own = Token.isUnresolved(recordName) ? `${index}` : `-${recordName}`;
      const id = index === 0 ? 'Alias' : `Alias${own}`;
      const props = { zone: this.zone, recordName, target };
      const record = new route53.ARecord(scope, id, props);
      return ipv6 ? [record, new route53.AaaaRecord(scope, `${id}Ipv6`, props)] : [record];
    });
  }
}

class CertificateDomain extends SiteDomain {
  constructor(
    name: string,
    private readonly given: acm.ICertificate,
    options: SiteDomainOptions,
  ) {
    super(true, name, options);
  }

  public _certificate(): acm.ICertificate {
    return this.given;
  }
}

class CoveredDomain extends SiteDomain {
  constructor(name: string, options: SiteDomainOptions) {
    super(true, name, options);
  }

  public override get _onlyOnListener() {
    return true;
  }

  public _certificate(): undefined {
    return undefined;
  }
}

class LoadBalancerDomain extends SiteDomain {
  constructor() {
    super(false);
  }

  public _certificate(): undefined {
    return undefined;
  }
}
