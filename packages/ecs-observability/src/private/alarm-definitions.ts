import { type AlarmProps, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
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

/** Ten minutes of fifteen, and only minutes with enough requests, or one slow page at night would raise it. */
export function latencyHigh(metrics: EcsServiceMetrics, thresholds: AlarmThresholds): AlarmProps {
  return atLeast({
    metric: new MathExpression({
      expression: `IF(requests >= ${Tokenization.stringifyNumber(thresholds.minRequestsPerMinute ?? 20)}, latency, 0)`,
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
