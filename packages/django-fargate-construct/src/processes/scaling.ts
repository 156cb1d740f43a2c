/** How many tasks a process runs, and what makes it run more. */
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

/** How many web tasks run, and what makes more of them run. */
export interface WebScalingProps extends ScalingProps {
  /**
   * Requests per minute to each task that scaling holds, beside CPU and memory. Choose about half of what one task
   * answers in a minute under load.
   *
   * @default - requests are not counted
   */
  readonly requestsPerTarget?: number;
}
