import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';
import type { SiteProfile } from '../site-profile';
import type { SiteDomain } from './site-domain';

/** Fails synthesis for plain HTTP where the profile forbids it. */
export function requireHttps(scope: IConstruct, domain: SiteDomain, profile: SiteProfile): void {
  if (domain._https || profile._defaults.plainHttp) return;
  fail(scope, `the ${profile.name} profile requires HTTPS: use SiteDomain.hostedZone() or SiteDomain.certificate()`);
}
