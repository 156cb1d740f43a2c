import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BackupResource } from 'aws-cdk-lib/aws-backup';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { Construct } from 'constructs';
import {
  AuroraPostgresDatabase,
  DatabaseBackupPlan,
  PasswordRotation,
  PostgresDatabase,
  SiteDomain,
  SiteFirewall,
  ValkeyCache,
} from '../src';
import { addEverything, makeSite } from './fixtures';

/** Longest texts that AWS takes, by the type of a resource and the name of its property. */
const LONGEST: Record<string, number> = {
  GroupDescription: 255,
  Description: 255,
  ReplicationGroupDescription: 255,
  CacheSubnetGroupDescription: 255,
  DBSubnetGroupDescription: 255,
  Name: 255,
};

/** Texts of a template under the names above that are too long, as `path: length`. */
function tooLong(part: unknown, path: string[] = []): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    const here = [...path, name];
    if (typeof value === 'string' && value.length > (LONGEST[name] ?? Number.POSITIVE_INFINITY)) {
      return [`…${here.join('/').slice(-60)}: ${value.length}`];
    }
    return tooLong(value, here);
  });
}

test('a site deep down in long names has no text that AWS refuses', () => {
  const stack = new Stack(new App({ context: recommendedFlags }), 'Test');
  const long = (letter: string) => letter.repeat(90);
  const deep = ['a', 'b', 'c', 'd'].reduce<Construct>((scope, letter) => new Construct(scope, long(letter)), stack);
  const vpc = new Vpc(deep, 'Network');
  const database = new PostgresDatabase(deep, 'Database', {
    vpc,
    users: { separateRunUser: true, passwordRotation: PasswordRotation.sameUser() },
    proxy: {},
  });
  const cache = new ValkeyCache(deep, 'Cache', { vpc });
  const aurora = new AuroraPostgresDatabase(deep, 'Aurora', { vpc });
  new DatabaseBackupPlan(deep, 'Backups', { resources: [BackupResource.fromConstruct(aurora)] });
  const certificate = (region: string) =>
    Certificate.fromCertificateArn(deep, region, `arn:aws:acm:${region}:111122223333:certificate/abc`);
  const domain = SiteDomain.certificate('www.example.com', certificate('eu-west-1'), {
    cloudFront: { certificate: certificate('us-east-1') },
  });
  const site = makeSite({ vpc, database, cache, domain }, deep);
  addEverything(site);
  new SiteFirewall(deep, 'Firewall', { loadBalancer: site.loadBalancer });

  expect(tooLong(Template.fromStack(stack).toJSON())).toEqual([]);
});
