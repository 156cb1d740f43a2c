import type { Duration } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ScalingProps } from './scaling';

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
   * Processor that the image is built for; workers and releases run on it, too.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly architecture?: ecs.CpuArchitecture;

  /**
   * Numbers of tasks and targets of scaling.
   *
   * @default - 2 to 10 tasks in production, 1 to 2 in development
   */
  readonly scaling?: ScalingProps;

  /**
   * gunicorn processes of a task.
   *
   * @default - 2 for each vCPU, at least 2
   */
  readonly workers?: number;

  /**
   * Requests that each gunicorn process works on at a time.
   *
   * @default 4
   */
  readonly threads?: number;

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
}
