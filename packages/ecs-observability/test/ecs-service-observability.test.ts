import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AlertRouting, EcsServiceObservability } from '../src';
import { alarmsOf, failure, importedTopic, laterTargetGroup, newStack, observe, ownedWebService } from './fixtures';

describe('an owned service', () => {
  test('stays byte for byte what it is without being watched', () => {
    const bare = newStack();
    ownedWebService(bare);
    const watched = newStack();
    new EcsServiceObservability(watched, 'Watch', { ...ownedWebService(watched), alerts: AlertRouting.none() });

    const { Resources: before } = Template.fromStack(bare).toJSON();
    const { Resources: after } = Template.fromStack(watched).toJSON();
    const kept = Object.entries(after).filter(([logicalId]) => !logicalId.startsWith('Watch'));

    expect(Object.fromEntries(kept)).toEqual(before);
  });

  test('is watched through its target group alone, whose listener tells the load balancer', () => {
    const stack = newStack();
    const { service, targetGroup } = ownedWebService(stack);
    new EcsServiceObservability(stack, 'Watch', { service, targetGroup, alerts: AlertRouting.none() });

    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'UnHealthyHostCount',
      Dimensions: [
        { Name: 'LoadBalancer', Value: { 'Fn::Join': Match.anyValue() } },
        {
          Name: 'TargetGroup',
          Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LoadBalancer'), 'TargetGroupFullName'] },
        },
      ],
    });
  });

  test('is watched before a listener sends to its target group, when the load balancer is given', () => {
    const stack = newStack();
    const { service, loadBalancer } = ownedWebService(stack);
    const targetGroup = laterTargetGroup(stack);
    new EcsServiceObservability(stack, 'Watch', { service, targetGroup, loadBalancer, alerts: AlertRouting.none() });

    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'UnHealthyHostCount',
      Dimensions: [
        { Name: 'LoadBalancer', Value: { 'Fn::GetAtt': [Match.anyValue(), 'LoadBalancerFullName'] } },
        {
          Name: 'TargetGroup',
          Value: { 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: Match.stringLikeRegexp('^Later') }] }] },
        },
      ],
    });
  });
});

describe('alerts', () => {
  afterEach(() => jest.restoreAllMocks());

  test('warn when they are left out', () => {
    jest.spyOn(console, 'error').mockImplementation(); // where aws-cdk-lib prints warnings
    const { stack } = observe(() => ({ alerts: undefined }));

    Annotations.fromStack(stack).hasWarning(
      '/Test/Watch',
      Match.stringLikeRegexp(
        "^Nobody hears of these alarms. Set 'alerts' to AlertRouting.topics\\(…\\), or to AlertRouting.none\\(\\) if that is meant",
      ),
    );
  });

  test('do not warn when nobody is meant to hear', () => {
    Annotations.fromStack(observe().stack).hasNoWarning('/Test/Watch', Match.anyValue());
  });

  test.each([
    ['critical', ['us-east-1', 'eu-west-1']],
    ['warning', ['eu-west-1', 'us-east-1']],
  ])('fail when the %s topic is in another region, before anything is made', (_, regions) => {
    const alerts = (stack: Stack) => {
      const [critical, warning] = regions.map((region) => importedTopic(stack, `Topic-${region}`, region));
      return { alerts: AlertRouting.topics(critical, warning) };
    };

    expect(failure(alerts)).toEqual({
      message:
        "'alerts' must be in eu-west-1, the region of the alarms, got us-east-1: pass a topic of that region [Test/Watch]",
      resources: 0,
    });
  });
});

describe('scalesToZero', () => {
  test('leaves out the alarm on no running task, and its line', () => {
    const { observability, template } = observe(() => ({ scalesToZero: true }));

    expect(alarmsOf(template)).not.toHaveProperty('NoRunningTasks');
    expect(observability.alarms.noRunningTasks).toBeUndefined();
    expect(JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'))).not.toContain('NoRunningTasks');
  });
});

describe('dashboard', () => {
  test('is left out when it is false', () => {
    const { observability, template } = observe(() => ({ dashboard: false }));

    expect(observability.dashboard).toBeUndefined();
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

describe('everything that is made', () => {
  test('can be reached', () => {
    const { observability } = observe();
    const { alarms, events, dashboard } = observability;
    const named = [
      alarms.noRunningTasks,
      alarms.serverErrors,
      alarms.serverErrorsOfFew,
      alarms.containerRestarts,
      alarms.latencyHigh,
      alarms.unhealthyTargets,
      alarms.cpuHigh,
      alarms.memoryHigh,
    ];
    const resources = observability.node.findAll().filter((construct) => 'cfnResourceType' in construct);

    expect(alarms.all).toEqual(named);
    expect(resources.map((resource) => resource.node.scope)).toEqual([events.failedTaskRule, ...named, dashboard]);
  });
});
