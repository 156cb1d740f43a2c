import { RemovalPolicies } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { AuroraPostgresDatabase, SiteProfile } from '../src';
import { makeSite, templateOf, testDomain, testStack } from './fixtures';

/** Types of the resources of a site with an Aurora beside it, by what becomes of them when the stack that made them fails. */
function policies(profile: SiteProfile): Record<string, string[]> {
  const stack = testStack();
  new AuroraPostgresDatabase(stack, 'Aurora', { vpc: new Vpc(stack, 'Vpc'), profile });
  const template = templateOf(makeSite({ profile, domain: testDomain(stack) }, stack)).toJSON();
  const kept: Record<string, Set<string>> = {};
  for (const { Type, DeletionPolicy, UpdateReplacePolicy } of Object.values<Record<string, string>>(
    template.Resources,
  )) {
    if (!/^AWS::/.test(Type) || !DeletionPolicy) continue;
    kept[DeletionPolicy] = (kept[DeletionPolicy] ?? new Set()).add(`${Type} ${UpdateReplacePolicy}`);
  }
  return Object.fromEntries(Object.entries(kept).map(([policy, types]) => [policy, [...types].sort()]));
}

test('data that holds nothing yet goes with a creation that fails, logs and files stay', () => {
  expect(policies(SiteProfile.PRODUCTION)).toEqual({
    RetainExceptOnCreate: [
      'AWS::RDS::DBCluster Retain',
      'AWS::RDS::DBInstance Retain',
      'AWS::RDS::DBSubnetGroup Retain',
      'AWS::SecretsManager::Secret Retain',
      'AWS::SecretsManager::SecretTargetAttachment Retain',
    ],
    Snapshot: ['AWS::ElastiCache::ReplicationGroup Snapshot'],
    Retain: ['AWS::Logs::LogGroup Retain', 'AWS::S3::Bucket Retain'],
  });
});

test('in development everything goes', () => {
  expect(Object.keys(policies(SiteProfile.DEVELOPMENT))).toEqual(['Delete']);
});

test('RemovalPolicies of CDK take the data of a production site, and not its protection', () => {
  const stack = testStack();
  const site = makeSite({}, stack);
  RemovalPolicies.of(stack).destroy();
  const template = templateOf(site);

  template.hasResource('AWS::RDS::DBInstance', { DeletionPolicy: 'Delete', Properties: { DeletionProtection: true } });
  template.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
  template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
});
