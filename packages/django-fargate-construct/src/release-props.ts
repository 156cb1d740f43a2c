import type { Duration } from 'aws-cdk-lib';

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
   * Time after which the command is stopped and the deployment fails, at most 14 minutes.
   *
   * @default Duration.minutes(10)
   */
  readonly timeout?: Duration;
}
