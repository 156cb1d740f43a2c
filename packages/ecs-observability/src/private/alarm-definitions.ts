import {
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Tokenization } from 'aws-cdk-lib/core';
import type { AlarmThresholds } from '../alarm-thresholds';
import type { EcsServiceMetrics } from '../ecs-service-metrics';

/** The one alarm that silence raises: without a running task there are no metrics at all, not even zeros. */
export function noRunningTasks(metrics: EcsServiceMetrics): AlarmProps {
  return {
    metric: metrics.runningTasks(),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
    evaluationPeriods: 3,
    alarmDescription: describe(
      metrics,
      'no task runs. The events of the service say what keeps ECS from starting one.',
    ),
  };
}

/** Sums an hour: ECS waits up to 27 minutes between starts that fail, and a shorter sum would call that the end. */
export function containerRestarts(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  return atLeast({
    metric: metrics.containerRestarts({ period: Duration.hours(1) }),
    threshold: thresholds.containerRestarts ?? 3,
    evaluationPeriods: 1,
    alarmDescription: describe(metrics, 'tasks fail and are replaced. Each stopped task has its reason, and its logs.'),
  });
}

/** Three minutes of five, and only minutes with enough requests. */
export function serverErrors(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  const { total, failed, usingMetrics } = requests(metrics, Duration.minutes(1));
  const floor = Tokenization.stringifyNumber(thresholds.minRequestsPerMinute ?? MIN_REQUESTS);
  return atLeast({
    metric: new MathExpression({
      expression: `IF(${total} >= ${floor}, 100 * ${failed} / ${total}, 0)`,
      usingMetrics,
      period: Duration.minutes(1),
    }),
    threshold: thresholds.serverErrorPercent ?? 5,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    alarmDescription: describe(metrics, `requests fail. ${FIND_ERRORS}`),
  });
}

/**
 * Twice five minutes in a row, for a site with so few visitors that no minute counts above: many errors, and a large share. The two
 * do not meet: this one leaves out what has requests enough for the other.
 */
export function serverErrorsOfFew(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  const { total, failed, usingMetrics } = requests(metrics, Duration.minutes(5));
  const floor = Tokenization.stringifyNumber(thresholds.minRequestsPerMinute ?? MIN_REQUESTS);
  return atLeast({
    metric: new MathExpression({
      expression: `IF(${total} < 5 * ${floor} AND ${failed} >= 10, 100 * ${failed} / ${total}, 0)`,
      usingMetrics,
      period: Duration.minutes(5),
    }),
    threshold: 25,
    evaluationPeriods: 2,
    alarmDescription: describe(metrics, `a large part of few requests fails. ${FIND_ERRORS}`),
  });
}

/** Percent of all requests that fail, as it is drawn. */
export function failedShare(metrics: EcsServiceMetrics): IMetric {
  const { total, failed, usingMetrics } = requests(metrics, Duration.minutes(1));
  return new MathExpression({
    expression: `IF(${total} > 0, 100 * ${failed} / ${total}, 0)`,
    usingMetrics,
    period: Duration.minutes(1),
    label: 'Requests that fail',
  });
}

const MIN_REQUESTS = 20;
const FIND_ERRORS = 'Look for tracebacks in the logs, then at the database and at the last deployment.';

/**
 * Requests and those that failed, as terms of an expression. A load balancer without a healthy target answers itself and counts no
 * request, so that a plain quotient has no data in a total outage; and what did not happen has no data either, but is zero.
 */
function requests(metrics: EcsServiceMetrics, period: Duration) {
  const [counted, answered] = [metrics.requestCount({ period }), metrics.serverErrors({ period })];
  if (!metrics.measuresLoadBalancer) {
    return {
      total: 'FILL(counted, 0)',
      failed: 'FILL(answered, 0)',
      usingMetrics: { counted, answered } as Record<string, IMetric>,
    };
  }
  const [refused, targetless] = [metrics.loadBalancerErrors({ period }), metrics.requestsWithoutTarget({ period })];
  return {
    total: '(FILL(counted, 0) + FILL(targetless, 0))',
    failed: '(FILL(answered, 0) + FILL(refused, 0))',
    usingMetrics: { counted, targetless, answered, refused } as Record<string, IMetric>,
  };
}

/** Ten minutes of fifteen, and only minutes with enough requests, or one slow page at night would raise it. */
export function latencyHigh(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  return atLeast({
    metric: new MathExpression({
      expression: `IF(requests >= ${Tokenization.stringifyNumber(thresholds.minRequestsPerMinute ?? MIN_REQUESTS)}, latency, 0)`,
      usingMetrics: { requests: metrics.requestCount(), latency: metrics.requestLatency() },
      period: Duration.minutes(1),
    }),
    threshold: (thresholds.latency ?? Duration.seconds(1)).toSeconds({ integral: false }),
    evaluationPeriods: 15,
    datapointsToAlarm: 10,
    alarmDescription: describe(
      metrics,
      'one request in twenty is slow. Look at CPU and traffic, then at what it calls.',
    ),
  });
}

/** Three minutes of five, so that one target that recovers between two checks still counts. */
export function unhealthyTargets(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  return atLeast({
    metric: metrics.healthCheckFailures(),
    threshold: thresholds.unhealthyTargets ?? 1,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    alarmDescription: describe(metrics, 'targets fail the health check. The target group says how.'),
  });
}

/** Ten minutes: scaling out, where there is any, has answered by then. */
export function cpuHigh(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  return atLeast({
    metric: metrics.cpuUtilization(),
    threshold: thresholds.cpuPercent ?? 80,
    evaluationPeriods: 10,
    alarmDescription: describe(metrics, 'the tasks use most of their CPU. Look for more traffic, or for slower code.'),
  });
}

/** Ten minutes, as for CPU. */
export function memoryHigh(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  return atLeast({
    metric: metrics.memoryUtilization(),
    threshold: thresholds.memoryPercent ?? 80,
    evaluationPeriods: 10,
    alarmDescription: describe(metrics, 'the tasks use most of their memory. At the limit they are killed.'),
  });
}

/** Raised at the threshold and above. No data is good: that the service fell silent is another alarm's business. */
function atLeast(props: AlarmProps): AlarmProps {
  return {
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    ...props,
  };
}

/** A topic often hears of several services, and a notification of an expression names none. */
function describe({ service }: EcsServiceMetrics, text: string): string {
  return `Service ${service.serviceName} in cluster ${service.cluster.clusterName}: ${text}`;
}
