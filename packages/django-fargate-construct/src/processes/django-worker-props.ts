import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Duration } from 'aws-cdk-lib/core';
import type { ProcessContainerOptions } from '../contract/process-container';
import type { WorkerScalingProps } from './scaling';
import type { TaskCapacity } from './task-capacity';

/** Properties of a Celery worker. */
export interface DjangoWorkerProps {
  /**
   * Celery queues that the worker takes tasks from.
   *
   * @default - Celery's default queue of the project
   */
  readonly queues?: string[];

  /**
   * Celery tasks that one container works on at a time.
   *
   * @default 2
   */
  readonly concurrency?: number;

  /**
   * CPU units of a task; 1024 are one vCPU.
   *
   * @default - 512 in production, 256 in development
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB.
   *
   * @default - 1024 in production, 512 in development
   */
  readonly memoryMiB?: number;

  /**
   * Disk of a task in GiB, from 21 to 200. It holds the image; the root file system stays read-only.
   *
   * @default - the 20 GiB that every task has at no price
   */
  readonly ephemeralStorageGiB?: number;

  /**
   * Numbers of tasks and targets of scaling.
   *
   * @default - 1 task, which does not scale
   */
  readonly scaling?: WorkerScalingProps;

  /**
   * Capacity that the tasks run on: Fargate, or partly on Fargate Spot. On Spot, Celery must acknowledge late
   * (`task_acks_late`), or what runs is lost when AWS takes a task back.
   *
   * @default TaskCapacity.onDemand()
   */
  readonly capacity?: TaskCapacity;

  /**
   * Lets the worker ask ECS not to stop it while it is busy, for Celery tasks that take longer than `stopTimeout`. ECS
   * waits for it before it scales in or deploys, for 48 hours at most; Spot does not. The project asks, see the README.
   *
   * @default false
   */
  readonly scaleInProtection?: boolean;

  /**
   * Time that running Celery tasks have to finish when the worker is stopped; Fargate allows up to 120 seconds.
   *
   * @default Duration.seconds(120)
   */
  readonly stopTimeout?: Duration;

  /**
   * Command in the container, as its words or as ECS takes it (`['CMD-SHELL', '…']`), that says by its exit code whether the worker lives. It is run every 10 seconds; after it
   * failed three times ECS replaces the task. Choose one that asks neither broker nor database: an outage of theirs must
   * not end every worker.
   *
   * @default - none; only the end of the worker's main process is noticed
   */
  readonly healthCheckCommand?: string[];

  /**
   * Log driver of the worker.
   *
   * @default - the log group of the site, without waiting for it: when 25 MiB wait to be sent, lines are lost
   */
  readonly logging?: ecs.LogDriver;

  /**
   * Another image, and further variables and secrets, for this worker alone: a library for GPUs, a browser.
   *
   * @default - those of the site
   */
  readonly container?: ProcessContainerOptions;
}
