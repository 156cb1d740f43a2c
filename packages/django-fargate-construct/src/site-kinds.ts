import type { DjangoSettings } from './contract/django-settings';
import type { ReleaseProps } from './contract/release-props';
import type { DjangoFargateServiceProps } from './django-fargate-service-props';
import { WEB_KINDS } from './processes/process-kinds';
import {
  CLUSTER,
  DOMAIN,
  DURATION,
  FLAG,
  having,
  IMAGE,
  type Kinds,
  LISTENER,
  needed,
  OPTIONS,
  options,
  PROFILE,
  SECRET,
  TEXT,
  TEXTS,
  VPC,
} from './shared/kinds';

/** What each property of a site is. */
export const SITE_KINDS: Kinds<DjangoFargateServiceProps> = {
  image: needed(IMAGE),
  domain: needed(DOMAIN),
  profile: PROFILE,
  vpc: VPC,
  cluster: CLUSTER,
  listener: LISTENER,
  web: options(WEB_KINDS),
  database: {
    ...having('a database of a site, such as PostgresDatabase.fromInstance()', 'connections', 'secret'),
    is: isDatabase,
  },
  cache: having('a cache of a site, such as ValkeyCache.fromValkeyCacheAttributes()', 'connections', 'primaryEndpoint'),
  storage: having('a SiteStorage', 'mediaBucket', 'staticBucket'),
  django: options<DjangoSettings>({
    entryPoint: TEXTS,
    settingsModule: TEXT,
    celeryApp: TEXT,
    environment: OPTIONS,
    secrets: OPTIONS,
    secretKey: SECRET,
    secretKeyFallback: SECRET,
    release: options<ReleaseProps>({ command: TEXTS, publishStaticFiles: FLAG, timeout: DURATION }),
    contract: having('a DjangoContract, such as DjangoContract.urls()', '_plan'),
  }),
  offHours: having('OffHours, such as OffHours.weekdays()', '_hours'),
};

/** An instance or cluster of RDS itself has connections and a secret, too, and lacks what a site asks for. */
function isDatabase(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || 'instanceIdentifier' in value || 'clusterIdentifier' in value) {
    return false;
  }
  const { connections, secret } = value as Partial<Record<string, unknown>>;
  return Boolean(connections && secret);
}
