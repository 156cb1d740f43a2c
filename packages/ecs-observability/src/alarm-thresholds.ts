import type { Duration } from 'aws-cdk-lib/core';

/** Values that raise an alarm. Each has a default, so name only those that do not fit your service. */
export interface AlarmThresholds {
  /**
   * CPU of all tasks, in percent of what they reserve, that raises `cpuHigh` after ten minutes. On EC2 it may be above 100.
   *
   * 80 is the value that AWS recommends for `CPUUtilization` of an ECS service.
   * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
   *
   * @default 80
   */
  readonly cpuPercent?: number;

  /**
   * Memory of all tasks, in percent of what they reserve, that raises `memoryHigh` after ten minutes. On EC2 it may be above 100.
   *
   * 80 is the value that AWS recommends for `MemoryUtilization` of an ECS service.
   * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
   *
   * @default 80
   */
  readonly memoryPercent?: number;

  /**
   * Share of requests, in percent, that are answered with a status of 500 to 599 and raise `serverErrors` when three of five minutes
   * reach it. Needs a target group.
   *
   * Five in a hundred is what AWS proposes for an ECS service.
   * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
   *
   * @default 5
   */
  readonly serverErrorPercent?: number;

  /**
   * Latency of the 95th percentile that raises `latencyHigh` when ten of fifteen minutes reach it.
   *
   * One second is about what a person waits without losing the thread. Needs a target group.
   *
   * @default Duration.seconds(1)
   */
  readonly latency?: Duration;

  /**
   * Requests that a minute must have before its latency and its share of errors count.
   *
   * The 95th percentile of fewer than 20 requests is the slowest single request. With fewer, `serverErrorsOfFew` looks at five minutes
   * at a time. Needs a target group.
   *
   * @default 20
   */
  readonly minRequestsPerMinute?: number;

  /**
   * Targets that fail the load balancer's health check at once, and raise `unhealthyTargets` when three of five minutes
   * have so many. Needs a target group.
   *
   * @default 1
   */
  readonly unhealthyTargets?: number;

  /**
   * Failed tasks in one hour that raise `containerRestarts`.
   *
   * Three is also the fewest failures at which ECS's deployment circuit breaker gives up.
   *
   * @default 3
   */
  readonly containerRestarts?: number;
}
