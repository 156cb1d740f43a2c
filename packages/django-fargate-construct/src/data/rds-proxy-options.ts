import type { Duration } from 'aws-cdk-lib/core';

/** An RDS Proxy before a database. */
export interface RdsProxyOptions {
  /**
   * Share of the database's connections that the proxy may open, 1 to 100 percent. What is left is for the release and
   * people, who connect directly.
   *
   * @default 80
   */
  readonly maxConnectionsPercent?: number;

  /**
   * Time for which a query waits until one of those connections is free, 1 second to 1 hour; then it fails.
   *
   * @default Duration.seconds(10)
   */
  readonly borrowTimeout?: Duration;

  /**
   * Time after which the proxy closes a connection of Django that is not used, 1 minute to 8 hours; more than Django's
   * `CONN_MAX_AGE`.
   *
   * @default Duration.minutes(30)
   */
  readonly idleClientTimeout?: Duration;
}
