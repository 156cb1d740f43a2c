import {
  type Alarm,
  AlarmStatusWidget,
  Color,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  type YAxisProps,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { EcsServiceAlarms } from '../ecs-service-alarms';
import type { EcsServiceMetrics } from '../ecs-service-metrics';
import { failedShare } from './alarm-definitions';

/**
 * Columns that CloudWatch divides a dashboard into.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const COLUMNS = 24;

const COUNT = { min: 0, showUnits: false };
const PERCENT = { min: 0, showUnits: false, label: '%' };
const SECONDS = { min: 0, showUnits: false, label: 'seconds' };

// The alarms watch the average of all tasks; the highest task explains it.
const AVERAGE = { label: 'Average' };
const HIGHEST = { statistic: 'Maximum', label: 'Highest task' };

/** The signals of the service, each with the line that raises its alarm; the states of all alarms on top. */
export function dashboardRows(metrics: EcsServiceMetrics, alarms: EcsServiceAlarms): IWidget[][] {
  const title = `Service ${metrics.service.serviceName} in cluster ${metrics.service.cluster.clusterName}`;
  return [
    [new AlarmStatusWidget({ title, alarms: alarms.all, width: COLUMNS, height: 3 })],
    metrics.measuresRequests ? requests(metrics, alarms) : [],
    tasks(metrics, alarms),
  ];
}

function requests(metrics: EcsServiceMetrics, alarms: EcsServiceAlarms): IWidget[] {
  const latency = ['p50', 'p95', 'p99'].map((statistic) => metrics.requestLatency({ statistic, label: statistic }));
  return row([
    { title: 'Server errors', axis: PERCENT, metrics: [failedShare(metrics)], alarm: alarms.serverErrors },
    { title: 'Requests', axis: COUNT, metrics: [perMinute(metrics.requestCount(), 'Requests per minute')] },
    { title: 'Request latency', axis: SECONDS, metrics: latency, alarm: alarms.latencyHigh },
    {
      title: 'Health-check failures',
      axis: COUNT,
      metrics: [metrics.healthCheckFailures({ label: 'Unhealthy targets' })],
      alarm: alarms.unhealthyTargets,
    },
  ]);
}

function tasks(metrics: EcsServiceMetrics, alarms: EcsServiceAlarms): IWidget[] {
  const cpu = [metrics.cpuUtilization(AVERAGE), metrics.cpuUtilization(HIGHEST)];
  const memory = [metrics.memoryUtilization(AVERAGE), metrics.memoryUtilization(HIGHEST)];
  return row([
    { title: 'CPU', axis: PERCENT, metrics: cpu, alarm: alarms.cpuHigh },
    { title: 'Memory', axis: PERCENT, metrics: memory, alarm: alarms.memoryHigh },
    {
      title: 'Running tasks',
      axis: COUNT,
      metrics: [perMinute(metrics.runningTasks(), 'Tasks')],
      alarm: alarms.noRunningTasks,
    },
    {
      // No line: its alarm sums an hour, this graph five minutes, to show when it happened.
      title: 'Container restarts',
      axis: COUNT,
      metrics: [metrics.containerRestarts({ label: 'Failed tasks', period: Duration.minutes(5) })],
    },
  ]);
}

/** The console draws longer periods when a longer time is shown, and what is counted each minute would seem to grow. */
function perMinute(counted: IMetric, label: string): IMetric {
  return new MathExpression({
    expression: 'counted / (PERIOD(counted) / 60)',
    usingMetrics: { counted },
    period: Duration.minutes(1),
    label,
  });
}

interface Graph {
  readonly title: string;
  readonly axis: YAxisProps;
  readonly metrics: IMetric[];
  readonly alarm?: Alarm;
}

/** Graphs that share the width of the dashboard. */
function row(graphs: Graph[]): IWidget[] {
  return graphs.map(
    ({ title, axis, metrics, alarm }) =>
      new GraphWidget({
        title,
        left: metrics,
        leftYAxis: axis,
        leftAnnotations: alarm && [{ value: alarm.toAnnotation().value, label: alarm.node.id, color: Color.RED }],
        width: COLUMNS / graphs.length,
        height: 6,
      }),
  );
}
