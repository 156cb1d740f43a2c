import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SiteProfile, ValkeyCache, type ValkeyCacheProps } from '../../src';
import { makeSite, testStack } from '../fixtures';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';

const cache = (props: Partial<ValkeyCacheProps> = {}, stack = testStack()) => {
  new ValkeyCache(stack, 'Cache', { ...props, vpc: props.vpc ?? new Vpc(stack, 'Vpc') });
  return Template.fromStack(stack);
};

describe('ValkeyCache', () => {
  test('is encrypted, speaks TLS only, wants a token, and has a second node to fail over to', () => {
    cache().hasResource(GROUP, {
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
      Properties: {
        Engine: 'valkey',
        EngineVersion: '8.0',
        ClusterMode: 'disabled',
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: 'required',
        AtRestEncryptionEnabled: true,
        KmsKeyId: Match.absent(),
        AuthToken: { 'Fn::Join': ['', Match.arrayWith(['{{resolve:secretsmanager:'])] },
        NumCacheClusters: 2,
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
        CacheNodeType: 'cache.t4g.small',
        SnapshotRetentionLimit: 7,
        AutoMinorVersionUpgrade: true,
      },
    });
  });

  test.each([
    [undefined, 'noeviction'],
    [true, 'volatile-lru'],
  ])('evicts nothing unless it is told to: %s', (evictExpiringKeys, policy) => {
    const template = cache({ evictExpiringKeys });
    template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      CacheParameterGroupFamily: 'valkey8',
      Properties: { 'maxmemory-policy': policy },
    });
    const [parameters] = Object.keys(template.findResources('AWS::ElastiCache::ParameterGroup'));
    template.hasResourceProperties(GROUP, { CacheParameterGroupName: { Ref: parameters } });
  });

  test('is one small node without snapshots in development, deleted with the stack', () => {
    cache({ profile: SiteProfile.DEVELOPMENT }).hasResource(GROUP, {
      DeletionPolicy: 'Delete',
      Properties: {
        NumCacheClusters: 1,
        AutomaticFailoverEnabled: false,
        MultiAZEnabled: false,
        CacheNodeType: 'cache.t4g.micro',
        SnapshotRetentionLimit: 0,
      },
    });
  });

  test('takes size, replicas, snapshots, maintenance window and key', () => {
    const stack = testStack();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/abc');
    const props = {
      nodeType: 'cache.m7g.large',
      replicas: 2,
      snapshotRetention: Duration.days(30),
      maintenanceWindow: 'sun:03:00-sun:04:00',
      encryptionKey,
    };
    cache(props, stack).hasResourceProperties(GROUP, {
      NumCacheClusters: 3,
      CacheNodeType: 'cache.m7g.large',
      SnapshotRetentionLimit: 30,
      PreferredMaintenanceWindow: 'sun:03:00-sun:04:00',
      KmsKeyId: encryptionKey.keyArn,
    });
  });

  test.each<[Partial<ValkeyCacheProps>, string]>([
    [{ replicas: 6 }, "'replicas' must be a whole number from 0 to 5, got 6"],
    [{ snapshotRetention: Duration.days(36) }, "'snapshotRetention' must be a whole number from 0 to 35, got 36"],
    [{ nodeType: 't4g.small' }, "'nodeType' must be a node type such as cache.t4g.small, got 't4g.small'"],
  ])('fails: %j', (props, message) => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Given', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'] });
    expect(() => cache({ vpc, ...props }, stack)).toThrow(`${message} [Test/Cache]`);
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });
});

describe('a cache that exists already', () => {
  const attributes = (stack = testStack()) => ({
    primaryEndpoint: 'shop.example.cache.amazonaws.com',
    authToken: Secret.fromSecretNameV2(stack, 'Token', 'shop/cache'),
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
  });

  test('is used: it lets the processes in, and Django gets its address and token', () => {
    const stack = testStack();
    const given = ValkeyCache.fromValkeyCacheAttributes({ ...attributes(stack), port: 6380 });
    makeSite({ cache: given }, stack).addWorker('Worker');
    const template = Template.fromStack(stack);

    template.resourceCountIs(GROUP, 0);
    template.resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: 'sg-1', FromPort: 6380, ToPort: 6380 },
      3, // web, release and worker
    );
    const tasks = JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'));
    for (const text of ['shop.example.cache.amazonaws.com', '"6380"', 'shop/cache']) expect(tasks).toContain(text);
  });

  test('listens on 6379 with cluster mode off unless it is said otherwise', () => {
    expect(ValkeyCache.fromValkeyCacheAttributes(attributes())).toMatchObject({ port: 6379, clusterMode: false });
  });

  test('serves a site without workers in cluster mode, and fails for a worker', () => {
    const stack = testStack();
    const made = makeSite(
      { cache: ValkeyCache.fromValkeyCacheAttributes({ ...attributes(stack), clusterMode: true }) },
      stack,
    );

    expect(() => made.addWorker('Worker')).toThrow(
      "'cache' must have cluster mode off for a Celery worker: Celery changes several keys at once, which a cluster, and " +
        'so every ElastiCache Serverless cache, refuses with CROSSSLOT. Use a ValkeyCache [Test/Site]',
    );
    expect(made.node.tryFindChild('Worker')).toBeUndefined();
  });

  test('fails without security groups, or with a port that cannot be', () => {
    expect(() => ValkeyCache.fromValkeyCacheAttributes({ ...attributes(), securityGroups: [] })).toThrow(
      "'securityGroups' must name those of the cache, got none: tasks could not be let in [Test/Token]",
    );
    expect(() => ValkeyCache.fromValkeyCacheAttributes({ ...attributes(), port: 70_000 })).toThrow(
      "'port' must be a whole number from 1 to 65535, got 70000 [Test/Token]",
    );
  });
});
