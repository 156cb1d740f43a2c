import { Egress, SiteProfile } from '../src';
import { makeSite, readmeTable, templateOf } from './fixtures';

describe('profiles', () => {
  const onOff = (value: boolean) => (value ? 'on' : 'off');
  const describeProfile = ({ _defaults: d }: SiteProfile) => ({
    HTTPS: d.plainHttp ? 'optional' : 'required',
    'CPU units and MiB of a task': `${d.cpu}, ${d.memoryMiB}`,
    'CPU units and MiB of beat': `${d.beatCpu}, ${d.beatMemoryMiB}`,
    'web tasks': `${d.minTasks} to ${d.maxTasks}`,
    'egress of the tasks': Egress[d.egress]()._plan.name,
    'flow logs of refused connections': onOff(d.flowLogs),
    offHours: d.stops ? 'allowed' : 'only with stopsProduction',
    database: `db.${d.databaseInstanceType}, in ${d.multiAz ? 'two zones' : 'one zone'}`,
    'days of database backups': `${d.backupRetentionDays}`,
    'more processes than the database has connections for': d.connectionsChecked ? 'refused' : 'allowed',
    'Database Insights': d.databaseInsights ? '7 days' : 'off',
    'Aurora, where it is chosen': `${d.auroraMinCapacity} to ${d.auroraMaxCapacity} capacity units, ${
      d.auroraReaders ? `${d.auroraReaders} reader in another zone` : 'no reader'
    }`,
    'Valkey nodes': `${1 + d.cacheReplicas} of ${d.cacheNodeType}`,
    'days of Valkey snapshots': `${d.cacheSnapshotDays}`,
    'Container Insights': onOff(d.containerInsights),
    'days of logs': `${d.logRetentionDays}`,
    'access logs of load balancer and CloudFront': onOff(d.accessLogs),
    'deletion protection of load balancer and database': onOff(d.deletionProtection),
    'removal policy of database, buckets, secrets and logs':
      d.removalPolicy === 'destroy' ? 'destroy' : 'retain (of Valkey a last snapshot)',
  });

  test('are what the README says, every default of them', () => {
    const production = describeProfile(SiteProfile.PRODUCTION);
    const development = describeProfile(SiteProfile.DEVELOPMENT);

    expect(readmeTable('')).toEqual(
      Object.entries(production).map(([row, value]) => [row, value, development[row as keyof typeof development]]),
    );
  });

  test('decide Container Insights and the retention of logs', () => {
    const production = templateOf(makeSite());
    production.hasResourceProperties('AWS::ECS::Cluster', {
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
    });
    production.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });

    const development = templateOf(makeSite({ profile: SiteProfile.DEVELOPMENT }));
    development.hasResourceProperties('AWS::ECS::Cluster', {
      ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }],
    });
    development.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });
});

test('resources that hold data keep their logical ids', () => {
  const template = templateOf(makeSite());
  const stateful = [
    'AWS::RDS::DBInstance',
    'AWS::ElastiCache::ReplicationGroup',
    'AWS::S3::Bucket',
    'AWS::SecretsManager::Secret',
  ];
  const ids = stateful.flatMap((type) => Object.keys(template.findResources(type)));

  // Changing a line here replaces the resource, and its data, in every deployed stack.
  expect(ids.sort()).toEqual([
    'SiteCacheAuthToken884861F3',
    'SiteCacheNodes3CE9F9EC',
    'SiteDatabaseInstance94D92DB9',
    'SiteEdgeAccessLogs6AA4891D',
    'SiteSecretKeyC44CB2B0',
    'SiteStorageMedia9EB80B0A',
    'SiteStorageStaticF81016F6',
    'TestSiteDatabaseInstanceSecret31F6F1EE407071bcfc44505781bbb9b7db0681b3',
  ]);
});
