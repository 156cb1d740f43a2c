import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail, requireWhole } from '../shared/validate';
import type { SiteProfile } from '../site-profile';
import type { DomainPlan } from './domain-plan';

/**
 * CloudFront waits no longer for a response, unless AWS raises the quota.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const MAX_ORIGIN_TIMEOUT = 60;

/**
 * Region in which CloudFront looks for certificates.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
 */
const CLOUD_FRONT_REGION = 'us-east-1';

/**
 * A listener rule compares with five values at most; CloudFront's secret is one of them.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const MAX_VALUES = 5;
/** A label of a host name, and a host name of two labels or more that a listener rule takes: 128 characters at most. */
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,128}$)(${LABEL}\\.)+[a-z]${LABEL}$`);

/** Fails synthesis for a domain that cannot work with the profile, or with the listener that is given or not. */
export function requireDomain(scope: IConstruct, domain: DomainPlan, profile: SiteProfile, onListener: boolean): void {
  requireHttps(scope, domain, profile);
  if (onListener) requireForListener(scope, domain);
  else requireWithoutListener(scope, domain);
  requireNames(scope, domain);
  requireCloudFront(scope, domain, onListener);
  if (domain.rulePriority !== undefined) requireWhole(scope, 'rulePriority', domain.rulePriority, 1, 50000);
}

function requireForListener(scope: IConstruct, domain: DomainPlan): void {
  if (domain.names.length === 0) {
    fail(
      scope,
      "'domain' must have a name when 'listener' is given: use SiteDomain.hostedZone(), certificate() or coveredByListener()",
    );
  }
  if (domain.zone && !domain.loadBalancer) {
    fail(
      scope,
      "'loadBalancer' must be given to SiteDomain.hostedZone() when 'listener' is given: the alias records point to it",
    );
  }
  if (Token.isUnresolved(domain.names[0]) && domain.rulePriority === undefined) {
    fail(scope, "'rulePriority' must be given when 'listener' is given and the name is only known at deployment");
  }
}

function requireWithoutListener(scope: IConstruct, domain: DomainPlan): void {
  if (domain.onlyOnListener) {
    fail(scope, "'listener' must be given for SiteDomain.coveredByListener(): its certificate is the only one");
  }
  if (domain.loadBalancer) {
    fail(scope, "'loadBalancer' must be left out of SiteDomain unless 'listener' is given: one is made here");
  }
}

function requireNames(scope: IConstruct, domain: DomainPlan): void {
  const zone = domain.zone?.zoneName;
  const maxNames = domain.cloudFront ? MAX_VALUES - 1 : MAX_VALUES;
  if (domain.names.length > maxNames) {
    const rule = domain.cloudFront ? "one listener rule with 'cloudFront'" : 'one listener rule';
    const count = domain.names.length - 1;
    fail(scope, `'alternativeNames' must be ${maxNames - 1} names at most, all that fit into ${rule}, got ${count}`);
  }
  for (const [index, name] of domain.names.entries()) {
    if (Token.isUnresolved(name)) continue;
    if (!HOST_NAME.test(name)) {
      fail(scope, `'domain' must have host names in small letters such as www.example.com, got '${name}'`);
    }
    if (domain.names.indexOf(name) !== index) {
      fail(scope, `'alternativeNames' must not repeat a name, got '${name}' twice`);
    }
    if (zone !== undefined && !Token.isUnresolved(zone) && name !== zone && !name.endsWith(`.${zone}`)) {
      fail(scope, `'domain' must have names in the hosted zone '${zone}', got '${name}'`);
    }
  }
}

/** Fails synthesis for plain HTTP where the profile forbids it. */
function requireHttps(scope: IConstruct, domain: DomainPlan, profile: SiteProfile): void {
  if (domain.https || profile._defaults.plainHttp) return;
  fail(scope, `the ${profile.name} profile requires HTTPS: use SiteDomain.hostedZone() or SiteDomain.certificate()`);
}

/** Fails synthesis for a listener without security groups: the tasks could not let its load balancer in. */
export function requireListener(scope: IConstruct, listener: IApplicationListener | undefined): void {
  if (listener?.connections.securityGroups.length !== 0) return;
  fail(scope, "'listener' must have a security group, got none: import it with that of its load balancer");
}

/** Fails synthesis for a domain whose names CloudFront cannot serve in front of the listener that is given or not. */
function requireCloudFront(scope: IConstruct, domain: DomainPlan, onListener: boolean): void {
  const cloudFront = domain.cloudFront;
  if (!cloudFront) return;
  if (cloudFront.certificate) requireViewerCertificate(scope, 'cloudFront.certificate', cloudFront.certificate);
  else requireOwnCertificate(scope, domain);
  if (!onListener) return;
  if (cloudFront.originPrefixList) {
    fail(
      scope,
      "'cloudFront.originPrefixList' must be left out when 'listener' is given: the security group of its load balancer is not the site's",
    );
  }
  if (!domain.loadBalancer) {
    fail(
      scope,
      "'loadBalancer' must be given to SiteDomain when 'listener' is given with 'cloudFront': CloudFront sends requests to it",
    );
  }
}

/** Fails synthesis for a certificate that is surely in another region than CloudFront's. */
export function requireViewerCertificate(scope: IConstruct, prop: string, certificate: acm.ICertificate): void {
  const arn = certificate.certificateArn;
  if (Token.isUnresolved(arn)) return;
  const region = arn.split(':')[3];
  if (region !== CLOUD_FRONT_REGION) {
    fail(
      scope,
      `'${prop}' must be in ${CLOUD_FRONT_REGION}, where CloudFront looks for certificates, got one in ${region}`,
    );
  }
}

/** Fails synthesis for a request timeout that CloudFront does not wait for. */
export function requireOriginTimeout(scope: IConstruct, domain: DomainPlan, requestTimeout: number): void {
  if (!domain.cloudFront || Token.isUnresolved(requestTimeout) || requestTimeout <= MAX_ORIGIN_TIMEOUT) return;
  fail(
    scope,
    `'web.requestTimeout' must be at most ${MAX_ORIGIN_TIMEOUT} seconds with 'cloudFront', which waits no longer for an answer, got ${requestTimeout}`,
  );
}

function requireOwnCertificate(scope: IConstruct, domain: DomainPlan): void {
  const { region } = Stack.of(scope);
  if (region === CLOUD_FRONT_REGION && !domain.onlyOnListener) return;
  const seen = domain.onlyOnListener
    ? 'SiteDomain.coveredByListener()'
    : Token.isUnresolved(region)
      ? 'a stack without a region'
      : `a stack in ${region}`;
  fail(
    scope,
    `'cloudFront.certificate' must be given for ${seen}: CloudFront takes only certificates of ${CLOUD_FRONT_REGION}. Make one there and import it by its ARN, or make it in a stack in ${CLOUD_FRONT_REGION} and set crossRegionReferences on both stacks`,
  );
}
