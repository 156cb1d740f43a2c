import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { SiteStorage } from '../data/site-storage';
import type { RequestTiming } from '../shared/request-timing';
import type { SiteProfile } from '../site-profile';
import type { DomainPlan } from './domain-plan';
import { aliasRecords } from './private/domain-resources';
import type { Edge } from './private/host-rule';
import { SharedListener } from './private/shared-listener';
import { SiteDistribution } from './site-distribution';
import type { SiteDomain } from './site-domain';
import { SiteLoadBalancer } from './site-load-balancer';

/** Props of a site that its edge follows from. */
interface EdgeProps {
  readonly domain: SiteDomain;
  readonly listener?: elbv2.IApplicationListener;
}

/** Parts and plans of a site that its edge needs. */
interface EdgeSite {
  readonly domain: DomainPlan;
  readonly vpc: ec2.IVpc;
  readonly profile: SiteProfile;
  readonly storage: SiteStorage;
  readonly timing: RequestTiming;
}

/** The edge of a site: a load balancer, and CloudFront in front of it where the domain says so. */
interface SiteEdge {
  readonly edge: Edge;
  readonly cloudFront?: SiteDistribution;
  forwardTo(targetGroup: elbv2.IApplicationTargetGroup): elbv2.ApplicationListenerRule | undefined;
}

/** Makes the edge of a site. */
export function siteEdge(scope: Construct, props: EdgeProps, site: EdgeSite): SiteEdge {
  const edge = loadBalancing(scope, props, site);
  const cloudFront = cloudFrontBefore(scope, edge, site);
  if (!cloudFront) return { edge, forwardTo: (targetGroup) => edge.forwardTo(targetGroup) };
  // beside the records that lead to the load balancer without CloudFront: a name has one record of a type
  const records = aliasRecords(edge, site.domain, new targets.CloudFrontTarget(cloudFront.distribution), true);
  return {
    edge,
    cloudFront,
    forwardTo: (targetGroup) => {
      const rule = edge.forwardTo(targetGroup, cloudFront.originSecret);
      // a running site goes on answering the load balancer's visitors until its names lead to CloudFront
      rule?.node.addDependency(cloudFront.distribution, ...records);
      return rule;
    },
  };
}

function loadBalancing(scope: Construct, { domain, listener }: EdgeProps, site: EdgeSite): Edge {
  if (listener) return new SharedListener(scope, 'Edge', { listener, domain: site.domain });
  const { vpc, profile, timing } = site;
  const idleTimeout = Duration.seconds(timing.idleTimeout);
  return new SiteLoadBalancer(scope, 'Edge', { vpc, domain, profile, idleTimeout });
}

function cloudFrontBefore(scope: Construct, edge: Edge, site: EdgeSite): SiteDistribution | undefined {
  const { profile, storage, timing } = site;
  const { cloudFront } = site.domain;
  if (!cloudFront) return undefined;
  const { certificate, media, originSecret, priceClass, accessLogs } = cloudFront;
  return new SiteDistribution(scope, 'CloudFront', {
    loadBalancer: edge.loadBalancer,
    domainNames: edge.hostNames,
    // a domain without either has been refused
    certificate: certificate ?? (edge.certificate as acm.ICertificate),
    staticBucket: storage.staticBucket,
    mediaBucket: storage.mediaBucket,
    requestTimeout: Duration.seconds(timing.requestTimeout),
    profile,
    media,
    originSecret,
    priceClass,
    accessLogs,
  });
}
