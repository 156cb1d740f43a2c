import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BaseService, FargateService, type IBaseService } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationTargetGroup,
  type IApplicationLoadBalancer,
  type IApplicationTargetGroup,
  NetworkLoadBalancer,
  NetworkTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AlertRouting, EcsServiceEvents, EcsServiceMetrics, EcsServiceObservability } from '../src';
import {
  alarmsOf,
  failure,
  HOME,
  importedLoadBalancer,
  importedService,
  importedTargetGroup,
  laterTargetGroup,
  observe,
  observeWorker,
} from './fixtures';

describe('an imported service', () => {
  test('is watched by its names alone', () => {
    const { template } = observe();

    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'MemoryUtilization',
      Dimensions: [
        { Name: 'ClusterName', Value: 'production' },
        { Name: 'ServiceName', Value: 'shop' },
      ],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'UnHealthyHostCount',
      Dimensions: [
        { Name: 'LoadBalancer', Value: 'app/edge/fedcba9876543210' },
        { Name: 'TargetGroup', Value: 'targetgroup/shop/0123456789abcdef' },
      ],
    });
  });

  test('adds alarms, one rule and one dashboard, and nothing else', () => {
    const types = Object.values(observe().template.toJSON().Resources).map(
      (resource) => (resource as { Type: string }).Type,
    );

    expect([...new Set(types)].sort()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::Events::Rule',
    ]);
    expect(types).toHaveLength(8 + 1 + 1);
  });

  test('is measured behind the load balancer that is given, whatever the target group was imported with', () => {
    const dimensions = [
      { Name: 'LoadBalancer', Value: 'app/inner/00112233445566ff' },
      { Name: 'TargetGroup', Value: 'targetgroup/shop/0123456789abcdef' },
    ];

    for (const known of [true, false]) {
      const { template } = observe((stack) => ({
        targetGroup: importedTargetGroup(stack, known),
        loadBalancer: importedLoadBalancer(stack),
      }));
      expect(alarmsOf(template).UnhealthyTargets.Dimensions).toEqual(dimensions);
    }
  });

  test('fails when it is in another region, before anything is made', () => {
    expect(failure((stack) => ({ service: importedService(stack, { ...HOME, region: 'us-east-1' }) }))).toEqual({
      message:
        "'service' must be in eu-west-1, the region of the alarms, got us-east-1: watch it from a stack there [Test/Watch]",
      resources: 0,
    });
  });

  test('fails when it is in another account, before anything is made', () => {
    expect(failure((stack) => ({ service: importedService(stack, { ...HOME, account: '444455556666' }) }))).toEqual({
      message:
        "'service' must be in 111122223333, the account of the alarms, got 444455556666: watch it from a stack there [Test/Watch]",
      resources: 0,
    });
  });
});

describe('a service without a target group', () => {
  test('has no alarms on requests', () => {
    const { observability, template } = observeWorker();

    expect(Object.keys(alarmsOf(template)).sort()).toEqual([
      'ContainerRestarts',
      'CpuHigh',
      'MemoryHigh',
      'NoRunningTasks',
    ]);
    expect(observability.alarms.latencyHigh).toBeUndefined();
    expect(observability.alarms.unhealthyTargets).toBeUndefined();
  });

  test('fails when a load balancer is given', () => {
    expect(failure((stack) => ({ targetGroup: undefined, loadBalancer: importedLoadBalancer(stack) }))).toEqual({
      message: "'loadBalancer' needs 'targetGroup', got none: pass the target group of the service too [Test/Inner]",
      resources: 0,
    });
  });

  test('fails when its load balancer is said to be shared', () => {
    expect(failure(() => ({ targetGroup: undefined, sharedLoadBalancer: true }))).toEqual({
      message:
        "'sharedLoadBalancer' needs 'targetGroup', got none: pass the target group of the service too [Test/Watch]",
      resources: 0,
    });
  });

  test.each([
    ['latency', Duration.seconds(2)],
    ['minRequestsPerMinute', 5],
    ['serverErrorPercent', 10],
    ['unhealthyTargets', 2],
  ])('fails when the threshold %s is given', (name, value) => {
    expect(failure(() => ({ targetGroup: undefined, thresholds: { [name]: value } }))).toEqual({
      message: `'thresholds.${name}' needs 'targetGroup', got none: it is measured at the load balancer [Test/Watch]`,
      resources: 0,
    });
  });
});

describe('a target group whose load balancer nobody knows', () => {
  const text =
    "'loadBalancer' must be given for this target group, got none: it is neither attached to a listener yet nor imported with 'loadBalancerArns'";

  test('fails when it is imported', () => {
    expect(failure((stack) => ({ targetGroup: importedTargetGroup(stack, false) }))).toEqual({
      message: `${text} [Test/ShopTargetGroup]`,
      resources: 0,
    });
  });

  test('fails when it is owned', () => {
    expect(failure((stack) => ({ targetGroup: laterTargetGroup(stack) })).message).toBe(`${text} [Test/Later]`);
  });
});

describe('what is no application load balancer, or elsewhere', () => {
  const ARN = `arn:aws:elasticloadbalancing:${HOME.region}:${HOME.account}`;
  const network = (stack: Stack) =>
    NetworkTargetGroup.fromTargetGroupAttributes(stack, 'Network', {
      targetGroupArn: `${ARN}:targetgroup/shop/0123456789abcdef`,
      loadBalancerArns: `${ARN}:loadbalancer/net/edge/fedcba9876543210`,
    });
  const at = (place: string) => (stack: Stack) =>
    ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'There', {
      targetGroupArn: `arn:aws:elasticloadbalancing:${place}:targetgroup/shop/0123456789abcdef`,
      loadBalancerArns: `arn:aws:elasticloadbalancing:${place}:loadbalancer/app/edge/fedcba9876543210`,
    });
  const kind =
    "'targetGroup' must be one target group of an application load balancer, got KIND: others count no requests. Leave it out for them [Test/Watch]";

  test.each<[string, (stack: Stack) => object, string]>([
    ['of a network load balancer', network, kind.replace('KIND', 'another kind')],
    ['that are two', (stack) => [importedTargetGroup(stack)], kind.replace('KIND', 'a list')],
    [
      'of another region',
      at(`us-east-1:${HOME.account}`),
      "'targetGroup' must be in eu-west-1, the region of the alarms, got us-east-1: watch it from a stack there [Test/Watch]",
    ],
    [
      'of another account',
      at(`${HOME.region}:444455556666`),
      "'targetGroup' must be in 111122223333, the account of the alarms, got 444455556666: watch it from a stack there [Test/Watch]",
    ],
  ])('fails for a target group %s, before anything is made', (_what, make, message) => {
    expect(failure((stack) => ({ targetGroup: make(stack) as IApplicationTargetGroup }))).toEqual({
      message,
      resources: 0,
    });
  });

  test('fails for a network load balancer, before anything is made', () => {
    const made = failure((stack) => ({
      loadBalancer: NetworkLoadBalancer.fromNetworkLoadBalancerAttributes(stack, 'Net', {
        loadBalancerArn: `${ARN}:loadbalancer/net/edge/fedcba9876543210`,
      }) as unknown as IApplicationLoadBalancer,
    }));
    expect(made).toEqual({
      message:
        "'loadBalancer' must be an application load balancer, got another kind: others count no requests [Test/Watch]",
      resources: 0,
    });
  });
});

describe('a service without its cluster', () => {
  const ARN = 'arn:aws:ecs:eu-west-1:111122223333:service/production/shop';
  const message =
    "'service' must be an ECS service that knows its cluster, got none: import it by ecs.BaseService.fromServiceArnWithCluster(), or by attributes with 'cluster'";

  test('is refused by each construct', () => {
    const stack = new Stack();
    const service = FargateService.fromFargateServiceArn(stack, 'Shop', ARN) as unknown as IBaseService;
    expect(() => new EcsServiceObservability(stack, 'All', { service })).toThrow(`${message} [Default/All]`);
    expect(() => new EcsServiceEvents(stack, 'Events', { service })).toThrow(`${message} [Default/Events]`);
    expect(() => new EcsServiceMetrics({ service })).toThrow(`${message} [Default/Shop]`);
    const nothing = undefined as unknown as IBaseService;
    expect(() => new EcsServiceObservability(stack, 'None', { service: nothing })).toThrow(`${message} [Default/None]`);
  });

  test('is watched when the ARN tells its cluster', () => {
    const stack = new Stack();
    const service = BaseService.fromServiceArnWithCluster(stack, 'Shop', ARN);
    new EcsServiceObservability(stack, 'All', { service, alerts: AlertRouting.none() });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: [
        { Name: 'ClusterName', Value: 'production' },
        { Name: 'ServiceName', Value: 'shop' },
      ],
    });
  });
});
