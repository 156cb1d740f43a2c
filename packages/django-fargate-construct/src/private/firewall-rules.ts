import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

/** What decides the rules of a firewall. */
export interface FirewallRules {
  readonly requestLimit: number;
  readonly loginLimit: number;
  readonly loginPaths: string[];
  readonly countedRules: string[];
  readonly countOnly: boolean;
}

const WINDOW_S = 300;

/**
 * Five rules of 931 WCU and 12 for each login path, below the 1500 that the price of a web ACL contains. AWS's rules
 * for SQL are not among them: Django binds values, and text about SQL is no attack.
 */
export function firewallRules(rules: FirewallRules): CfnWebACL.RuleProperty[] {
  const { countOnly } = rules;
  const counted = rules.countedRules.map((name) => ({ name, actionToUse: { count: {} } }));
  return [
    limit('LoginLimit', rules.loginLimit, countOnly, isLogin(rules.loginPaths)),
    limit('RequestLimit', rules.requestLimit, countOnly),
    managed('AmazonIpReputationList', countOnly),
    managed('KnownBadInputsRuleSet', countOnly),
    managed('CommonRuleSet', countOnly, counted),
  ].map((rule, priority) => ({ ...rule, priority, visibilityConfig: visible(rule.name) }));
}

type Rule = Pick<CfnWebACL.RuleProperty, 'name' | 'statement' | 'action' | 'overrideAction'>;

function limit(name: string, most: number, countOnly: boolean, scopeDownStatement?: CfnWebACL.StatementProperty): Rule {
  return {
    name,
    action: countOnly ? { count: {} } : { block: { customResponse: { responseCode: 429 } } },
    statement: {
      rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: WINDOW_S, limit: most, scopeDownStatement },
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

function isLogin(paths: string[]): CfnWebACL.StatementProperty {
  const [first, ...more] = paths.map(beginsWith);
  const path = more.length === 0 ? first : { orStatement: { statements: [first, ...more] } };
  const post: CfnWebACL.StatementProperty = {
    byteMatchStatement: {
      fieldToMatch: { method: {} },
      positionalConstraint: 'EXACTLY',
      searchString: 'POST',
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
  return { andStatement: { statements: [post, path] } };
}

/** Django decodes a path before it compares, so the firewall must, too. */
function beginsWith(path: string): CfnWebACL.StatementProperty {
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
