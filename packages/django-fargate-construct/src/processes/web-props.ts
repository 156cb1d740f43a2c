import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Duration } from 'aws-cdk-lib/core';
import type { WebScalingProps } from './scaling';
import type { TaskCapacity } from './task-capacity';

/** gunicorn in the web tasks. */
export interface GunicornOptions {
  /**
   * Processes of a task, each with 64 MiB or more.
   *
   * @default - 2 for each vCPU, at least 2
   */
  readonly workers?: number;

  /**
   * Requests that each process works on at a time.
   *
   * @default 4
   */
  readonly threads?: number;

  /**
   * WSGI application, such as `config.wsgi:application`, that gunicorn of the image serves instead of the image's own
   * command. `healthCheckPath` is then answered before Django is asked.
   *
   * @default - the image's own command, which must serve HTTP on port 8000
   */
  readonly wsgiApplication?: string;
}

/** The web process: gunicorn behind the load balancer. */
export interface WebProps {
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
   * Processor that the image is built for; workers and releases run on it, too. ARM64 costs 20 % less. With an image for
   * the other one the release task does not start, and the deployment fails before it touches a running task.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly architecture?: ecs.CpuArchitecture;

  /**
   * Disk of a task in GiB, from 21 to 200. It holds the image; the root file system stays read-only.
   *
   * @default - the 20 GiB that every task has at no price
   */
  readonly ephemeralStorageGiB?: number;

  /**
   * Numbers of tasks and targets of scaling.
   *
   * @default - 2 to 10 tasks in production, 1 to 2 in development
   */
  readonly scaling?: WebScalingProps;

  /**
   * Capacity that the tasks run on: Fargate, or partly on Fargate Spot. On Spot, a request that runs when AWS takes its task back
   * may fail: ECS can take the task out of the load balancer too late.
   *
   * @default TaskCapacity.onDemand()
   */
  readonly capacity?: TaskCapacity;

  /**
   * gunicorn: its processes, threads and application.
   *
   * @default - see the defaults of `GunicornOptions`
   */
  readonly gunicorn?: GunicornOptions;

  /**
   * Time that a request may take, from 5 to 90 seconds. The idle time of connections, the time to finish running
   * requests and the time to stop follow from it.
   *
   * @default Duration.seconds(30)
   */
  readonly requestTimeout?: Duration;

  /**
   * Path that answers 200 without a look at the host name, the database or the cache.
   *
   * @default '/livez'
   */
  readonly healthCheckPath?: string;

  /**
   * Log driver of the web container.
   *
   * @default - the log group of the site, without waiting for it: when 25 MiB wait to be sent, lines are lost
   */
  readonly logging?: ecs.LogDriver;

  /**
   * Lets people run commands in a running web container by ECS Exec, as root, and makes its root file system writable:
   * ECS Exec does not support a read-only one. Sessions are encrypted with a KMS key and recorded in the log group
   * `ExecLogs`; a cluster that is given must record them itself.
   *
   * @default false
   */
  readonly execWithWritableRoot?: boolean;
}
