import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { requireHttps } from './private/require-https';
import { edgeSubnets } from './private/subnets';
import type { SiteDomain } from './site-domain';
import { SiteProfile } from './site-profile';

/** Properties of `SiteLoadBalancer`. */
export interface SiteLoadBalancerProps {
  /** Network whose public subnets hold the load balancer. */
  readonly vpc: ec2.IVpc;

  /** Name that visitors use. */
  readonly domain: SiteDomain;

  /**
   * Decides whether plain HTTP is allowed and whether the load balancer is protected from deletion.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;

  /**
   * Time after which a connection without traffic is closed.
   *
   * @default Duration.seconds(60)
   */
  readonly idleTimeout?: Duration;
}

/**
 * The way in from the internet: an application load balancer with one listener. With HTTPS it offers TLS 1.2 and 1.3
 * only and redirects port 80. Headers with invalid names are dropped.
 */
export class SiteLoadBalancer extends Construct {
  /** The load balancer. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** Listener that takes the visitors' requests: port 443, or 80 without HTTPS. */
  public readonly listener: elbv2.ApplicationListener;
  /** Name that visitors use. */
  public readonly hostName: string;
  /** Address of the site, without a slash at its end. */
  public readonly url: string;

  constructor(scope: Construct, id: string, props: SiteLoadBalancerProps) {
    super(scope, id);

    const profile = props.profile ?? SiteProfile.PRODUCTION;
    requireHttps(this, props.domain, profile);
    const vpcSubnets = edgeSubnets(this, props.vpc);

    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: props.vpc,
      vpcSubnets,
      internetFacing: true,
      idleTimeout: props.idleTimeout ?? Duration.seconds(60),
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
      deletionProtection: profile._defaults.deletionProtection,
    });
    const { hostName, certificate } = props.domain._bind(this, this.loadBalancer);
    this.hostName = hostName;
    this.url = `${certificate ? 'https' : 'http'}://${hostName}`;
    if (certificate) {
      this.listener = this.loadBalancer.addListener('Https', {
        protocol: elbv2.ApplicationProtocol.HTTPS,
        certificates: [certificate],
        sslPolicy: elbv2.SslPolicy.TLS13_RES,
        open: true,
      });
      this.loadBalancer.addRedirect();
    } else {
      this.listener = this.loadBalancer.addListener('Http', {
        protocol: elbv2.ApplicationProtocol.HTTP,
        open: true,
      });
    }
  }
}
