import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { queueNames } from '../queue-report';

/** Options of scaling by the age of a queue. */
export interface QueueAgeOptions {
  readonly service: ecs.FargateService;
  readonly tasks: ecs.ScalableTaskCount;
  readonly maxTasks: number;
  readonly logGroup: logs.ILogGroup;
  readonly queues: string[];
  readonly maxQueueAge: Duration;
}

const MINUTE = Duration.minutes(1);
const COOLDOWN = Duration.minutes(3);

/**
 * Lets the number of worker tasks follow how long the oldest Celery task has waited. Valkey has no such metric, so it is
 * read from a line that the worker logs every minute.
 */
export function scaleOnQueueAge(scope: Construct, id: string, options: QueueAgeOptions): void {
  options.tasks.scaleOnMetric('QueueAge', {
    metric: queueMetric(scope, id, options, { names: '$.queues', value: '$.queue_age_seconds', metric: 'QueueAge' }),
    scalingSteps: [{ upper: 1, change: -1 }, ...moreTasks(options)],
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    cooldown: COOLDOWN,
  });
}

/**
 * The same for a worker that may have no task. The lines are the web process's, so age and number are known then, too. The first
 * minute that is too old starts a task; the last task stops when none waits and none is worked on.
 */
export function scaleToZeroOnQueueAge(scope: Construct, id: string, options: QueueAgeOptions): void {
  const { service, tasks, maxTasks } = options;
  const names = '$.reported_queues';
  const age = queueMetric(scope, id, options, { names, value: '$.queue_age_seconds', metric: 'QueueAge' });
  const length = queueMetric(scope, `${id}Length`, options, { names, value: '$.queue_length', metric: 'QueueLength' });
  tasks.scaleOnMetric('QueueAge', {
    metric: age,
    scalingSteps: moreTasks(options),
    evaluationPeriods: 1,
    cooldown: COOLDOWN,
  });
  // each running task sends one sample a minute: https://docs.aws.amazon.com/AmazonECS/latest/userguide/cloudwatch-metrics.html
  const running = service.metricCpuUtilization({ statistic: 'SampleCount', period: MINUTE });
  tasks.scaleOnMetric('QueueEmpty', {
    metric: new cloudwatch.MathExpression({
      expression: 'IF(length < 1, 0, IF(age < 1 AND running > 1, 1, 2))',
      usingMetrics: { length, age, running },
      period: MINUTE,
      label: '0: no task is needed, 1: one less is enough',
    }),
    scalingSteps: [
      { upper: 0, change: -maxTasks },
      { lower: 0, upper: 1, change: -1 },
    ],
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    cooldown: COOLDOWN,
  });
}

/** One task more for tasks that wait too long, two when they wait three times as long. */
function moreTasks({ maxQueueAge }: QueueAgeOptions) {
  const maxAge = maxQueueAge.toSeconds();
  return [
    { lower: maxAge, change: +1 },
    { lower: 3 * maxAge, change: +2 },
  ];
}

/** A number in the log lines about queues, as a metric: its highest value in a minute. */
function queueMetric(
  scope: Construct,
  id: string,
  { service, logGroup, queues }: QueueAgeOptions,
  line: { names: string; value: string; metric: string },
): cloudwatch.Metric {
  const filter = new logs.MetricFilter(scope, id, {
    logGroup,
    filterPattern: logs.FilterPattern.all(
      logs.FilterPattern.stringValue(line.names, '=', queueNames(queues)),
      logs.FilterPattern.numberValue(line.value, '>=', 0),
    ),
    // without a dimension, the namespace keeps the metrics of two workers apart
    metricNamespace: `DjangoFargate/${service.serviceName}`,
    metricName: line.metric,
    metricValue: line.value,
  });
  return filter.metric({ statistic: 'Maximum', period: MINUTE });
}
