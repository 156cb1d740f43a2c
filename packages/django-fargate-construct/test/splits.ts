import { App, Duration, NestedStack, Stack, Stage, TimeZone } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BackupResource } from 'aws-cdk-lib/aws-backup';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import type { Construct } from 'constructs';
import {
  AuroraPostgresDatabase,
  DatabaseBackupPlan,
  DeploymentAfterRotation,
  DjangoFargateService,
  type IDjangoCache,
  type IDjangoDatabase,
  OffHours,
  PasswordRotation,
  PostgresDatabase,
  SiteDomain,
  SiteFirewall,
  SiteLoadBalancer,
  SiteNetwork,
  ValkeyCache,
} from '../src';

/** Parts of a site that may be in a stack of their own. */
export type Part =
  | 'network'
  | 'cluster'
  | 'database'
  | 'cache'
  | 'dns'
  | 'loadBalancer'
  | 'firewall'
  | 'repository'
  | 'queue'
  | 'secrets';

/** How stacks lie to each other, when not beside each other. */
export type Lie = 'in a stage' | 'parts nested in the site' | 'the site nested beside its parts';

/** What the split site is made of. */
export type Kind = 'an instance' | 'a cluster' | 'CloudFront, and a database with every option';

/** A site whose parts are in the stacks of these names; what has no place is in the site's own stack. */
export interface Split {
  readonly places: Partial<Record<Part, string>>;
  readonly lie?: Lie;
  readonly kind?: Kind;
  readonly sites?: number;
  /** By exports that CloudFormation keeps while they are in use, or by outputs that are read. */
  readonly references?: 'strong' | 'weak';
}

// the only region in which a certificate of the load balancer is one for CloudFront
export const ENV = { account: '111122223333', region: 'us-east-1' };
const OFF_HOURS = OffHours.weekdays({
  startHour: 8,
  stopHour: 18,
  timeZone: TimeZone.EUROPE_BERLIN,
  stopsProduction: true,
});

/** Synthesizes a split site; returns the templates by stack, and the stacks that each is deployed after. */
export function deployed({ places, lie, kind = 'an instance', sites = 1, references = 'strong' }: Split) {
  const app = new App({ context: { ...recommendedFlags, '@aws-cdk/core:defaultCrossStackReferences': references } });
  const root = lie === 'in a stage' ? new Stage(app, 'Production') : app;
  const above = new Stack(root, 'Site', { env: ENV });
  const scopes = new Map<string, Construct>();
  const nested = lie?.includes('nested');
  const stackOf = (name: string): Construct => {
    const made = scopes.get(name) ?? (nested ? new NestedStack(above, name) : new Stack(root, name, { env: ENV }));
    scopes.set(name, made);
    return made;
  };
  const scope = lie === 'the site nested beside its parts' ? new NestedStack(above, 'Inner') : above;
  const parts = makeParts((part) => (places[part] ? stackOf(places[part]) : scope), kind);
  makeSite(scope, 1, parts, kind);
  for (let number = 2; number <= sites; number += 1) makeSite(stackOf(`Site${number}`), number, parts, kind);
  const stacks = app.node.findAll().filter((construct): construct is Stack => construct instanceof Stack);
  app.synth();
  const order = stacks
    .filter((stack) => !stack.nested)
    .map(({ node, dependencies }) => [node.id, dependencies.map((other) => other.node.id).sort()]);
  return {
    template: (name: string) => Template.fromStack(stacks.find(({ node }) => node.id === name)!),
    after: Object.fromEntries(order) as Record<string, string[]>,
  };
}

function makeParts(at: (part: Part) => Construct, kind: Kind) {
  const { vpc } = new SiteNetwork(at('network'), 'Network');
  const zone = new PublicHostedZone(at('dns'), 'Zone', { zoneName: 'example.com' });
  const validation = CertificateValidation.fromDns(zone);
  const certificate = new Certificate(at('dns'), 'Certificate', { domainName: '*.example.com', validation });
  const domain = SiteDomain.certificate('example.com', certificate);
  const { listener, loadBalancer } = new SiteLoadBalancer(at('loadBalancer'), 'LoadBalancer', { vpc, domain });
  new SiteFirewall(at('firewall'), 'Firewall', { loadBalancer });
  return {
    loadBalancer,
    zone,
    certificate,
    repository: new Repository(at('repository'), 'Repository'),
    deadLetterQueue: new Queue(at('queue'), 'Queue'),
    given: {
      cluster: new Cluster(at('cluster'), 'Cluster', { vpc }),
      database: makeDatabase(at('database'), vpc, kind),
      cache: new ValkeyCache(at('cache'), 'Cache', { vpc }) as IDjangoCache,
      listener,
      django: { secretKey: new Secret(at('secrets'), 'SecretKey') },
    },
  };
}

function makeDatabase(scope: Construct, vpc: IVpc, kind: Kind): IDjangoDatabase {
  if (kind === 'an instance') return new PostgresDatabase(scope, 'Database', { vpc });
  if (kind === 'a cluster') return new AuroraPostgresDatabase(scope, 'Database', { vpc, readers: 0 });
  const database = new PostgresDatabase(scope, 'Database', {
    vpc,
    proxy: {},
    readReplicas: 1,
    encryptionKey: new Key(scope, 'DatabaseKey'),
    users: { separateRunUser: true, passwordRotation: PasswordRotation.sameUser() },
  });
  new DatabaseBackupPlan(scope, 'Backups', { resources: [BackupResource.fromRdsDatabaseInstance(database.instance)] });
  return database;
}

function makeSite(scope: Construct, number: number, parts: ReturnType<typeof makeParts>, kind: Kind) {
  const { repository, deadLetterQueue, zone, certificate, loadBalancer, given } = parts;
  const cloudFront = kind.startsWith('CloudFront') ? {} : undefined;
  const site = new DjangoFargateService(scope, 'Site', {
    ...given,
    image: ContainerImage.fromEcrRepository(repository, 'v1'),
    domain: SiteDomain.hostedZone(zone, `www${number}.example.com`, { certificate, loadBalancer, cloudFront }),
    // RDS does not stop a database with read replicas
    offHours: given.database.replicaEndpoint ? undefined : OFF_HOURS,
  });
  new DeploymentAfterRotation(site, 'AfterRotation', { secret: given.database.secret, services: site.services });
  site.addWorker('Worker', {
    queues: ['celery'],
    scaling: { minTasks: 1, maxTasks: 3, maxQueueAge: Duration.minutes(5) },
  });
  site.addBeat('Beat');
  const schedule = ScheduleExpression.cron({ minute: '0', hour: '3' });
  site.addScheduledCommand('Nightly', { command: ['clearsessions'], schedule, deadLetterQueue });
  site.addCommand('Shell', { command: ['check'] });
}
