import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { ORIGIN_SECRET_HEADER, VIEWER_ADDRESS_HEADER } from './cloud-front-headers';

/** Choices that the rules of a firewall follow from. */
export interface FirewallRules {
  readonly requestLimit: number;
  readonly loginLimit: number;
  readonly loginPaths: string[];
  readonly countedRules: string[];
  readonly countOnly: boolean;
  /** Value of CloudFront's secret header; undefined when visitors connect themselves. */
  readonly originSecret?: string;
}

/**
 * Seconds over which requests are counted; AWS WAF takes 60, 120, 300 or 600.
 * Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
 */
const WINDOW_S = 300;

const BY_HEADER = {
  aggregateKeyType: 'FORWARDED_IP',
  forwardedIpConfig: { headerName: VIEWER_ADDRESS_HEADER, fallbackBehavior: 'MATCH' },
};

/**
 * Five rules of 931 WCU and 12 for each login path, below the 1500 that the price of a web ACL contains. AWS's rules
 * for SQL are not among them: Django binds values, and text about SQL is no attack.
 */
export function firewallRules(rules: FirewallRules): CfnWebACL.RuleProperty[] {
  const { countOnly, originSecret } = rules;
  const byHeader = originSecret !== undefined;
  const through = byHeader ? [isThroughCloudFront(originSecret)] : [];
  const counted = rules.countedRules.map((name) => ({ name, actionToUse: { count: {} } }));
  return [
    limit('LoginLimit', rules.loginLimit, countOnly, [...through, isPost(), startsWithOne(rules.loginPaths)], byHeader),
    limit('RequestLimit', rules.requestLimit, countOnly, through, byHeader),
    managed('AmazonIpReputationList', countOnly),
    managed('KnownBadInputsRuleSet', countOnly),
    managed('CommonRuleSet', countOnly, counted),
  ].map((rule, priority) => ({ ...rule, priority, visibilityConfig: visible(rule.name) }));
}

type Statement = CfnWebACL.StatementProperty;
type Rule = Pick<CfnWebACL.RuleProperty, 'name' | 'statement' | 'action' | 'overrideAction'>;

function limit(name: string, most: number, countOnly: boolean, counted: Statement[], byHeader: boolean): Rule {
  return {
    name,
    action: countOnly ? { count: {} } : { block: { customResponse: { responseCode: 429 } } },
    statement: {
      rateBasedStatement: {
        ...(byHeader ? BY_HEADER : { aggregateKeyType: 'IP' }),
        evaluationWindowSec: WINDOW_S,
        limit: most,
        scopeDownStatement: all(counted),
      },
    },
  };
}

function managed(
  group: string,
  countOnly: boolean,
  ruleActionOverrides?: CfnWebACL.RuleActionOverrideProperty[],
): Rule {
  return {
    name: group,
    overrideAction: countOnly ? { count: {} } : { none: {} },
    statement: {
      managedRuleGroupStatement: { vendorName: 'AWS', name: `AWSManagedRules${group}`, ruleActionOverrides },
    },
  };
}

function all(statements: Statement[]): Statement | undefined {
  return statements.length > 1 ? { andStatement: { statements } } : statements[0];
}

function isPost(): Statement {
  return equals({ method: {} }, 'POST');
}

/** A web ACL is asked before the listener's rules are: without this, a request that they refuse would count, too. */
function isThroughCloudFront(originSecret: string): Statement {
  return equals({ singleHeader: { Name: ORIGIN_SECRET_HEADER.toLowerCase() } }, originSecret);
}

function equals(fieldToMatch: CfnWebACL.FieldToMatchProperty, searchString: string): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch,
      positionalConstraint: 'EXACTLY',
      searchString,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

function startsWithOne(paths: string[]): Statement {
  const [first, ...more] = paths.map(beginsWith);
  return more.length === 0 ? first : { orStatement: { statements: [first, ...more] } };
}

/** Django decodes a path before it compares, so the firewall must, too. */
function beginsWith(path: string): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: path,
      textTransformations: [{ priority: 0, type: 'URL_DECODE' }],
    },
  };
}

function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
