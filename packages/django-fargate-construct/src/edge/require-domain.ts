import { domainToASCII } from 'node:url';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import {
  ApplicationListener,
  ApplicationProtocol,
  type IApplicationListener,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type CfnHostedZone, HostedZone, type IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail, requireWhole } from '../shared/validate';
import type { SiteProfile } from '../site-profile';
import type { DomainPlan } from './domain-plan';
import { hostName } from './host-name';

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
const HOST_NAME = new RegExp(`^(?=.{1,128}$)(\\*\\.)?(${LABEL}\\.)+[a-z]${LABEL}$`);

/** Fails synthesis for a domain that cannot work with the profile, or with the listener that is given or not. */
export function requireDomain(scope: IConstruct, domain: DomainPlan, profile: SiteProfile, onListener: boolean): void {
  requireHttps(scope, domain, profile);
  if (onListener) requireForListener(scope, domain);
  else requireWithoutListener(scope, domain);
  if (domain.zone) requireZone(scope, domain.zone, domain, onListener);
  requireNames(scope, domain);
  if (domain.certificate) requireListenerCertificate(scope, domain.certificate);
  if (domain.internetFacing === false && domain.cloudFront) {
    fail(scope, "'cloudFront' must be left out for an internal load balancer, which it does not reach");
  }
  requireCloudFront(scope, domain, onListener);
  if (domain.rulePriority !== undefined) requireWhole(scope, 'rulePriority', domain.rulePriority, 1, 50000);
}

function requireForListener(scope: IConstruct, domain: DomainPlan): void {
  if (domain.internetFacing !== undefined) {
    fail(scope, "'internetFacing' must be left out of SiteDomain when 'listener' is given: its load balancer decides");
  }
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
  const zone = domain.zone && hostName(domain.zone.zoneName);
  const maxNames = domain.cloudFront ? MAX_VALUES - 1 : MAX_VALUES;
  if (domain.names.length > maxNames) {
    const rule = domain.cloudFront ? "one listener rule with 'cloudFront'" : 'one listener rule';
    const count = domain.names.length - 1;
    fail(scope, `'alternativeNames' must be ${maxNames - 1} names at most, all that fit into ${rule}, got ${count}`);
  }
  for (const [index, name] of domain.names.entries()) {
    if (Token.isUnresolved(name)) continue;
    if (!HOST_NAME.test(name)) {
      fail(
        scope,
        `'domain' must have host names such as www.example.com or *.example.com, got '${name}'${inDns(name)}`,
      );
    }
    if (domain.names.indexOf(name) !== index) {
      fail(scope, `'alternativeNames' must not repeat a name, got '${name}' twice`);
    }
    if (zone !== undefined && !Token.isUnresolved(zone) && name !== zone && !name.endsWith(`.${zone}`)) {
      fail(scope, `'domain' must have names in the hosted zone '${zone}', got '${name}'`);
    }
  }
}

/** The form of an international name that DNS, certificates and Django's settings know. */
function inDns(name: string): string {
  const ascii = domainToASCII(name);
  return ascii && ascii !== name && HOST_NAME.test(ascii) ? `: write '${ascii}'` : '';
}

/** Fails synthesis for a hosted zone that visitors from the internet do not see, or whose records this stack cannot make. */
function requireZone(scope: IConstruct, zone: IHostedZone, domain: DomainPlan, onListener: boolean): void {
  const use = 'import it by HostedZone.fromHostedZoneAttributes() or HostedZone.fromLookup()';
  try {
    zone.zoneName;
  } catch {
    fail(scope, `'domain' must have a hosted zone with its name, got one that knows its id alone: ${use}`);
  }
  if (isPrivate(zone)) requirePrivateZone(scope, zone, domain, onListener);
  const { account } = Stack.of(scope);
  if (known(account) && known(zone.env.account) && zone.env.account !== account) {
    fail(
      scope,
      `'domain' must have a hosted zone of its own account ${account}, got one of ${zone.env.account}: delegate a zone of its own to this account, or make certificate and records there and use SiteDomain.certificate()`,
    );
  }
}

function requirePrivateZone(
  scope: IConstruct,
  { zoneName }: IHostedZone,
  { certificate, internetFacing }: DomainPlan,
  onListener: boolean,
): void {
  if (!onListener && internetFacing !== false) {
    fail(
      scope,
      `'domain' must have a public hosted zone, got the private zone '${zoneName}', whose names only its VPCs find: set 'internetFacing' to false for a site that only they reach`,
    );
  }
  if (!certificate) {
    fail(
      scope,
      `'certificate' must be given to SiteDomain.hostedZone() with the private zone '${zoneName}', in which ACM cannot validate one: validate it in a public zone of the same name, or take one of a private authority`,
    );
  }
}

/** Whether a zone is surely private: it was made or imported as one, or made with VPCs. An imported one may hide it. */
function isPrivate(zone: IHostedZone): boolean {
  if (zone instanceof PrivateHostedZone) return true;
  if (!(zone instanceof HostedZone)) return false;
  const { vpcs } = zone.node.defaultChild as CfnHostedZone;
  return (zone.stack.resolve(vpcs) ?? []).length > 0;
}

function known(value: string): boolean {
  return !Token.isUnresolved(value);
}

/**
 * Fails synthesis for a certificate that a load balancer surely cannot use: it takes those of its own region and account.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
 */
function requireListenerCertificate(scope: IConstruct, certificate: acm.ICertificate): void {
  const { region, account } = Stack.of(scope);
  const place = placeOf(certificate);
  for (const [prop, wanted, got] of [
    ['region', region, place.region],
    ['account', account, place.account],
  ]) {
    if (!known(wanted) || !known(got) || wanted === got) continue;
    fail(scope, `'certificate' must be of the load balancer's ${prop} ${wanted}, got one of ${got}`);
  }
}

/** Region and account of a certificate: those in its ARN, or of the stack that makes it. */
function placeOf({ certificateArn, stack }: acm.ICertificate): { region: string; account: string } {
  if (Token.isUnresolved(certificateArn)) return stack;
  const [, , , region, account] = certificateArn.split(':');
  return { region, account };
}

/** Fails synthesis for plain HTTP where the profile forbids it. */
function requireHttps(scope: IConstruct, domain: DomainPlan, profile: SiteProfile): void {
  if (domain.https || profile._defaults.plainHttp) return;
  fail(scope, `the ${profile.name} profile requires HTTPS: use SiteDomain.hostedZone() or SiteDomain.certificate()`);
}

/** Fails synthesis for a listener without security groups: the tasks could not let its load balancer in. */
export function requireListener(scope: IConstruct, listener: IApplicationListener | undefined): void {
  if (!listener) return;
  if (listener.connections.securityGroups.length === 0) {
    fail(scope, "'listener' must have a security group, got none: import it with that of its load balancer");
  }
  if (listener instanceof ApplicationListener && listener.protocol !== ApplicationProtocol.HTTPS) {
    fail(scope, `'listener' must be an HTTPS listener, got one of ${listener.protocol}, which takes no certificate`);
  }
}

/** Fails synthesis for a domain whose names CloudFront cannot serve in front of the listener that is given or not. */
function requireCloudFront(scope: IConstruct, domain: DomainPlan, onListener: boolean): void {
  const cloudFront = domain.cloudFront;
  if (!cloudFront) return;
  const { region } = Stack.of(scope);
  if (known(region) && region.startsWith('cn-')) {
    fail(
      scope,
      `'cloudFront' must be left out in ${region}: CloudFront in China has no origin access control for the files`,
    );
  }
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
  const { region } = placeOf(certificate);
  if (known(region) && region !== CLOUD_FRONT_REGION) {
    fail(
      scope,
      `'${prop}' must be in ${CLOUD_FRONT_REGION}, where CloudFront looks for certificates, got one in ${region}`,
    );
  }
  requireCrossRegion(scope, prop, certificate);
}

/** Fails synthesis for a certificate of another region's stack, unless both stacks pass on its ARN. */
function requireCrossRegion(scope: IConstruct, prop: string, { certificateArn, stack: maker }: acm.ICertificate): void {
  const own = Stack.of(scope);
  if (!Token.isUnresolved(certificateArn) || maker === own || maker.region === own.region) return;
  for (const stack of [maker, own]) {
    if (stack._crossRegionReferences) continue;
    fail(
      scope,
      `'${prop}' of another region must come from a stack with crossRegionReferences, and go into one: set it on ${stack.node.path}`,
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
