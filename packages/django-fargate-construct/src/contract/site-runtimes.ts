import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { IDjangoDatabase } from '../data/django-database';
import type { SiteStorage } from '../data/site-storage';
import type { IDjangoCache } from '../data/valkey-cache';
import type { SignedMediaOptions } from '../edge/media-access';
import type { EveryTask } from '../shared/every-task';
import { ecsSecret } from '../shared/secret-access';
import type { SitePrincipal } from '../shared/site-principal';
import { type ContractPlan, siteEnvironment } from './contract-plans';
import type { DjangoRuntime } from './django-runtime';
import type { DjangoSettings } from './django-settings';

/** Everything that tells Django where it is. */
interface RuntimeSite {
  readonly image: ecs.ContainerImage;
  readonly architecture: ecs.CpuArchitecture;
  readonly logGroup: logs.ILogGroup;
  readonly contract: ContractPlan;
  readonly django: DjangoSettings;
  readonly secretKey: secretsmanager.ISecret;
  readonly hostNames: string[];
  readonly url: string;
  readonly database: IDjangoDatabase;
  readonly cache: IDjangoCache;
  readonly storage: SiteStorage;
  readonly mediaSigning?: SignedMediaOptions;
  readonly principal: SitePrincipal;
  readonly everyTask: EveryTask;
}

/** Runtime of the processes of a site, and that of its release, which may reach the database another way. */
export interface SiteRuntimes {
  readonly runtime: DjangoRuntime;
  readonly releaseRuntime: DjangoRuntime;
}

export function siteRuntimes(scope: Construct, site: RuntimeSite): SiteRuntimes {
  const { image, architecture, logGroup, contract, database, storage, principal } = site;
  const { secret, ownerSecret, proxyEndpoint } = database;
  const environment = withoutDatabase(scope, site);
  const through = (id: string, login: secretsmanager.ISecret, host?: string): DjangoRuntime => {
    const connected = contract.database(scope, id, { secret: login, host });
    return {
      image,
      entryPoint: site.django.entryPoint,
      architecture,
      logGroup,
      mediaBucket: storage.mediaBucket,
      staticBucket: storage.staticBucket,
      databaseSecret: login,
      principal,
      everyTask: site.everyTask,
      contractNames: contract.names,
      environment: { ...environment.environment, ...connected.environment },
      secrets: { ...environment.secrets, ...connected.secrets },
    };
  };
  const runtime = through('DatabaseUrl', secret, proxyEndpoint);
  if (!ownerSecret && !proxyEndpoint) return { runtime, releaseRuntime: runtime };

  // locks and changes of the schema need the server itself
  const releaseRuntime = through('ReleaseDatabaseUrl', ownerSecret ?? secret);
  if (!ownerSecret) return { runtime, releaseRuntime };
  const runSecret = { DATABASE_RUN_SECRET: ecsSecret(secret) };
  return { runtime, releaseRuntime: { ...releaseRuntime, secrets: { ...releaseRuntime.secrets, ...runSecret } } };
}

function withoutDatabase(scope: Construct, site: RuntimeSite) {
  const { contract, django, cache, storage } = site;
  const values = {
    settingsModule: django.settingsModule ?? 'config.settings.production',
    // Django writes the names below another one with a dot before it
    hostNames: site.hostNames.map((name) => name.replace(/^\*\./, '.')),
    url: site.url,
    secretKey: site.secretKey,
    secretKeyFallback: django.secretKeyFallback,
    replicaHost: site.database.replicaEndpoint,
    cacheHost: cache.primaryEndpoint,
    cachePort: cache.port,
    cacheToken: cache.authToken,
    mediaBucket: storage.mediaBucket.bucketName,
    mediaSigning: site.mediaSigning,
    staticBucket: storage.staticBucket.bucketName,
    region: Stack.of(scope).region,
  };
  return siteEnvironment(scope, contract, values, { environment: django.environment, secrets: django.secrets });
}
