/** Number of tasks of a process, and the load that changes it. */
export interface ScalingProps {
  /**
   * Fewest tasks.
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
