import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { SecretValue } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { IDjangoDatabase } from '../data/django-database';
import { ecsSecret } from '../shared/secret-access';
import { fail } from '../shared/validate';
import {
  COMMON_NAMES,
  type ContainerEnvironment,
  commonEnvironment,
  commonSecrets,
  type SiteValues,
  wholeSecrets,
} from './container-environment';
import type { DjangoContractOptions, UrlContractOptions } from './contract-options';

/** A contract: its names, and the values of a site under them. */
export interface ContractPlan {
  /** Every name that it can set, so that a user's own variables cannot replace one. */
  readonly names: readonly string[];
  /** Whether a changed password of the database reaches the tasks that start after the change. */
  readonly followsPassword: boolean;
  /** Fails synthesis for names that cannot be. */
  require?(scope: Construct): void;
  /** The values of a site under the names of the contract, but for its database. */
  environment(scope: Construct, values: SiteValues): ContainerEnvironment;
  /** The way to the database; `id` is that of a secret, where one has to be made. */
  database(scope: Construct, id: string, database: DatabaseLogin): ContainerEnvironment;
}

/** A user of the database. */
interface DatabaseLogin {
  readonly secret: secretsmanager.ISecret;
  /** Of a proxy, instead of the host in the secret. */
  readonly host?: string;
}

/** Names that our contract shares with cookiecutter-django's. */
const DJANGO_NAMES = ['DJANGO_ALLOWED_HOSTS', 'DJANGO_SECRET_KEY', 'DJANGO_SECRET_KEY_FALLBACK'];

/** The contract of the README. */
export function standardContract(): ContractPlan {
  return {
    followsPassword: true,
    names: [
      ...COMMON_NAMES,
      ...DJANGO_NAMES,
      'DATABASE_SECRET',
      'DATABASE_SECRET_ARN',
      'DATABASE_HOST',
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
        REDIS_AUTH_TOKEN: values.cacheToken,
      }),
    }),
    database: (_scope, _id, { secret, host }) => ({
      environment: { DATABASE_SECRET_ARN: secret.secretArn, ...(host && { DATABASE_HOST: host }) },
      secrets: wholeSecrets({ DATABASE_SECRET: secret }),
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
        [as.redisUrl]: composed(scope, 'RedisUrl', redisUrl(values, '0')),
        // without the parameter, Celery refuses the URL as that of results
        [as.celeryBrokerUrl]: composed(scope, 'BrokerUrl', redisUrl(values, '1?ssl_cert_reqs=CERT_REQUIRED')),
      }),
    }),
    database: (scope, id, login) => ({
      environment: {},
      secrets: wholeSecrets({ [as.databaseUrl]: composed(scope, id, databaseUrl(login, options.sslRootCert)) }),
    }),
  };
}

/** The variables that the production settings of cookiecutter-django read. */
export function cookiecutterContract({ sslRootCert }: DjangoContractOptions): ContractPlan {
  return {
    followsPassword: true,
    names: [
      ...COMMON_NAMES,
      ...DJANGO_NAMES,
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
    environment: (scope, values) => ({
      environment: {
        DJANGO_ALLOWED_HOSTS: values.hostNames.join(','),
        DJANGO_AWS_STORAGE_BUCKET_NAME: values.mediaBucket,
        DJANGO_AWS_S3_REGION_NAME: values.region,
        // the settings must find them; empty, they leave it to the task's role
        DJANGO_AWS_ACCESS_KEY_ID: '',
        DJANGO_AWS_SECRET_ACCESS_KEY: '',
      },
      secrets: wholeSecrets({
        DJANGO_SECRET_KEY: values.secretKey,
        DJANGO_SECRET_KEY_FALLBACK: values.secretKeyFallback,
        REDIS_URL: composed(scope, 'RedisUrl', redisUrl(values, '0')),
      }),
    }),
    database: (_scope, _id, { secret, host }) => {
      const field = (name: string) => ecsSecret(secret, name);
      return {
        environment: {
          // libpq reads them itself
          PGSSLMODE: sslRootCert ? 'verify-full' : 'require',
          ...(sslRootCert && { PGSSLROOTCERT: sslRootCert }),
          ...(host && { POSTGRES_HOST: host }),
        },
        secrets: {
          ...(!host && { POSTGRES_HOST: field('host') }),
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

/** Fails synthesis for a contract that would keep a password of the database after it was rotated. */
export function requireFollowsPassword(
  scope: Construct,
  contract: ContractPlan,
  database: IDjangoDatabase | undefined,
): void {
  if (contract.followsPassword || !database?._rotates) return;
  fail(
    scope,
    "'django.contract' must not be DjangoContract.urls() when the password of 'database' is rotated: the URL would keep the old one",
  );
}

/** A secret that CloudFormation puts together out of others; the template holds references, and no value. */
function composed(scope: Construct, id: string, text: string): secretsmanager.Secret {
  return new secretsmanager.Secret(scope, id, {
    description: `${id} as the Django project reads it, put together at deployment`,
    secretStringValue: SecretValue.unsafePlainText(text),
  });
}

function databaseUrl(login: DatabaseLogin, sslRootCert: string | undefined): string {
  const field = (name: string) => login.secret.secretValueFromJson(name).unsafeUnwrap();
  const [user, password, port, name] = ['username', 'password', 'port', 'dbname'].map(field);
  const host = login.host ?? field('host');
  const tls = sslRootCert ? `sslmode=verify-full&sslrootcert=${encodeURIComponent(sslRootCert)}` : 'sslmode=require';
  return `postgres://${user}:${password}@${host}:${port}/${name}?${tls}`;
}

function redisUrl({ cacheHost, cachePort, cacheToken }: SiteValues, database: string): string {
  return `rediss://:${cacheToken.secretValue.unsafeUnwrap()}@${cacheHost}:${cachePort}/${database}`;
}
