import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { SignedMediaOptions } from '../edge/media-access';
import { kindOf } from '../shared/kind-of';
import { ecsSecret } from '../shared/secret-access';
import { fail } from '../shared/validate';

/** Facts about a site that Django needs; a contract gives them their names. */
export interface SiteValues {
  readonly settingsModule: string;
  readonly hostNames: string[];
  readonly url: string;
  readonly secretKey: ISecret;
  readonly secretKeyFallback?: ISecret;
  /** Only with read replicas. */
  readonly replicaHost?: string;
  readonly cacheHost: string;
  readonly cachePort: number;
  readonly cacheToken: ISecret;
  readonly mediaBucket: string;
  /** Only when Django signs the addresses of uploads. */
  readonly mediaSigning?: SignedMediaOptions;
  readonly staticBucket: string;
  readonly region: string;
}

/** The kinds of process that a task can run. */
export const DJANGO_PROCESSES = ['web', 'worker', 'beat', 'release', 'command'] as const;

/** Variables that differ between processes. */
export interface ProcessEnvironment {
  readonly DJANGO_PROCESS: (typeof DJANGO_PROCESSES)[number];
  readonly GUNICORN_CMD_ARGS?: string;
  readonly DJANGO_REPORT_QUEUES?: string;
}

/** Names that are there only when Django signs the addresses of uploads. */
export const SIGNED_MEDIA_NAMES: readonly string[] = ['MEDIA_URL_KEY_ID', 'MEDIA_URL_PRIVATE_KEY'];

/** Names that a task gets from the site whatever the contract. */
export const COMMON_NAMES: readonly string[] = [
  'DJANGO_SETTINGS_MODULE',
  'DJANGO_PROCESS',
  'SITE_URL',
  'STATIC_BUCKET',
  'DATABASE_REPLICA_HOST',
  'DATABASE_RUN_SECRET',
  ...SIGNED_MEDIA_NAMES,
  'AWS_REGION',
  'GUNICORN_CMD_ARGS',
  'DJANGO_REPORT_QUEUES',
];

/** Variables and secrets that the containers of every process share. */
export interface ContainerEnvironment {
  readonly environment: Record<string, string>;
  readonly secrets: Record<string, ecs.Secret>;
}

/** The variables that a task gets from the site whatever the contract. */
export function commonEnvironment(values: SiteValues): Record<string, string> {
  return {
    DJANGO_SETTINGS_MODULE: values.settingsModule,
    SITE_URL: values.url,
    STATIC_BUCKET: values.staticBucket,
    AWS_REGION: values.region,
    ...(values.replicaHost && { DATABASE_REPLICA_HOST: values.replicaHost }),
    ...(values.mediaSigning && { MEDIA_URL_KEY_ID: values.mediaSigning.publicKey.publicKeyId }),
  };
}

/** The secrets that a task gets from the site whatever the contract. */
export function commonSecrets({ mediaSigning }: SiteValues): Record<string, ecs.Secret> {
  return wholeSecrets({ MEDIA_URL_PRIVATE_KEY: mediaSigning?.privateKey });
}

/** Secrets as a task takes them, without those that are not there. */
export function wholeSecrets(secrets: Record<string, ISecret | undefined>): Record<string, ecs.Secret> {
  const there = Object.entries(secrets).filter((entry): entry is [string, ISecret] => entry[1] !== undefined);
  return Object.fromEntries(there.map(([name, secret]) => [name, ecsSecret(secret)]));
}

/** Fails synthesis unless the user's own variables and secrets are such, under names that nobody else uses. */
export function requireOwn(
  scope: IConstruct,
  contract: readonly string[],
  own: Partial<ContainerEnvironment>,
  prefix: string,
): void {
  const { environment = {}, secrets = {} } = own;
  requireOwnNames(scope, contract, Object.keys(environment), Object.keys(secrets), prefix);
  for (const [name, value] of Object.entries(environment)) {
    if (typeof value === 'string') continue;
    fail(scope, `'${prefix}environment' must hold texts, got ${kindOf(value)} for ${name}`);
  }
  for (const [name, secret] of Object.entries(secrets)) {
    // not by its class, which differs between two copies of aws-cdk-lib
    if (typeof secret?.grantRead === 'function' && secret.arn) continue;
    fail(
      scope,
      `'${prefix}secrets' must hold secrets of ECS, got ${kindOf(secret)} for ${name}: use ecs.Secret.fromSecretsManager()`,
    );
  }
}

/**
 * Names that every shell, env file and reader knows.
 * Source: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html
 */
const VARIABLE_NAME = /^[A-Za-z_]\w*$/;

function requireOwnNames(
  scope: IConstruct,
  contract: readonly string[],
  environment: string[],
  secrets: string[],
  prefix: string,
): void {
  for (const [prop, names] of Object.entries({
    [`${prefix}environment`]: environment,
    [`${prefix}secrets`]: secrets,
  })) {
    for (const name of names) {
      if (!VARIABLE_NAME.test(name)) {
        fail(scope, `'${prop}' must have names of letters, digits and '_', got '${name}'`);
      }
      if (contract.includes(name)) {
        fail(scope, `'${prop}' must not set ${name}: the site sets it itself. Choose another name`);
      }
    }
  }
  for (const name of environment) {
    if (secrets.includes(name)) {
      fail(scope, `'${prefix}environment' and '${prefix}secrets' must not both set ${name}`);
    }
  }
}
