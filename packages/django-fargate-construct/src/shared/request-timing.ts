/** Durations in seconds that must agree across the load balancer, gunicorn and ECS, all derived from the request timeout. */
export interface RequestTiming {
  /** gunicorn ends a worker whose request takes longer. */
  readonly requestTimeout: number;
  /** gunicorn lets running requests finish for this long after a stop signal. */
  readonly gracefulTimeout: number;
  /** ECS kills a container that has not stopped by then. */
  readonly stopTimeout: number;
  /** The load balancer waits this long for running requests before it lets go of a task. */
  readonly deregistrationDelay: number;
  /** The load balancer closes a connection without traffic. */
  readonly idleTimeout: number;
  /** gunicorn closes a connection without traffic: later than the load balancer, which would answer 502 otherwise. */
  readonly keepAlive: number;
}

/**
 * Longest request timeout that leaves room for a graceful stop within Fargate's 120 s.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (`stopTimeout`)
 */
export const MAX_REQUEST_TIMEOUT = 90;

export function requestTiming(requestTimeout: number): RequestTiming {
  const idleTimeout = Math.max(60, requestTimeout + 5);
  return {
    requestTimeout,
    gracefulTimeout: requestTimeout + 15,
    stopTimeout: requestTimeout + 30,
    deregistrationDelay: requestTimeout,
    idleTimeout,
    keepAlive: idleTimeout + 15,
  };
}
