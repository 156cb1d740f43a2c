import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { fail } from './validate';

/** Plain variables that Django reads at start-up in every process. */
export interface SharedEnvironment {
  readonly DJANGO_SETTINGS_MODULE: string;
  readonly DJANGO_ALLOWED_HOSTS: string;
  readonly SITE_URL: string;
  readonly REDIS_HOST: string;
  readonly REDIS_PORT: string;
  readonly MEDIA_BUCKET: string;
  readonly STATIC_BUCKET: string;
  readonly AWS_REGION: string;
}

/** What a task can be. */
export const DJANGO_PROCESSES = ['web', 'worker', 'beat', 'release', 'command'] as const;

/** Variables that differ between processes. */
export interface ProcessEnvironment {
  readonly DJANGO_PROCESS: (typeof DJANGO_PROCESSES)[number];
  readonly GUNICORN_CMD_ARGS?: string;
}

/** Secrets that Django reads at start-up in every process. */
export interface SharedSecrets {
  readonly DJANGO_SECRET_KEY: ISecret;
  readonly DATABASE_SECRET: ISecret;
  readonly REDIS_AUTH_TOKEN: ISecret;
}

/** Every name of the contract, so that a user's own variables cannot replace one. */
export const CONTRACT_NAMES: readonly string[] = [
  'DJANGO_SETTINGS_MODULE',
  'DJANGO_PROCESS',
  'DJANGO_ALLOWED_HOSTS',
  'SITE_URL',
  'DJANGO_SECRET_KEY',
  'DATABASE_SECRET',
  'REDIS_HOST',
  'REDIS_PORT',
  'REDIS_AUTH_TOKEN',
  'MEDIA_BUCKET',
  'STATIC_BUCKET',
  'AWS_REGION',
  'GUNICORN_CMD_ARGS',
] satisfies (keyof (SharedEnvironment & ProcessEnvironment & SharedSecrets))[];

/** What the containers of every process have in common. */
export interface ContainerEnvironment {
  readonly environment: Record<string, string>;
  readonly secrets: Record<string, ecs.Secret>;
}

/** Joins the contract with the user's own variables and secrets. */
export function containerEnvironment(
  shared: SharedEnvironment,
  secrets: SharedSecrets,
  own: ContainerEnvironment,
): ContainerEnvironment {
  const contractSecrets = Object.entries(secrets).map(([name, secret]) => [
    name,
    ecs.Secret.fromSecretsManager(secret as ISecret),
  ]);
  return {
    environment: { ...own.environment, ...shared },
    secrets: { ...own.secrets, ...Object.fromEntries(contractSecrets) },
  };
}

/** Fails synthesis when the user's own names meet the contract's, or each other. */
export function requireOwnNames(scope: IConstruct, environment: string[], secrets: string[]): void {
  for (const [prop, names] of Object.entries({ 'django.environment': environment, 'django.secrets': secrets })) {
    for (const name of names) {
      if (CONTRACT_NAMES.includes(name)) {
        fail(scope, `'${prop}' must not set ${name}: the site sets it itself. Choose another name`);
      }
    }
  }
  for (const name of environment) {
    if (secrets.includes(name)) {
      fail(scope, `'django.environment' and 'django.secrets' must not both set ${name}`);
    }
  }
}
