import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SiteProfile } from '../src';

type Defaults = typeof SiteProfile.PRODUCTION._defaults;

const SOURCES = join(__dirname, '..', 'src');
const days = (count: number) => (count === 0 ? 'none' : `${count} ${count === 1 ? 'day' : 'days'}`);

/** Each property whose `@default` repeats the profiles, and what it must say of one. */
const REPEATED: Record<string, (defaults: Defaults) => string> = {
  'edge/cloud-front-options accessLogs': (d) => `${d.accessLogs}`,
  'edge/site-load-balancer accessLogs': (d) => `${d.accessLogs}`,
  'edge/site-load-balancer deletionProtection': (d) => `${d.deletionProtection}`,
  'network/site-network egress': (d) => `\`Egress.${d.egress}()\``,
  'network/site-network flowLogs': (d) => `\`FlowLogs.${d.flowLogs ? 'rejected' : 'none'}()\``,
  'processes/web-props cpu': (d) => `${d.cpu}`,
  'processes/web-props memoryMiB': (d) => `${d.memoryMiB}`,
  'processes/web-props scaling': (d) =>
    `${d.minTasks} to ${d.maxTasks}${d === SiteProfile.PRODUCTION._defaults ? ' tasks' : ''}`,
  'processes/django-command cpu': (d) => `${d.cpu}`,
  'processes/django-command memoryMiB': (d) => `${d.memoryMiB}`,
  'processes/django-worker-props cpu': (d) => `${d.cpu}`,
  'processes/django-worker-props memoryMiB': (d) => `${d.memoryMiB}`,
  'processes/scaling minTasks': (d) => `${d.minTasks}`,
  'processes/scaling maxTasks': (d) => `${d.maxTasks}`,
  'data/postgres-database-props databaseInsights': (d) => (d.databaseInsights ? 'standard' : 'none'),
  'data/postgres-database-props instanceType': (d) => `db.${d.databaseInstanceType}`,
  'data/postgres-database-props multiAz': (d) => `${d.multiAz}`,
  'data/aurora-postgres-database-props minCapacity': (d) => `${d.auroraMinCapacity}`,
  'data/aurora-postgres-database-props maxCapacity': (d) => `${d.auroraMaxCapacity}`,
  'data/aurora-postgres-database-props readers': (d) => `${d.auroraReaders}`,
  'data/valkey-cache nodeType': (d) => d.cacheNodeType,
  'data/valkey-cache replicas': (d) => `${d.cacheReplicas}`,
  'data/valkey-cache snapshotRetention': (d) => days(d.cacheSnapshotDays),
  'data/database-props retention': (d) => days(d.backupRetentionDays),
  'data/database-props deletionProtection': (d) => `${d.deletionProtection}`,
};

/** Every `@default` of a property that names both profiles: file and property, and the values that it names. */
function sentences(): [string, string, string][] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const text = readFileSync(join(SOURCES, file), 'utf8');
    const pattern =
      /@default - (?:web: )?([^\n]*?) in production, ([^\n;,]*?) in development[^\n]*\n *\*\/\n *readonly (\w+)/g;
    return [...text.matchAll(pattern)].map(
      ([, production, development, prop]) =>
        [`${file.replace(/\.ts$/, '')} ${prop}`, production, development] as [string, string, string],
    );
  });
}

test('every @default that names both profiles is checked', () => {
  const all = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(join(SOURCES, file), 'utf8').match(/@default .* in production/g) ?? []);

  expect(
    sentences()
      .map(([place]) => place)
      .sort(),
  ).toEqual(Object.keys(REPEATED).sort());
  expect(sentences()).toHaveLength(all.length);
});

test.each(sentences())('%s is what the profiles say', (place, production, development) => {
  const said = REPEATED[place];

  expect([production, development]).toEqual([
    said(SiteProfile.PRODUCTION._defaults),
    said(SiteProfile.DEVELOPMENT._defaults),
  ]);
});
