import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { SecretValue } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ExistingContractOptions, UrlContractOptions } from '../django-contract';
import {
  COMMON_NAMES,
  type ContainerEnvironment,
  commonEnvironment,
  commonSecrets,
  type SiteValues,
  wholeSecrets,
} from './container-environment';
import { fail } from './validate';

/** What a contract knows: its names, and how the values of a site are given under them. */
export interface ContractPlan {
  /** Every name that it can set, so that a user's own variables cannot replace one. */
  readonly names: readonly string[];
  /** Whether a changed password of the database reaches the tasks that start after the change. */
  readonly followsPassword: boolean;
  /** Fails synthesis for names that cannot be. */
  require?(scope: Construct): void;
  /** The values of a site under the names of the contract. */
  environment(scope: Construct, values: SiteValues): ContainerEnvironment;
}

/** The contract of the README. */
export function standardContract(): ContractPlan {
  return {
    followsPassword: true,
    names: [
      ...COMMON_NAMES,
      'DJANGO_ALLOWED_HOSTS',
      'DJANGO_SECRET_KEY',
      'DJANGO_SECRET_KEY_FALLBACK',
      'DATABASE_SECRET',
      'REDIS_HOST',
      'REDIS_PORT',
      'REDIS_AUTH_TOKEN',
      'MEDIA_BUCKET',
    ],
    environment: (_scope, values) => ({
      environment: {
        DJANGO_ALLOWED_HOSTS: values.hostNames.join(','),
        REDIS_HOST: values.cacheHost,
        REDIS_PORT: String(values.cachePort),
        MEDIA_BUCKET: values.mediaBucket,
      },
      secrets: wholeSecrets({
        DJANGO_SECRET_KEY: values.secretKey,
        DJANGO_SECRET_KEY_FALLBACK: values.secretKeyFallback,
        DATABASE_SECRET: values.database,
        REDIS_AUTH_TOKEN: values.cacheToken,
      }),
    }),
  };
}

/** URLs under names of the user's choice. */
export function urlContract(options: UrlContractOptions): ContractPlan {
  const as = {
    databaseUrl: options.databaseUrl ?? 'DATABASE_URL',
    redisUrl: options.redisUrl ?? 'REDIS_URL',
    celeryBrokerUrl: options.celeryBrokerUrl ?? 'CELERY_BROKER_URL',
    secretKey: options.secretKey ?? 'SECRET_KEY',
    allowedHosts: options.allowedHosts ?? 'ALLOWED_HOSTS',
    mediaBucket: options.mediaBucket ?? 'AWS_STORAGE_BUCKET_NAME',
  };
  const fallback = `${as.secretKey}_FALLBACK`;
  const names = [...COMMON_NAMES, ...Object.values(as), fallback];
  return {
    followsPassword: false,
    names,
    require: (scope) => {
      for (const [option, name] of Object.entries(as)) {
        if (!/^[A-Za-z_]\w*$/.test(name)) {
          fail(scope, `'django.contract' must have names of variables, got '${name}' as '${option}'`);
        }
      }
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice) fail(scope, `'django.contract' must give each value a name of its own, got ${twice} twice`);
    },
    environment: (scope, values) => ({
      environment: {
        [as.allowedHosts]: values.hostNames.join(','),
        [as.mediaBucket]: values.mediaBucket,
      },
      secrets: wholeSecrets({
        [as.secretKey]: values.secretKey,
        [fallback]: values.secretKeyFallback,
        [as.databaseUrl]: composed(scope, 'DatabaseUrl', databaseUrl(values, options.sslRootCert)),
        [as.redisUrl]: composed(scope, 'RedisUrl', redisUrl(values, '0')),
        // without the parameter, Celery refuses the URL as that of results
        [as.celeryBrokerUrl]: composed(scope, 'BrokerUrl', redisUrl(values, '1?ssl_cert_reqs=CERT_REQUIRED')),
      }),
    }),
  };
}

/** What the production settings of cookiecutter-django read. */
export function cookiecutterContract({ sslRootCert }: ExistingContractOptions): ContractPlan {
  return {
    followsPassword: true,
    names: [
      ...COMMON_NAMES,
      'DJANGO_ALLOWED_HOSTS',
      'DJANGO_SECRET_KEY',
      'DJANGO_SECRET_KEY_FALLBACK',
      'POSTGRES_HOST',
      'POSTGRES_PORT',
      'POSTGRES_DB',
      'POSTGRES_USER',
      'POSTGRES_PASSWORD',
      'PGSSLMODE',
      'PGSSLROOTCERT',
      'REDIS_URL',
      'DJANGO_AWS_STORAGE_BUCKET_NAME',
      'DJANGO_AWS_S3_REGION_NAME',
      'DJANGO_AWS_ACCESS_KEY_ID',
      'DJANGO_AWS_SECRET_ACCESS_KEY',
    ],
    environment: (scope, values) => {
      const field = (name: string) => ecs.Secret.fromSecretsManager(values.database, name);
      return {
        environment: {
          DJANGO_ALLOWED_HOSTS: values.hostNames.join(','),
          DJANGO_AWS_STORAGE_BUCKET_NAME: values.mediaBucket,
          DJANGO_AWS_S3_REGION_NAME: values.region,
          // the settings must find them; empty, they leave it to the task's role
          DJANGO_AWS_ACCESS_KEY_ID: '',
          DJANGO_AWS_SECRET_ACCESS_KEY: '',
          // libpq reads them itself
          PGSSLMODE: sslRootCert ? 'verify-full' : 'require',
          ...(sslRootCert && { PGSSLROOTCERT: sslRootCert }),
        },
        secrets: {
          ...wholeSecrets({
            DJANGO_SECRET_KEY: values.secretKey,
            DJANGO_SECRET_KEY_FALLBACK: values.secretKeyFallback,
            REDIS_URL: composed(scope, 'RedisUrl', redisUrl(values, '0')),
          }),
          POSTGRES_HOST: field('host'),
          POSTGRES_PORT: field('port'),
          POSTGRES_DB: field('dbname'),
          POSTGRES_USER: field('username'),
          POSTGRES_PASSWORD: field('password'),
        },
      };
    },
  };
}

/** Joins the values of a site under the names of its contract with the user's own variables and secrets. */
export function siteEnvironment(
  scope: Construct,
  contract: ContractPlan,
  values: SiteValues,
  own: Partial<ContainerEnvironment>,
): ContainerEnvironment {
  const { environment, secrets } = contract.environment(scope, values);
  return {
    environment: { ...own.environment, ...commonEnvironment(values), ...environment },
    secrets: { ...own.secrets, ...commonSecrets(values), ...secrets },
  };
}

/** A secret that CloudFormation puts together out of others; the template holds references, and no value. */
function composed(scope: Construct, id: string, text: string): secretsmanager.Secret {
  return new secretsmanager.Secret(scope, id, {
    description: `${id} as the Django project reads it, put together at deployment`,
    secretStringValue: SecretValue.unsafePlainText(text),
  });
}

function databaseUrl({ database }: SiteValues, sslRootCert: string | undefined): string {
  const [user, password, host, port, name] = ['username', 'password', 'host', 'port', 'dbname'].map((field) =>
    database.secretValueFromJson(field).unsafeUnwrap(),
  );
  const tls = sslRootCert ? `sslmode=verify-full&sslrootcert=${encodeURIComponent(sslRootCert)}` : 'sslmode=require';
  return `postgres://${user}:${password}@${host}:${port}/${name}?${tls}`;
}

function redisUrl({ cacheHost, cachePort, cacheToken }: SiteValues, database: string): string {
  return `rediss://:${cacheToken.secretValue.unsafeUnwrap()}@${cacheHost}:${cachePort}/${database}`;
}
