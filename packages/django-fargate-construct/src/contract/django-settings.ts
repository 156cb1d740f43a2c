import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { DjangoContract } from './django-contract';
import type { ReleaseProps } from './release-props';

/** The Django project as the site must know it, and its own variables beside the contract. */
export interface DjangoSettings {
  /**
   * Program that starts the command of every process, in place of the image's `ENTRYPOINT`; `['env']` runs the command as
   * it is. The image's default command is not used then, so that `web.gunicorn.wsgiApplication` must be set.
   *
   * @default - the `ENTRYPOINT` of the image, which gets each command as its arguments
   */
  readonly entryPoint?: string[];

  /**
   * Settings module.
   *
   * @default 'config.settings.production'
   */
  readonly settingsModule?: string;

  /**
   * Module or package that holds the Celery application, as `celery --app` takes it.
   *
   * @default 'config'
   */
  readonly celeryApp?: string;

  /**
   * The project's own variables, for every process. Names of the contract are refused.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The project's own secrets, for every process. Names of the contract are refused.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: ecs.Secret };

  /**
   * Secret that holds Django's `SECRET_KEY` as plain text.
   *
   * @default - a new one of 64 characters
   */
  readonly secretKey?: secretsmanager.ISecret;

  /**
   * Secret that holds a second key, which Django accepts and does not sign with (`SECRET_KEY_FALLBACKS`), while the key
   * is being changed.
   *
   * @default - none
   */
  readonly secretKeyFallback?: secretsmanager.ISecret;

  /**
   * Names and form of the environment variables by which the project learns of its site.
   *
   * @default DjangoContract.standard()
   */
  readonly contract?: DjangoContract;

  /**
   * The step that runs once per release before new tasks start.
   *
   * @default - `migrate` runs, for 10 minutes at most
   */
  readonly release?: ReleaseProps;
}
