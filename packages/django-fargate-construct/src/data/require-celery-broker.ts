import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';
import type { IDjangoCache } from './valkey-cache';

/** Fails synthesis for a worker whose broker is a cluster. */
export function requireCeleryBroker(site: IConstruct, cache: IDjangoCache): void {
  if (!cache.clusterMode) return;
  fail(
    site,
    "'cache' must have cluster mode off for a Celery worker: Celery changes several keys at once, which a cluster, and so " +
      'every ElastiCache Serverless cache, refuses with CROSSSLOT. Use a ValkeyCache',
  );
}
