import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';
import type { SiteDomain } from './site-domain';

/** CloudFront waits no longer for an answer, unless AWS raises the quota. */
export const MAX_ORIGIN_TIMEOUT = 60;

const REGION = 'us-east-1';

/** Fails synthesis for a domain whose names CloudFront cannot serve in front of the listener that is given or not. */
export function requireCloudFront(scope: IConstruct, domain: SiteDomain, onListener: boolean): void {
  const cloudFront = domain._cloudFront;
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
  if (!domain._loadBalancer) {
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
  if (region !== REGION) {
    fail(scope, `'${prop}' must be in ${REGION}, where CloudFront looks for certificates, got one in ${region}`);
  }
}

/** Fails synthesis for a request timeout that CloudFront does not wait for. */
export function requireOriginTimeout(scope: IConstruct, domain: SiteDomain, requestTimeout: number): void {
  if (!domain._cloudFront || Token.isUnresolved(requestTimeout) || requestTimeout <= MAX_ORIGIN_TIMEOUT) return;
  fail(
    scope,
    `'web.requestTimeout' must be at most ${MAX_ORIGIN_TIMEOUT} seconds with 'cloudFront', which waits no longer for an answer, got ${requestTimeout}`,
  );
}

function requireOwnCertificate(scope: IConstruct, domain: SiteDomain): void {
  const { region } = Stack.of(scope);
  if (region === REGION && !domain._onlyOnListener) return;
  const seen = domain._onlyOnListener
    ? 'SiteDomain.coveredByListener()'
    : Token.isUnresolved(region)
      ? 'a stack without a region'
      : `a stack in ${region}`;
  fail(
    scope,
    `'cloudFront.certificate' must be given for ${seen}: CloudFront takes only certificates of ${REGION}. Make one there and import it by its ARN, or make it in a stack in ${REGION} and set crossRegionReferences on both stacks`,
  );
}
