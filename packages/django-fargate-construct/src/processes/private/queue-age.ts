import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Options of scaling by the age of a queue. */
export interface QueueAgeOptions {
  readonly service: ecs.FargateService;
  readonly tasks: ecs.ScalableTaskCount;
  readonly logGroup: logs.ILogGroup;
  readonly queues: string[];
  readonly maxQueueAge: Duration;
}

/**
 * Lets the number of worker tasks follow how long the oldest Celery task has waited. Valkey has no such metric, so it is
 * read from a line that the worker logs every minute.
 */
export function scaleOnQueueAge(scope: Construct, id: string, options: QueueAgeOptions): void {
  const { service, tasks, logGroup, queues } = options;
  const maxAge = options.maxQueueAge.toSeconds();
  const filter = new logs.MetricFilter(scope, id, {
    logGroup,
    filterPattern: logs.FilterPattern.all(
      logs.FilterPattern.stringValue('$.queues', '=', [...queues].sort().join(',')),
      logs.FilterPattern.numberValue('$.queue_age_seconds', '>=', 0),
    ),
    // without a dimension, the namespace keeps the metrics of two workers apart
    metricNamespace: `DjangoFargate/${service.serviceName}`,
    metricName: 'QueueAge',
    metricValue: '$.queue_age_seconds',
  });
  tasks.scaleOnMetric('QueueAge', {
    metric: filter.metric({ statistic: 'Maximum', period: Duration.minutes(1) }),
    scalingSteps: [
      { upper: 1, change: -1 },
      { lower: maxAge, change: +1 },
      { lower: 3 * maxAge, change: +2 },
    ],
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    cooldown: Duration.minutes(3),
  });
}
