import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SiteFirewall, type SiteFirewallProps, SiteProfile } from '../../src';
import { testStack } from '../fixtures';

describe('SiteFirewall', () => {
  const firewall = (given: Partial<SiteFirewallProps> | ((stack: Stack) => Partial<SiteFirewallProps>) = {}) => {
    const stack = testStack();
    const props = typeof given === 'function' ? given(stack) : given;
    const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc: new Vpc(stack, 'Vpc') });
    const made = new SiteFirewall(stack, 'Firewall', { loadBalancer, ...props });
    const template = Template.fromStack(stack);
    const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    const rule = (name: string) => acl.Properties.Rules.find(({ Name }: { Name: string }) => Name === name);
    return { stack, loadBalancer, made, template, acl: acl.Properties, rule };
  };

  test('stands before the load balancer', () => {
    const { template, stack, loadBalancer, made } = firewall();
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: stack.resolve(loadBalancer.loadBalancerArn),
      WebACLArn: stack.resolve(made.webAcl.attrArn),
    });
  });

  test('lets through what no rule refuses, and asks the rules in this order', () => {
    const { acl } = firewall();
    expect(acl).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
    expect(acl.Rules.map(({ Name, Priority }: { Name: string; Priority: number }) => [Priority, Name])).toEqual([
      [0, 'LoginLimit'],
      [1, 'RequestLimit'],
      [2, 'AmazonIpReputationList'],
      [3, 'KnownBadInputsRuleSet'],
      [4, 'CommonRuleSet'],
    ]);
  });

  test.each(['AmazonIpReputationList', 'KnownBadInputsRuleSet', 'CommonRuleSet'])("refuses by AWS's %s", (group) => {
    expect(firewall().rule(group)).toMatchObject({
      OverrideAction: { None: {} },
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: `AWSManagedRules${group}` } },
      VisibilityConfig: { CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: group },
    });
  });

  test('only counts large bodies and markup in them, so that uploads and rich text arrive', () => {
    const overrides = (props?: SiteFirewallProps['countedRules']) =>
      firewall({ countedRules: props }).rule('CommonRuleSet').Statement.ManagedRuleGroupStatement.RuleActionOverrides;
    const count = (Name: string) => ({ Name, ActionToUse: { Count: {} } });

    expect(overrides()).toEqual([count('SizeRestrictions_BODY'), count('CrossSiteScripting_BODY')]);
    expect(overrides(['NoUserAgent_HEADER'])).toEqual([count('NoUserAgent_HEADER')]);
    expect(overrides([])).toEqual([]);
  });

  test('answers with 429 beyond 2000 requests of an address in five minutes', () => {
    const { rule } = firewall();
    expect(rule('RequestLimit')).toMatchObject({
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 2000 } },
    });
    expect(rule('RequestLimit').Statement.RateBasedStatement.ScopeDownStatement).toBeUndefined();
  });

  test('answers with 429 beyond 50 logins of an address in five minutes', () => {
    const { rule } = firewall();
    expect(rule('LoginLimit')).toMatchObject({
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 50 } },
    });
    const [post, path] = rule('LoginLimit').Statement.RateBasedStatement.ScopeDownStatement.AndStatement.Statements;
    expect(post.ByteMatchStatement).toMatchObject({
      FieldToMatch: { Method: {} },
      PositionalConstraint: 'EXACTLY',
      SearchString: 'POST',
    });
    expect(path.OrStatement.Statements.map((s: Record<string, unknown>) => s.ByteMatchStatement)).toEqual(
      ['/admin/login/', '/accounts/login/'].map((SearchString) => ({
        FieldToMatch: { UriPath: {} },
        PositionalConstraint: 'STARTS_WITH',
        SearchString,
        TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }],
      })),
    );
  });

  test('takes limits and login paths', () => {
    const { rule } = firewall({ requestLimit: 500, loginLimit: 10, loginPaths: ['/en/login/'] });
    expect(rule('RequestLimit').Statement.RateBasedStatement.Limit).toBe(500);
    const { Limit, ScopeDownStatement } = rule('LoginLimit').Statement.RateBasedStatement;
    expect(Limit).toBe(10);
    expect(ScopeDownStatement.AndStatement.Statements[1].ByteMatchStatement.SearchString).toBe('/en/login/');
  });

  test('behind CloudFront counts the address that CloudFront tells, of requests that came through it only', () => {
    const { rule, template } = firewall((stack) => ({
      originSecret: Secret.fromSecretNameV2(stack, 'Secret', 'shop/origin'),
    }));
    const through = {
      ByteMatchStatement: {
        FieldToMatch: { SingleHeader: { Name: 'x-origin-secret' } },
        PositionalConstraint: 'EXACTLY',
        SearchString: { 'Fn::Join': ['', expect.arrayContaining([expect.stringContaining('secret:shop/origin')])] },
        TextTransformations: [{ Priority: 0, Type: 'NONE' }],
      },
    };
    for (const name of ['RequestLimit', 'LoginLimit']) {
      expect(rule(name).Statement.RateBasedStatement).toMatchObject({
        AggregateKeyType: 'FORWARDED_IP',
        ForwardedIPConfig: { HeaderName: 'X-Viewer-Address', FallbackBehavior: 'MATCH' },
      });
    }
    expect(rule('RequestLimit').Statement.RateBasedStatement.ScopeDownStatement).toEqual(through);
    const [first, post, path] =
      rule('LoginLimit').Statement.RateBasedStatement.ScopeDownStatement.AndStatement.Statements;
    expect(first).toEqual(through);
    expect(post.ByteMatchStatement.SearchString).toBe('POST');
    expect(path.OrStatement.Statements).toHaveLength(2);
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      RedactedFields: Match.arrayWith([{ SingleHeader: { Name: 'x-origin-secret' } }]),
    });
  });

  test('without CloudFront counts the address that connects', () => {
    const { rule } = firewall();
    expect(rule('RequestLimit').Statement.RateBasedStatement.ForwardedIPConfig).toBeUndefined();
    expect(rule('LoginLimit').Statement.RateBasedStatement.ForwardedIPConfig).toBeUndefined();
  });

  test('refuses nothing while it only counts', () => {
    for (const { Action, OverrideAction } of firewall({ countOnly: true }).acl.Rules) {
      expect(Action ?? OverrideAction).toEqual({ Count: {} });
    }
  });

  test('logs what is refused or counted, without what identifies a session', () => {
    const { template } = firewall();
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Retain',
      Properties: {
        LogGroupName: { 'Fn::Join': ['', [Match.stringLikeRegexp('^aws-waf-logs-TestFirewall'), Match.anyValue()]] },
        RetentionInDays: 90,
      },
    });
    const [group] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LogDestinationConfigs: [{ 'Fn::Join': ['', Match.arrayWith([':log-group:', { Ref: group }])] }],
      RedactedFields: [{ SingleHeader: { Name: 'cookie' } }, { SingleHeader: { Name: 'authorization' } }],
      LoggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } })),
          },
        ],
      },
    });
    const [{ Properties }] = Object.values(template.findResources('AWS::WAFv2::LoggingConfiguration'));
    expect(JSON.stringify(Properties.LogDestinationConfigs)).not.toContain(':*');
  });

  test('keeps logs for as long as the profile says', () => {
    firewall({ profile: SiteProfile.DEVELOPMENT }).template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 7 },
    });
  });

  test.each([
    [{ requestLimit: 9 }, "'requestLimit' must be a whole number from 10 to 2000000000, got 9 [Test/Firewall]"],
    [{ loginLimit: 1.5 }, "'loginLimit' must be a whole number from 10 to 2000000000, got 1.5 [Test/Firewall]"],
    [{ loginPaths: [] }, "'loginPaths' must hold at least one path, got none [Test/Firewall]"],
    [{ loginPaths: ['login/'] }, "'loginPaths' must be paths such as /accounts/login/, got 'login/' [Test/Firewall]"],
  ])('fails: %j', (props, message) => {
    expect(() => firewall(props)).toThrow(message);
  });
});
