import type { Duration } from 'aws-cdk-lib/core';

/** The step of a deployment that comes before new tasks start. */
export interface ReleaseProps {
  /**
   * Command that prepares the database for the release. It runs again when a deployment rolls back, so it must be
   * repeatable.
   *
   * @default ['python', 'manage.py', 'migrate', '--noinput']
   */
  readonly command?: string[];

  /**
   * Whether the release copies what `collectstatic` put into the image to the bucket of static files before it runs
   * `command`, which takes boto3 in the image.
   *
   * @default true
   */
  readonly publishStaticFiles?: boolean;

  /**
   * Time after which the step is stopped and the deployment fails, at most 14 minutes.
   *
   * @default Duration.minutes(10)
   */
  readonly timeout?: Duration;
}
