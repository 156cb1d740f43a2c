import { CfnParameter, Duration, Lazy, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type AlarmThresholds, AlertRouting, EcsServiceAlarms, EcsServiceEvents, EcsServiceMetrics } from '../src';
import { alarmsOf, HOME, importedService, importedTopic, newStack, observe, ownedWebService } from './fixtures';

function alarm(id: string, thresholds?: AlarmThresholds) {
  return alarmsOf(observe(() => ({ thresholds })).template)[id];
}

describe('no running task', () => {
  test('is raised by three silent minutes, because a service without tasks has no metrics', () => {
    expect(alarm('NoRunningTasks')).toMatchObject({
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Statistic: 'SampleCount',
      Period: 60,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
  });
});

describe('container restarts', () => {
  test('are raised by three failed tasks in an hour, as the rule counts them', () => {
    const { template } = observe();
    const [rule] = Object.keys(template.findResources('AWS::Events::Rule'));

    expect(alarmsOf(template).ContainerRestarts).toMatchObject({
      Namespace: 'AWS/Events',
      MetricName: 'TriggeredRules',
      Dimensions: [{ Name: 'RuleName', Value: { Ref: rule } }],
      Statistic: 'Sum',
      Period: 3600,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 3,
      EvaluationPeriods: 1,
    });
  });

  test('are raised at the threshold that is given', () => {
    expect(alarm('ContainerRestarts', { containerRestarts: 10 })).toMatchObject({ Threshold: 10 });
  });
});

describe('CPU and memory', () => {
  test.each([
    ['CpuHigh', 'CPUUtilization'],
    ['MemoryHigh', 'MemoryUtilization'],
  ])('raise %s when the average of all tasks is 80 percent for ten minutes', (id, metricName) => {
    expect(alarm(id)).toMatchObject({
      Namespace: 'AWS/ECS',
      MetricName: metricName,
      Statistic: 'Average',
      Period: 60,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 80,
      EvaluationPeriods: 10,
    });
  });

  test('are raised at the thresholds that are given', () => {
    expect(alarm('CpuHigh', { cpuPercent: 60 })).toMatchObject({ Threshold: 60 });
    expect(alarm('MemoryHigh', { memoryPercent: 95 })).toMatchObject({ Threshold: 95 });
  });
});

describe('latency', () => {
  function latencyOf(thresholds?: AlarmThresholds) {
    const { Metrics: metrics, ...rest } = alarm('LatencyHigh', thresholds);
    const [expression, requests, latency] = metrics as [{ Expression: string }, MetricQuery, MetricQuery];
    return { ...rest, expression: expression.Expression, requests, latency };
  }
  interface MetricQuery {
    Id: string;
    MetricStat: { Metric: { MetricName: string }; Stat: string; Period: number };
  }

  test('is raised when the 95th percentile is a second in ten of fifteen minutes with twenty requests', () => {
    const found = latencyOf();

    expect(found).toMatchObject({
      expression: 'IF(requests >= 20, latency, 0)',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 15,
      DatapointsToAlarm: 10,
    });
    expect(found.requests).toMatchObject({ Id: 'requests', MetricStat: { Stat: 'Sum', Period: 60 } });
    expect(found.latency).toMatchObject({ Id: 'latency', MetricStat: { Stat: 'p95', Period: 60 } });
    expect(found.requests.MetricStat.Metric.MetricName).toBe('RequestCount');
    expect(found.latency.MetricStat.Metric.MetricName).toBe('TargetResponseTime');
  });

  test('is raised at the threshold that is given, in seconds as the load balancer measures it', () => {
    expect(latencyOf({ latency: Duration.millis(300) })).toMatchObject({ Threshold: 0.3 });
  });

  test('counts minutes with the requests that are given', () => {
    expect(latencyOf({ minRequestsPerMinute: 1 }).expression).toBe('IF(requests >= 1, latency, 0)');
  });
});

describe('unhealthy targets', () => {
  test('are raised when all nodes of the load balancer see one in three of five minutes', () => {
    expect(alarm('UnhealthyTargets')).toMatchObject({
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'UnHealthyHostCount',
      Statistic: 'Minimum',
      Period: 60,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
    });
  });

  test('are raised at the threshold that is given', () => {
    expect(alarm('UnhealthyTargets', { unhealthyTargets: 4 })).toMatchObject({ Threshold: 4 });
  });
});

describe('every alarm', () => {
  const alarms = Object.entries(alarmsOf(observe().template));

  test.each(alarms)('but the one on silence takes no data for good: %s', (id, properties) => {
    expect(properties.TreatMissingData).toBe(id === 'NoRunningTasks' ? 'breaching' : 'notBreaching');
  });

  test.each(alarms)('says which service it is about: %s', (_, properties) => {
    expect(properties.AlarmDescription).toMatch(/^Service shop in cluster production: \S.*\.$/);
  });

  test.each(alarms)('is named by CloudFormation, so that it can be replaced: %s', (_, properties) => {
    expect(properties).not.toHaveProperty('AlarmName');
  });
});

describe('thresholds', () => {
  test.each<[AlarmThresholds, string]>([
    [{ cpuPercent: 0.8 }, "'thresholds.cpuPercent' must be a percentage of at least 1, got 0.8"],
    [{ memoryPercent: Number.NaN }, "'thresholds.memoryPercent' must be a percentage of at least 1, got NaN"],
    [{ serverErrorPercent: 0.05 }, "'thresholds.serverErrorPercent' must be a percentage from 1 to 100, got 0.05"],
    [{ serverErrorPercent: 101 }, "'thresholds.serverErrorPercent' must be a percentage from 1 to 100, got 101"],
    [{ latency: Duration.millis(0) }, "'thresholds.latency' must be longer than 0, got 0 millis"],
    [{ minRequestsPerMinute: 0 }, "'thresholds.minRequestsPerMinute' must be a whole number of at least 1, got 0"],
    [{ unhealthyTargets: 1.5 }, "'thresholds.unhealthyTargets' must be a whole number of at least 1, got 1.5"],
    [{ containerRestarts: -1 }, "'thresholds.containerRestarts' must be a whole number of at least 1, got -1"],
  ])('fail when %p cannot work, before anything is made', (thresholds, message) => {
    const stack = newStack();

    expect(() => observe(() => ({ thresholds }), stack)).toThrow(`${message} [Test/Watch]`);
    expect(stack.node.findAll().filter((construct) => 'cfnResourceType' in construct)).toEqual([]);
  });

  test('may be above 100 percent where tasks may use more than they reserve, and not on Fargate', () => {
    expect(alarm('CpuHigh', { cpuPercent: 150 })).toMatchObject({ Threshold: 150 });

    const stack = newStack();
    const { service, targetGroup } = ownedWebService(stack);
    expect(() => observe(() => ({ service, targetGroup, thresholds: { memoryPercent: 150 } }), stack)).toThrow(
      "'thresholds.memoryPercent' must be a percentage from 1 to 100, got 150 [Test/Watch]",
    );
  });

  test('may be known only at deployment', () => {
    const stack = newStack();
    const cpu = new CfnParameter(stack, 'Cpu', { type: 'Number' });
    const { template } = observe(
      () => ({
        thresholds: {
          cpuPercent: cpu.valueAsNumber,
          minRequestsPerMinute: Lazy.number({ produce: () => 7 }),
          containerRestarts: Token.asNumber(9),
        },
      }),
      stack,
    );
    const alarms = alarmsOf(template);

    expect(alarms.CpuHigh.Threshold).toEqual({ Ref: 'Cpu' });
    expect(alarms.ContainerRestarts.Threshold).toBe(9);
    expect(JSON.stringify(alarms.LatencyHigh)).toContain('IF(requests >= 7, latency, 0)');
  });
});

describe('alarms by themselves', () => {
  test('need only metrics', () => {
    const stack = newStack();
    const service = importedService(stack);
    const { failedTaskRule } = new EcsServiceEvents(stack, 'Events', { service });
    const metrics = new EcsServiceMetrics({ service, failedTaskRule });
    const { all } = new EcsServiceAlarms(stack, 'Alarms', { metrics });

    expect(all.map(({ node }) => node.id)).toEqual(['NoRunningTasks', 'ContainerRestarts', 'CpuHigh', 'MemoryHigh']);
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 4);
  });

  test('fail on a topic of another region', () => {
    const stack = newStack(HOME);
    const metrics = new EcsServiceMetrics({ service: importedService(stack) });
    const alerts = AlertRouting.topics(importedTopic(stack, 'pager', 'us-east-1'));

    expect(() => new EcsServiceAlarms(stack, 'Alarms', { metrics, alerts })).toThrow(
      "'alerts' must be in eu-west-1, the region of the alarms, got us-east-1: pass a topic of that region [Test/Alarms]",
    );
  });

  test('fail on a threshold that cannot work', () => {
    const stack = newStack();
    const metrics = new EcsServiceMetrics({ service: importedService(stack) });

    expect(() => new EcsServiceAlarms(stack, 'Alarms', { metrics, thresholds: { cpuPercent: 0 } })).toThrow(
      "'thresholds.cpuPercent' must be a percentage of at least 1, got 0 [Test/Alarms]",
    );
  });
});
