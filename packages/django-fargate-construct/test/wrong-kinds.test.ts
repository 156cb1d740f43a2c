import { App, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, type ClusterAttributes, type ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  AuroraPostgresDatabase,
  type DjangoFargateServiceProps,
  type IDjangoDatabase,
  PostgresDatabase,
  SiteDomain,
  SiteLoadBalancer,
  SiteNetwork,
  SiteProfile,
  SiteStorage,
  ValkeyCache,
} from '../src';
import { makeSite, testDomain, testStack } from './fixtures';

/** Values that scripts and other languages hand over where something else is wanted. */
const VALUES: Record<string, (stack: Stack) => unknown> = {
  null: () => null,
  text: () => 'text',
  'empty text': () => '',
  number: () => 7,
  truth: () => true,
  list: () => ['a'],
  'empty list': () => [],
  object: () => ({ a: 1 }),
  Duration: () => Duration.seconds(40),
  Bucket: (stack) => new Bucket(stack, 'Wrong'),
  class: () => Bucket,
};

type Make = (stack: Stack, props: object) => unknown;

const vpcOf = (stack: Stack) => new Vpc(stack, 'OwnVpc');
const small = (stack: Stack) =>
  makeSite({ domain: testDomain(stack), profile: SiteProfile.DEVELOPMENT, vpc: vpcOf(stack) }, stack);

/** Each property of a construct; after a colon, which of the values above is right for it. */
const PROPERTIES: Record<string, [Make, string]> = {
  DjangoFargateService: [
    (stack, props) => makeSite({ domain: testDomain(stack), ...props }, stack),
    `image domain profile vpc cluster listener database cache offHours web:object web.cpu web.memoryMiB web.architecture
    web.ephemeralStorageGiB web.scaling:object web.scaling.minTasks:number web.scaling.requestsPerTarget:number web.capacity
    web.gunicorn:object web.gunicorn.workers web.gunicorn.threads:number web.gunicorn.wsgiApplication:text
    web.requestTimeout:Duration web.healthCheckPath web.logging web.execWithWritableRoot:truth django:object django.entryPoint
    django.settingsModule:text django.celeryApp:text django.environment django.secrets django.secretKey
    django.secretKeyFallback django.contract django.release:object django.release.command:list
    django.release.publishStaticFiles:truth django.release.timeout:Duration storage`,
  ],
  PostgresDatabase: [
    (stack, props) => new PostgresDatabase(stack, 'Part', { vpc: vpcOf(stack), ...props }),
    `vpc profile instanceType multiAz:truth users:object users.username:text users.separateRunUser:truth users.passwordRotation
    engine:object engine.version engine.databaseName:text engine.maxConnections storage:object storage.allocatedGiB
    backups:object backups.retention backups.replication proxy:object readReplicas:number encryptionKey`,
  ],
  AuroraPostgresDatabase: [
    (stack, props) => new AuroraPostgresDatabase(stack, 'Part', { vpc: vpcOf(stack), ...props }),
    `vpc profile users:object users.username:text engine:object engine.version backups:object backups.retention
    minCapacity:number maxCapacity:number readers:number autoPauseAfter proxy:object encryptionKey`,
  ],
  ValkeyCache: [
    (stack, props) => new ValkeyCache(stack, 'Part', { vpc: vpcOf(stack), ...props }),
    'vpc profile nodeType replicas evictExpiringKeys:truth snapshotRetention encryptionKey',
  ],
  SiteNetwork: [(stack, props) => new SiteNetwork(stack, 'Part', props), 'profile maxAzs egress flowLogs'],
  SiteStorage: [(stack, props) => new SiteStorage(stack, 'Part', props), 'profile'],
  SiteLoadBalancer: [
    (stack, props) => new SiteLoadBalancer(stack, 'Part', { vpc: vpcOf(stack), domain: testDomain(stack), ...props }),
    'vpc domain profile idleTimeout:Duration accessLogs:truth deletionProtection:truth',
  ],
  addWorker: [
    (stack, props) => small(stack).addWorker('Part', props),
    `queues:list concurrency:number cpu memoryMiB ephemeralStorageGiB scaling:object scaling.minTasks:number
    scaling.maxTasks:number scaling.cpuPercent:number scaling.memoryPercent:number scaling.maxQueueAge capacity container:object
    container.image container.environment container.secrets
    scaleInProtection:truth stopTimeout:Duration healthCheckCommand:list logging`,
  ],
  addBeat: [
    (stack, props) => small(stack).addBeat('Part', props),
    'cpu memoryMiB healthCheckCommand:list container:object',
  ],
  addCommand: [
    (stack, props) => small(stack).addCommand('Part', { command: ['check'], ...props }),
    'command:list cpu memoryMiB container:object',
  ],
  addScheduledCommand: [
    (stack, props) =>
      small(stack).addScheduledCommand('Part', {
        command: ['check'],
        schedule: ScheduleExpression.cron({ hour: '3', minute: '0' }),
        ...props,
      }),
    'command:list schedule timeout:Duration allowOverlap:truth retries:number maxEventAge deadLetterQueue cpu memoryMiB',
  ],
};

/** `{ web: { cpu: value } }` for `web.cpu`. */
function at(property: string, value: unknown): object {
  return property.split('.').reduceRight((inner: unknown, name) => ({ [name]: inner }), value) as object;
}

/** What a value ends in: nothing, an error of ours with its place, or one from the inside. */
function outcome(make: (stack: Stack) => unknown): string {
  try {
    make(testStack());
    return 'taken';
  } catch (error) {
    const { message } = error as Error;
    return /^'[\w.]+' must .* \[Test[^\]]*\]$/.test(message) ? 'refused' : message;
  }
}

const ROWS = Object.entries(PROPERTIES).flatMap(([name, [make, properties]]) =>
  properties.split(/\s+/).map((row): [string, string, string | undefined, Make] => {
    const [property, right] = row.split(':');
    return [name, property, right, make];
  }),
);

test.each(ROWS)('%s takes for %s what is right, and nothing else', (_, property, right, make) => {
  const kinds = Object.keys(VALUES);
  const outcomes = kinds.map((kind) => outcome((stack) => make(stack, at(property, VALUES[kind](stack)))));

  expect(Object.fromEntries(kinds.map((kind, index) => [kind, outcomes[index]]))).toEqual(
    Object.fromEntries(kinds.map((kind) => [kind, kind === right ? 'taken' : 'refused'])),
  );
});

test.each<[string, (stack: Stack) => Partial<DjangoFargateServiceProps>, string]>([
  [
    'a repository for an image',
    (stack) => ({ image: new Repository(stack, 'Images') as unknown as ContainerImage }),
    "'image' must be an ecs.ContainerImage, such as ecs.ContainerImage.fromEcrRepository(), got a",
  ],
  [
    'an address for an image',
    () => ({ image: 'nginx:1' as unknown as ContainerImage }),
    "'image' must be an ecs.ContainerImage, such as ecs.ContainerImage.fromEcrRepository(), got the text 'nginx:1'",
  ],
  ['no image', () => ({ image: undefined }), "'image' must be an ecs.ContainerImage, such as"],
  [
    'an instance of RDS for a database',
    (stack) => ({
      database: new PostgresDatabase(stack, 'D', { vpc: vpcOf(stack) }).instance as unknown as IDjangoDatabase,
    }),
    "'database' must be a database of a site, such as PostgresDatabase.fromInstance(), got a",
  ],
  [
    'a cluster that knows its ARN alone',
    (stack) => ({
      cluster: Cluster.fromClusterArn(stack, 'Cluster', 'arn:aws:ecs:eu-west-1:111122223333:cluster/shared'),
    }),
    "'cluster' must know its VPC, got one without: import it by ecs.Cluster.fromClusterAttributes()",
  ],
  [
    'a cluster without a VPC',
    (stack) => ({
      cluster: Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared' } as ClusterAttributes),
    }),
    "'cluster' must know its VPC, got one without",
  ],
])('%s is refused with what to give instead', (_, props, message) => {
  const stack = testStack();
  expect(() => makeSite(props(stack), stack)).toThrow(message);
});

test('CloudFront is refused in China', () => {
  const stack = new Stack(new App(), 'Test', { env: { region: 'cn-north-1', account: '111122223333' } });
  const domain = SiteDomain.certificate('www.example.com', certificateIn(stack, 'cn-north-1'), {
    cloudFront: { certificate: certificateIn(stack, 'us-east-1') },
  });
  expect(() => makeSite({ domain }, stack)).toThrow(
    "'cloudFront' must be left out in cn-north-1: CloudFront in China has no origin access control for the files [Test/Site]",
  );
});

function certificateIn(stack: Stack, region: string) {
  return Certificate.fromCertificateArn(stack, region, `arn:aws:acm:${region}:111122223333:certificate/abc`);
}
