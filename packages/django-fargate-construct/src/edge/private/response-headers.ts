import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { globalName } from './global-name';

/** Django's own headers, for responses that Django did not make, such as the load balancer's 502. */
export function pageHeaders(scope: Construct): cloudfront.ResponseHeadersPolicy {
  return headersPolicy(scope, 'PageHeaders', {
    securityHeadersBehavior: {
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: false },
      contentTypeOptions: { override: false },
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.SAME_ORIGIN, override: false },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: false },
    },
    // gunicorn has no switch for it
    removeHeaders: ['Server'],
  });
}

/** No HSTS: without includeSubDomains it would take back what Django's pages say, and with it promise too much. */
export function staticHeaders(scope: Construct): cloudfront.ResponseHeadersPolicy {
  return headersPolicy(scope, 'StaticHeaders', {
    securityHeadersBehavior: { contentTypeOptions: { override: true } },
    customHeadersBehavior: {
      // public files, which e-mails and partners may show, too
      customHeaders: [{ header: 'Cross-Origin-Resource-Policy', value: 'cross-origin', override: true }],
    },
  });
}

/** An upload that is a page or a drawing with scripts in it does nothing, even when somebody opens it. */
export function mediaHeaders(scope: Construct): cloudfront.ResponseHeadersPolicy {
  return headersPolicy(scope, 'MediaHeaders', {
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'; sandbox",
        override: true,
      },
      contentTypeOptions: { override: true },
      // a signed address must not be passed on
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER, override: true },
    },
  });
}

function headersPolicy(
  scope: Construct,
  id: string,
  props: cloudfront.ResponseHeadersPolicyProps,
): cloudfront.ResponseHeadersPolicy {
  const responseHeadersPolicyName = globalName(scope, id, 128);
  return new cloudfront.ResponseHeadersPolicy(scope, id, { ...props, responseHeadersPolicyName });
}
