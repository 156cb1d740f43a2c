import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { edgeSubnets } from '../network/subnets';
import { DOMAIN, DURATION, FLAG, type Kinds, needed, PROFILE, requireKinds, VPC } from '../shared/kinds';
import { shortened } from '../shared/shortened';
import { fail } from '../shared/validate';
import { SiteProfile } from '../site-profile';
import type { DomainPlan } from './domain-plan';
import { mainName } from './host-name';
import { accessLogsBucket } from './private/access-logs-bucket';
import { aliasRecords, domainCertificate } from './private/domain-resources';
import { hostRule } from './private/host-rule';
import type { SiteDomain } from './site-domain';

/**
 * After every rule that others add, and outside the numbers of sites that share a listener; 50000 is the highest.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
 */
const LAST_PRIORITY = 50000;

/** Properties of `SiteLoadBalancer`. */
export interface SiteLoadBalancerProps {
  /** Network that holds the load balancer. */
  readonly vpc: ec2.IVpc;

  /** Name that visitors use. */
  readonly domain: SiteDomain;

  /**
   * Decides whether plain HTTP is allowed, and the defaults of `accessLogs` and `deletionProtection`.
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

  /**
   * Whether every request is logged to a bucket of its own, where entries are kept as long as the profile keeps logs.
   *
   * @default - true in production, false in development
   */
  readonly accessLogs?: boolean;

  /**
   * Whether the load balancer can only be deleted after this has been switched off.
   *
   * @default - true in production, false in development
   */
  readonly deletionProtection?: boolean;
}

const KINDS: Kinds<SiteLoadBalancerProps> = {
  vpc: needed(VPC),
  domain: needed(DOMAIN),
  profile: PROFILE,
  idleTimeout: DURATION,
  accessLogs: FLAG,
  deletionProtection: FLAG,
};

/**
 * The entry from the internet, or from a company's network: an application load balancer with one listener. With HTTPS it offers TLS 1.2 and 1.3
 * only, redirects port 80, and answers requests for names that it does not know itself, with 421. When the domain is
 * behind CloudFront, it has no port 80, and only what comes through CloudFront is not answered with 421.
 */
export class SiteLoadBalancer extends Construct {
  /** The load balancer. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** Listener that takes the visitors' requests: port 443, or 80 without HTTPS. */
  public readonly listener: elbv2.ApplicationListener;
  /** Certificate of the listener; undefined over plain HTTP. */
  public readonly certificate?: acm.ICertificate;
  /** Names that visitors use, the main one first. */
  public readonly hostNames: string[];
  /** Address of the site, without a slash at its end. */
  public readonly url: string;
  /** Bucket of the access logs; undefined when there are none. */
  public readonly accessLogsBucket?: s3.Bucket;

  private readonly domain: DomainPlan;

  constructor(scope: Construct, id: string, props: SiteLoadBalancerProps) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const profile = props.profile ?? SiteProfile.PRODUCTION;
    const domain = props.domain._bind(this, profile, false);
    const subnets = edgeSubnets(this, props.vpc, domain.internetFacing ?? true);

    this.domain = domain;
    this.loadBalancer = this.createLoadBalancer(props, profile, subnets);
    if (props.accessLogs ?? profile._defaults.accessLogs) {
      this.accessLogsBucket = this.logRequests(profile);
    }
    this.hostNames = domain.names.length > 0 ? domain.names : [this.loadBalancer.loadBalancerDnsName];
    this.url = `${domain.https ? 'https' : 'http'}://${mainName(this.hostNames)}`;
    if (!domain.cloudFront) {
      aliasRecords(this, domain, new targets.LoadBalancerTarget(this.loadBalancer), false);
    }
    this.certificate = domainCertificate(this, domain);
    this.listener = this.certificate ? this.createListener(this.certificate) : this.createHttpListener();
  }

  /**
   * Sends requests for the site's names, and no others, to a target group.
   *
   * Returns the listener rule that does so; undefined for `SiteDomain.loadBalancerNameOverHttp`, where no name is known
   * and every request is sent on.
   *
   * @param targetGroup where the requests go
   * @param originSecret what only the site's CloudFront says; required when the domain has `cloudFront`
   */
  public forwardTo(
    targetGroup: elbv2.IApplicationTargetGroup,
    originSecret?: secretsmanager.ISecret,
  ): elbv2.ApplicationListenerRule | undefined {
    const { listener, hostNames, domain } = this;
    if (domain.cloudFront && !originSecret) {
      fail(this, "'originSecret' must be given for a domain with 'cloudFront': it is the one of its SiteDistribution");
    }
    if (domain.names.length === 0) {
      listener.addTargetGroups('Site', { targetGroups: [targetGroup] });
      return undefined;
    }
    const priority = domain.rulePriority ?? LAST_PRIORITY;
    return hostRule(this, { listener, hostNames, priority, targetGroup, originSecret });
  }

  private createLoadBalancer(
    props: SiteLoadBalancerProps,
    profile: SiteProfile,
    vpcSubnets: ec2.SubnetSelection,
  ): elbv2.ApplicationLoadBalancer {
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: props.vpc,
      vpcSubnets,
      internetFacing: this.domain.internetFacing ?? true,
      idleTimeout: props.idleTimeout ?? Duration.seconds(60),
      http2Enabled: true,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
      xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
      deletionProtection: props.deletionProtection ?? profile._defaults.deletionProtection,
    });
    // aws-cdk-lib writes these only when they are on
    for (const attribute of ['http.preserve_host_header.enabled', 'http.xff_client_port.enabled']) {
      loadBalancer.setAttribute(`routing.${attribute}`, 'false');
    }
    for (const { node } of loadBalancer.connections.securityGroups) {
      const group = node.defaultChild as ec2.CfnSecurityGroup;
      group.groupDescription = shortened(group.groupDescription);
    }
    loadBalancer.setAttribute('waf.fail_open.enabled', 'false');
    return loadBalancer;
  }

  private createHttpListener(): elbv2.ApplicationListener {
    return this.loadBalancer.addListener('Http', { protocol: elbv2.ApplicationProtocol.HTTP, open: true });
  }

  private createListener(certificate: acm.ICertificate): elbv2.ApplicationListener {
    const { cloudFront } = this.domain;
    const prefixList = cloudFront?.originPrefixList;
    const listener = this.loadBalancer.addListener('Https', {
      protocol: elbv2.ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
      open: prefixList === undefined,
      defaultAction: elbv2.ListenerAction.fixedResponse(421, {
        contentType: 'text/plain',
        messageBody: cloudFront
          ? 'This server answers requests that come through CloudFront.'
          : 'This server does not know the host name of the request.',
      }),
    });
    if (prefixList)
      listener.connections.allowDefaultPortFrom(ec2.Peer.prefixList(prefixList.prefixListId), 'CloudFront');
    if (!cloudFront) this.loadBalancer.addRedirect();
    return listener;
  }

  /** Not by `logAccessLogs`, which needs to know the region: the account's number of load balancing differs in each. */
  private logRequests(profile: SiteProfile): s3.Bucket {
    const bucket = accessLogsBucket(this, profile, s3.ObjectOwnership.BUCKET_OWNER_ENFORCED);
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        // load balancers of other accounts write under another number
        resources: [bucket.arnForObjects(`AWSLogs/${Stack.of(this).account}/*`)],
      }),
    );
    this.loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    this.loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
    // a load balancer that may not write to the bucket is refused
    this.loadBalancer.node.addDependency(bucket);
    return bucket;
  }
}
