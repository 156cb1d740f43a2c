import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail, requireWhole } from '../shared/validate';
import type { SiteProfile } from '../site-profile';
import { requireCloudFront } from './require-cloud-front';
import { requireHttps } from './require-https';
import type { SiteDomain } from './site-domain';

/** A listener rule compares with five values at most; what CloudFront says is one of them. */
const MAX_VALUES = 5;
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,128}$)(${LABEL}\\.)+[a-z]${LABEL}$`);

/** Fails synthesis for a domain that cannot work with the profile, or with the listener that is given or not. */
export function requireDomain(scope: IConstruct, domain: SiteDomain, profile: SiteProfile, onListener = false): void {
  requireHttps(scope, domain, profile);
  if (onListener) requireForListener(scope, domain);
  else requireWithoutListener(scope, domain);
  requireNames(scope, domain);
  requireCloudFront(scope, domain, onListener);
  if (domain._rulePriority !== undefined) requireWhole(scope, 'rulePriority', domain._rulePriority, 1, 50000);
}

function requireForListener(scope: IConstruct, domain: SiteDomain): void {
  if (domain.name === undefined) {
    fail(
      scope,
      "'domain' must have a name when 'listener' is given: use SiteDomain.hostedZone(), certificate() or coveredByListener()",
    );
  }
  if (domain._zone && !domain._loadBalancer) {
    fail(
      scope,
      "'loadBalancer' must be given to SiteDomain.hostedZone() when 'listener' is given: the alias records point to it",
    );
  }
  if (Token.isUnresolved(domain.name) && domain._rulePriority === undefined) {
    fail(scope, "'rulePriority' must be given when 'listener' is given and the name is only known at deployment");
  }
}

function requireWithoutListener(scope: IConstruct, domain: SiteDomain): void {
  if (domain._onlyOnListener) {
    fail(scope, "'listener' must be given for SiteDomain.coveredByListener(): its certificate is the only one");
  }
  if (domain._loadBalancer) {
    fail(scope, "'loadBalancer' must be left out of SiteDomain unless 'listener' is given: one is made here");
  }
}

function requireNames(scope: IConstruct, domain: SiteDomain): void {
  const zone = domain._zone?.zoneName;
  const maxNames = domain._cloudFront ? MAX_VALUES - 1 : MAX_VALUES;
  if (domain._names.length > maxNames) {
    const rule = domain._cloudFront ? "one listener rule with 'cloudFront'" : 'one listener rule';
    const count = domain._names.length - 1;
    fail(scope, `'alternativeNames' must be ${maxNames - 1} names at most, all that fit into ${rule}, got ${count}`);
  }
  for (const [index, name] of domain._names.entries()) {
    if (Token.isUnresolved(name)) continue;
    if (!HOST_NAME.test(name)) {
      fail(scope, `'domain' must have host names in small letters such as www.example.com, got '${name}'`);
    }
    if (domain._names.indexOf(name) !== index) {
      fail(scope, `'alternativeNames' must not repeat a name, got '${name}' twice`);
    }
    if (zone !== undefined && !Token.isUnresolved(zone) && name !== zone && !name.endsWith(`.${zone}`)) {
      fail(scope, `'domain' must have names in the hosted zone '${zone}', got '${name}'`);
    }
  }
}
