import type { Duration } from 'aws-cdk-lib/core';

/** Number of tasks of a process, and the load that changes it. */
export interface ScalingProps {
  /**
   * Fewest tasks, at least 1; a worker with `maxQueueAge` may have 0.
   *
   * @default - web: 2 in production, 1 in development; worker: 1
   */
  readonly minTasks?: number;

  /**
   * Most tasks. When it equals `minTasks`, the process does not scale.
   *
   * @default - web: 10 in production, 2 in development, at least `minTasks`; worker: same as `minTasks`
   */
  readonly maxTasks?: number;

  /**
   * Average CPU use, in percent of what the tasks have, that scaling holds.
   *
   * @default 60
   */
  readonly cpuPercent?: number;

  /**
   * Average memory use, in percent of what the tasks have, that scaling holds.
   *
   * @default 75
   */
  readonly memoryPercent?: number;
}

/** Number of web tasks, and the load that changes it. */
export interface WebScalingProps extends ScalingProps {
  /**
   * Requests per minute to each task that scaling holds, beside CPU and memory. Choose about half of what one task
   * answers in a minute under load.
   *
   * @default - requests are not counted
   */
  readonly requestsPerTarget?: number;
}

/** Number of tasks of a worker, and the load that changes it. */
export interface WorkerScalingProps extends ScalingProps {
  /**
   * Time that the oldest Celery task may wait in `queues` before a worker task is added, at least a minute: one more
   * after three minutes in a row, two more at three times this age, and one less when nothing has waited for three
   * minutes. CPU and memory do not scale the worker then. The project logs the age, see the README.
   * With `minTasks: 0` the web process logs it: one minute that is too old starts a task, and the last one stops after three
   * minutes in which no task waits or is worked on.
   *
   * @default - CPU and memory scale the worker
   */
  readonly maxQueueAge?: Duration;
}
