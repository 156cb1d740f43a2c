import { Duration, RemovalPolicy, type Stack, TimeZone } from 'aws-cdk-lib';
import { BackupResource } from 'aws-cdk-lib/aws-backup';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PublicKey } from 'aws-cdk-lib/aws-cloudfront';
import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AuroraPostgresDatabase,
  type CloudFrontOptions,
  DatabaseBackupPlan,
  DeploymentAfterRotation,
  Egress,
  FlowLogs,
  MediaAccess,
  OffHours,
  PasswordRotation,
  PostgresDatabase,
  SiteDomain,
  SiteFirewall,
  SiteLoadBalancer,
  SiteNetwork,
  SiteProfile,
  TaskCapacity,
  ValkeyCache,
} from '../src';
import { addEverything, makeSite } from './fixtures';

/** A stack that the template verifiers judge, and the rules that have to find something in it: these, and no others. */
export interface VerifiedSite {
  readonly name: string;
  readonly make: (stack: Stack) => void;
  readonly found: string[];
}

/** What finds something in every network; why it stays so is in docs/verifiers.md. */
const NETWORK = ['CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117'];

const DATABASE = ['CKV_AWS_118', 'CKV_AWS_149', 'CKV_AWS_161'];

const AURORA = ['CKV_AWS_149', 'CKV_AWS_162', 'CKV_AWS_118'];

/** What finds something in every site, beside its network and database. */
const SITE = ['CKV_AWS_18', 'CKV_AWS_27', 'CKV_AWS_158', 'CKV_AWS_260'];

/** What finds something in the development profile only. */
const DEVELOPMENT = ['CKV_AWS_65', 'CKV_AWS_91', 'CKV_AWS_157'];

const OFF_HOURS = { startHour: 8, stopHour: 18, timeZone: TimeZone.EUROPE_BERLIN };

export const VERIFIED_SITES: VerifiedSite[] = [
  {
    name: 'a production site',
    make: (stack) => addEverything(makeSite({ domain: hostedZone(stack) }, stack)),
    found: [...NETWORK, ...DATABASE, ...SITE],
  },
  {
    name: 'a development site that stops off hours',
    make: (stack) => {
      const profile = SiteProfile.DEVELOPMENT;
      addEverything(makeSite({ profile, domain: hostedZone(stack), offHours: OffHours.weekdays(OFF_HOURS) }, stack));
    },
    found: [...NETWORK, ...DATABASE, ...SITE, ...DEVELOPMENT],
  },
  {
    name: 'a site that scales on Aurora, Spot and NAT instances, behind a firewall',
    make: scalingSite,
    found: [...NETWORK, ...AURORA, ...SITE, 'CKV_AWS_88'],
  },
  {
    name: 'a site without internet, under keys of its own, behind a given listener',
    make: closedSite,
    found: [...NETWORK, ...DATABASE, ...SITE],
  },
  {
    name: 'a site behind CloudFront, with a database that has every option',
    make: guardedSite,
    found: [
      ...NETWORK,
      ...DATABASE,
      // behind CloudFront, the load balancer has no port 80
      ...SITE.filter((rule) => rule !== 'CKV_AWS_260'),
      ...['CKV_AWS_16', 'CKV_AWS_68', 'CKV_AWS_157', 'CKV_AWS_166'],
    ],
  },
  {
    // were a rule not found here, finding nothing elsewhere would say nothing about it
    name: 'a database whose version RDS does not offer any more',
    make: (stack) => {
      const { vpc } = new SiteNetwork(stack, 'Network', { profile: SiteProfile.DEVELOPMENT });
      new PostgresDatabase(stack, 'Database', { vpc, engine: { version: PostgresEngineVersion.VER_17_1 } });
    },
    found: ['W3691', ...NETWORK, ...DATABASE],
  },
];

function hostedZone(stack: Stack, cloudFront?: CloudFrontOptions): SiteDomain {
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  return SiteDomain.hostedZone(zone, 'www.example.com', { alternativeNames: ['example.com'], cloudFront });
}

function scalingSite(stack: Stack): void {
  const { vpc } = new SiteNetwork(stack, 'Network', { egress: Egress.natInstancePerZone(), flowLogs: FlowLogs.all() });
  const site = makeSite(
    {
      vpc,
      domain: hostedZone(stack),
      database: new AuroraPostgresDatabase(stack, 'Database', { vpc }),
      offHours: OffHours.weekdays({ ...OFF_HOURS, stopsProduction: true }),
      web: {
        architecture: CpuArchitecture.ARM64,
        capacity: TaskCapacity.spot({ onDemandTasks: 2, spotPercent: 50 }),
        scaling: { minTasks: 2, maxTasks: 6, requestsPerTarget: 600 },
        ephemeralStorageGiB: 30,
        execWithWritableRoot: true,
      },
    },
    stack,
  );
  addEverything(site);
  site.addWorker('Mail', {
    queues: ['mail'],
    capacity: TaskCapacity.spot(),
    scaling: { minTasks: 1, maxTasks: 3, maxQueueAge: Duration.minutes(2) },
    scaleInProtection: true,
  });
  site.addWorker('Pictures', {
    queues: ['pictures'],
    scaling: { minTasks: 0, maxTasks: 3, maxQueueAge: Duration.minutes(2) },
  });
  new SiteFirewall(stack, 'Firewall', { loadBalancer: site.loadBalancer });
}

function guardedSite(stack: Stack): void {
  const { vpc } = new SiteNetwork(stack, 'Network');
  const database = new PostgresDatabase(stack, 'Database', {
    vpc,
    users: { separateRunUser: true, passwordRotation: PasswordRotation.alternatingUsers() },
    readReplicas: 1,
  });
  const arn = 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012';
  const site = makeSite(
    {
      vpc,
      database,
      domain: hostedZone(stack, {
        certificate: Certificate.fromCertificateArn(stack, 'Certificate', arn),
        media: MediaAccess.signed({
          publicKey: PublicKey.fromPublicKeyId(stack, 'MediaKey', 'K2JCJMDEHXQW5F'),
          privateKey: Secret.fromSecretNameV2(stack, 'MediaPrivateKey', 'media-key'),
        }),
      }),
    },
    stack,
  );
  addEverything(site);
  new DeploymentAfterRotation(stack, 'Redeploy', { secret: database.secret, services: site.services });
  new DatabaseBackupPlan(stack, 'Backups', { resources: [BackupResource.fromRdsDatabaseInstance(database.instance)] });
  new SiteFirewall(stack, 'Firewall', { loadBalancer: site.loadBalancer, originSecret: site.originSecret });
}

function closedSite(stack: Stack): void {
  const egress = Egress.endpointsOnly({ services: [InterfaceVpcEndpointAwsService.SQS] });
  const { vpc } = new SiteNetwork(stack, 'Network', { egress, maxAzs: 3 });
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
  const edge = new SiteLoadBalancer(stack, 'Edge', { vpc, domain: hostedZone(stack) });
  const site = makeSite(
    {
      vpc,
      domain: SiteDomain.coveredByListener('shop.example.com'),
      listener: edge.listener,
      database: new PostgresDatabase(stack, 'Database', {
        vpc,
        encryptionKey,
        engine: { maxConnections: 400 },
        backups: {
          replication: {
            region: 'eu-central-1',
            keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012',
          },
        },
      }),
      cache: new ValkeyCache(stack, 'Cache', { vpc, encryptionKey, replicas: 2, evictExpiringKeys: true }),
    },
    stack,
  );
  addEverything(site);
}
