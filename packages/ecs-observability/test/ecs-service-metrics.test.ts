import { Duration } from 'aws-cdk-lib';
import { EcsServiceEvents, EcsServiceMetrics } from '../src';
import { importedService, importedTargetGroup, newStack } from './fixtures';

const stack = newStack();
const service = importedService(stack);
const { failedTaskRule } = new EcsServiceEvents(stack, 'Events', { service });
const metrics = new EcsServiceMetrics({ service, targetGroup: importedTargetGroup(stack), failedTaskRule });

const SERVICE = { ClusterName: 'production', ServiceName: 'shop' };
const BALANCER = { LoadBalancer: 'app/edge/fedcba9876543210' };
const TARGETS = { LoadBalancer: 'app/edge/fedcba9876543210', TargetGroup: 'targetgroup/shop/0123456789abcdef' };

const ROWS = [
  ['cpuUtilization', 'AWS/ECS', 'CPUUtilization', SERVICE, 'Average'],
  ['memoryUtilization', 'AWS/ECS', 'MemoryUtilization', SERVICE, 'Average'],
  ['runningTasks', 'AWS/ECS', 'CPUUtilization', SERVICE, 'SampleCount'],
  ['requestCount', 'AWS/ApplicationELB', 'RequestCount', BALANCER, 'Sum'],
  ['serverErrors', 'AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', BALANCER, 'Sum'],
  ['loadBalancerErrors', 'AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', BALANCER, 'Sum'],
  ['requestsWithoutTarget', 'AWS/ApplicationELB', 'HTTPCode_ELB_503_Count', BALANCER, 'Sum'],
  ['requestLatency', 'AWS/ApplicationELB', 'TargetResponseTime', BALANCER, 'p95'],
  ['healthCheckFailures', 'AWS/ApplicationELB', 'UnHealthyHostCount', TARGETS, 'Minimum'],
  ['containerRestarts', 'AWS/Events', 'TriggeredRules', { RuleName: failedTaskRule.ruleName }, 'Sum'],
] as const;

describe('each metric', () => {
  test.each(ROWS)('is the one that AWS publishes: %s', (method, namespace, metricName, dimensions, statistic) => {
    expect(metrics[method]()).toMatchObject({ namespace, metricName, dimensions, statistic });
    expect(metrics[method]().period.toSeconds()).toBe(60);
  });

  test.each(ROWS)('takes options that replace its own: %s', (method) => {
    const metric = metrics[method]({ statistic: 'Maximum', period: Duration.minutes(5), label: 'Mine' });

    expect(metric).toMatchObject({ statistic: 'Maximum', label: 'Mine' });
    expect(metric.period.toSeconds()).toBe(300);
  });
});

describe('metrics without a target group', () => {
  const worker = new EcsServiceMetrics({ service });

  test('say so', () => {
    expect(metrics.measuresRequests).toBe(true);
    expect(worker.measuresRequests).toBe(false);
  });

  test.each([
    'requestCount',
    'serverErrors',
    'loadBalancerErrors',
    'requestsWithoutTarget',
    'requestLatency',
    'healthCheckFailures',
  ] as const)('fail when asked for %s', (method) => {
    expect(() => worker[method]()).toThrow(
      `${method}() needs 'targetGroup', got none: it is measured at the load balancer [Test/Shop]`,
    );
  });
});

describe('metrics of a load balancer that others share', () => {
  const shared = new EcsServiceMetrics({
    service,
    targetGroup: importedTargetGroup(newStack()),
    sharedLoadBalancer: true,
  });

  test.each(['requestCount', 'serverErrors', 'requestLatency', 'healthCheckFailures'] as const)(
    'are those of the target group: %s',
    (method) => {
      expect(shared[method]().dimensions).toEqual(TARGETS);
    },
  );

  test.each(['loadBalancerErrors', 'requestsWithoutTarget'] as const)('fail when asked for %s', (method) => {
    expect(() => shared[method]()).toThrow(
      `${method}() needs a load balancer of its own, got 'sharedLoadBalancer': others count as well [Test/Shop]`,
    );
  });
});

describe('metrics without a rule', () => {
  test('fail when asked for container restarts', () => {
    expect(() => new EcsServiceMetrics({ service }).containerRestarts()).toThrow(
      "containerRestarts() needs 'failedTaskRule', got none: pass the rule of an EcsServiceEvents [Test/Shop]",
    );
  });
});
