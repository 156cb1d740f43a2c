import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { ArnFormat, Aws, Fn, Names, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FLAG, type Kinds, LOAD_BALANCER, NUMBER, needed, PROFILE, requireKinds, SECRET, TEXTS } from '../shared/kinds';
import { fail, requireWhole } from '../shared/validate';
import { SiteProfile } from '../site-profile';
import { ORIGIN_SECRET_HEADER } from './private/cloud-front-headers';
import { firewallRules } from './private/firewall-rules';

const SECRET_HEADERS = ['cookie', 'authorization'];
/**
 * Limits that a rate-based rule of AWS WAF takes.
 * Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
 */
const LEAST_LIMIT = 10;
const MOST_LIMIT = 2_000_000_000;

/** Properties of `SiteFirewall`. */
export interface SiteFirewallProps {
  /** Load balancer to protect, with every site behind it. One load balancer has one firewall. */
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;

  /**
   * Decides how long logs are kept, and whether they outlive the firewall.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;

  /**
   * Requests that one address may send in five minutes, at least 10; more are answered with 429.
   *
   * @default 2000
   */
  readonly requestLimit?: number;

  /**
   * Logins that one address may try in five minutes, at least 10; more are answered with 429.
   *
   * @default 50
   */
  readonly loginLimit?: number;

  /**
   * Beginnings of the paths that logins are sent to by `POST`, with the prefix of each language if there is one.
   *
   * @default ['/admin/login/', '/accounts/login/']
   */
  readonly loginPaths?: string[];

  /**
   * Rules of AWS's core rule set that only count what they find.
   *
   * @default ['SizeRestrictions_BODY', 'CrossSiteScripting_BODY'] - they would refuse uploads and rich text
   */
  readonly countedRules?: string[];

  /**
   * What CloudFront tells the load balancer (`originSecret` of the site or of its `SiteDistribution`), when it is in front
   * of it. The limits then count requests that carry it in `X-Origin-Secret`, by the visitor's address that CloudFront
   * writes into `X-Viewer-Address`. Requests without it are not counted; the load balancer refuses them.
   *
   * @default - requests are counted by the address that connects; behind CloudFront the limits would stop CloudFront itself
   */
  readonly originSecret?: secretsmanager.ISecret;

  /**
   * Whether no request is refused, only counted and logged, to learn what the rules would do.
   *
   * @default false
   */
  readonly countOnly?: boolean;
}

const KINDS: Kinds<SiteFirewallProps> = {
  loadBalancer: needed(LOAD_BALANCER),
  profile: PROFILE,
  countOnly: FLAG,
  countedRules: TEXTS,
  loginLimit: NUMBER,
  loginPaths: TEXTS,
  originSecret: SECRET,
  requestLimit: NUMBER,
};

/**
 * AWS WAF before a load balancer: addresses of bad reputation, known attacks and too many requests are refused, and what
 * is refused or counted is logged. 10 USD a month and 0.60 USD for a million requests.
 */
export class SiteFirewall extends Construct {
  /** The web ACL. */
  public readonly webAcl: wafv2.CfnWebACL;
  /** Requests that were refused or counted, without cookies and authorization headers. */
  public readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: SiteFirewallProps) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const requestLimit = props.requestLimit ?? 2000;
    const loginLimit = props.loginLimit ?? 50;
    const loginPaths = props.loginPaths ?? ['/admin/login/', '/accounts/login/'];
    requireWhole(this, 'requestLimit', requestLimit, LEAST_LIMIT, MOST_LIMIT);
    requireWhole(this, 'loginLimit', loginLimit, LEAST_LIMIT, MOST_LIMIT);
    this.requirePaths(loginPaths);

    this.webAcl = new wafv2.CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: firewallRules({
        requestLimit,
        loginLimit,
        loginPaths,
        countedRules: props.countedRules ?? ['SizeRestrictions_BODY', 'CrossSiteScripting_BODY'],
        countOnly: props.countOnly ?? false,
        originSecret: props.originSecret?.secretValue.unsafeUnwrap(),
      }),
      visibilityConfig: {
        cloudWatchMetricsEnabled: true,
        sampledRequestsEnabled: true,
        metricName: Names.uniqueResourceName(this, { maxLength: 128 }),
      },
    });
    const secretHeaders = props.originSecret ? [...SECRET_HEADERS, ORIGIN_SECRET_HEADER.toLowerCase()] : SECRET_HEADERS;
    this.logGroup = this.createLogs((props.profile ?? SiteProfile.PRODUCTION)._defaults, secretHeaders);
    new wafv2.CfnWebACLAssociation(this, 'Association', {
      resourceArn: props.loadBalancer.loadBalancerArn,
      webAclArn: this.webAcl.attrArn,
    });
  }

  private requirePaths(paths: string[]): void {
    if (paths.length === 0) fail(this, "'loginPaths' must hold at least one path, got none");
    for (const path of paths) {
      if (!path.startsWith('/')) {
        fail(this, `'loginPaths' must be paths such as /accounts/login/, got '${path}'`);
      }
    }
  }

  private createLogs(defaults: SiteProfile['_defaults'], secretHeaders: string[]): logs.LogGroup {
    // WAF wants a name of this form; the stack's own id keeps a group that outlived another stack from standing in the way
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 128 })}-${stackId}`,
      retention: defaults.logRetentionDays,
      removalPolicy: defaults.removalPolicy,
    });
    const refused = ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'];
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [
        // LogGroup's own ARN ends with :*, which WAF refuses
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logGroup.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: secretHeaders.map((Name) => ({ singleHeader: { Name } })),
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: refused.map((Action) => ({ ActionCondition: { Action } })),
          },
        ],
      },
    });
    return logGroup;
  }
}
