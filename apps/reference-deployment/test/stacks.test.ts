import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import type { Config } from '../src/config';
import { RegistryStack } from '../src/registry-stack';
import { SiteStack } from '../src/site-stack';
import { DataStack, NetworkStack } from '../src/state-stacks';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const DOMAIN = { domainName: 'www.example.com', hostedZoneId: 'Z1', hostedZoneName: 'example.com' };

const stacks = (overrides: Partial<Config> = {}) => {
  const app = new App({ context: recommendedFlags });
  const registry = new RegistryStack(app, 'DjangoRegistry');
  const config: Config = { profile: 'development', image: DIGEST, stacks: 'together', ...overrides };
  const siteStack = new SiteStack(app, 'DjangoSite', { config, repository: registry.repository });
  return { registry: Template.fromStack(registry), site: Template.fromStack(siteStack), siteStack };
};

describe('registry stack', () => {
  test('keeps repository and key when it is deleted', () => {
    const { registry } = stacks();
    registry.hasResource('AWS::ECR::Repository', { DeletionPolicy: 'Retain' });
    registry.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain' });
    expect(Object.keys(registry.findOutputs('*'))).toEqual(expect.arrayContaining(['RepositoryName', 'RepositoryUri']));
  });
});

describe('site stack', () => {
  test('runs the image of the registry by digest in every task', () => {
    const tasks = Object.values(stacks().site.findResources('AWS::ECS::TaskDefinition'));
    expect(tasks).toHaveLength(6);
    for (const { Properties } of tasks) {
      const image = JSON.stringify(Properties.ContainerDefinitions[0].Image);
      expect(image).toContain(`@${DIGEST}`);
      expect(image).toContain('DjangoRegistry');
    }
  });

  test('takes a tag that the registry keeps, and fails for another', () => {
    const [task] = Object.values(stacks({ image: 'v1.4.2' }).site.findResources('AWS::ECS::TaskDefinition'));

    expect(JSON.stringify(task.Properties.ContainerDefinitions[0].Image)).toContain(':v1.4.2');
    expect(() => stacks({ image: 'nightly' })).toThrow("'tag' must match a release pattern (v*), got 'nightly'");
  });

  test('pins the images that the web service, the worker and beat run', () => {
    const { site } = stacks();
    const [pins] = Object.values(site.findResources('Custom::DeployedImagePins'));
    const services = Object.keys(site.findResources('AWS::ECS::Service'));

    expect(services).toHaveLength(3);
    for (const service of services) expect(JSON.stringify(pins.Properties.Services)).toContain(service);
    expect(JSON.stringify(pins.Properties.Repository)).toContain('DjangoRegistry');
  });

  test('runs a worker for the queue that Django sends its tasks to', () => {
    stacks().site.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Command: Match.arrayWith(['--queues', 'default']),
          HealthCheck: Match.objectLike({ Command: ['CMD', 'python', '-m', 'ops.probe', 'worker'] }),
        }),
      ],
    });
  });

  test('runs beat, which is asked for its heart', () => {
    stacks().site.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Command: Match.arrayWith(['beat']),
          HealthCheck: Match.objectLike({ Command: ['CMD', 'python', '-m', 'ops.probe', 'beat'] }),
        }),
      ],
    });
  });

  test('clears expired sessions every night', () => {
    const { site } = stacks();
    site.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(0 3 * * ? *)' });
    site.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Command: Match.arrayWith(['clearsessions']) })],
    });
  });

  test('says how to make an account for the admin', () => {
    const { site } = stacks();
    const [output] = Object.values(site.findOutputs('CreateSuperuser'));
    expect(JSON.stringify(output.Value)).toContain('aws ecs run-task --cluster ');
    expect(JSON.stringify(output.Value)).toContain('CreateSuperuserTask');
  });

  test('migrates under a lock before each release', () => {
    stacks().site.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Command: Match.arrayWith(['python', 'manage.py', 'migrate_locked']) })],
    });
  });

  test('takes the numbers of tasks', () => {
    stacks({ minTasks: 3, maxTasks: 5 }).site.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 3,
      MaxCapacity: 5,
    });
  });

  test('stands behind CloudFront when there is a certificate for it, and says where that is', () => {
    const domain = { domainName: 'www.example.com', hostedZoneId: 'Z1', hostedZoneName: 'example.com' };
    const cloudFrontCertificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/abc';
    const { site } = stacks({ domain: { ...domain, cloudFrontCertificateArn } });

    site.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Aliases: ['www.example.com'],
        ViewerCertificate: Match.objectLike({ AcmCertificateArn: cloudFrontCertificateArn }),
      }),
    });
    const [distribution] = Object.keys(site.findResources('AWS::CloudFront::Distribution'));
    site.hasOutput('DistributionDomainName', { Value: { 'Fn::GetAtt': [distribution, 'DomainName'] } });

    const without = stacks({ domain }).site;
    without.resourceCountIs('AWS::CloudFront::Distribution', 0);
    expect(without.findOutputs('DistributionDomainName')).toEqual({});
  });

  test('speaks HTTPS under its domain', () => {
    const { site } = stacks({ profile: 'production', domain: DOMAIN });
    site.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'HTTPS' });
    site.hasOutput('SiteUrl', { Value: 'https://www.example.com' });
  });

  test('is protected from deletion in production, and not in development', () => {
    expect(stacks({ profile: 'production', domain: DOMAIN }).siteStack.terminationProtection).toBe(true);
    expect(stacks().siteStack.terminationProtection).toBe(false);
  });

  test('sends alarms to a topic that CloudWatch may publish to, and to the address that is given', () => {
    const { site } = stacks({ alarmEmail: 'ops@example.com' });
    site.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
    site.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
          }),
        ]),
      },
    });
    const alarms = Object.values(site.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.length).toBeGreaterThanOrEqual(5);
    for (const { Properties } of alarms) {
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Alerts/) }]);
    }
  });
});

describe('commands', () => {
  test('that fail are told to the topic of the alarms', () => {
    const { site } = stacks();
    const rules = Object.entries(site.findResources('AWS::Events::Rule')).filter(([id]) => id.includes('FailedRun'));

    expect(rules.map(([id]) => id.replace(/Observability.*/, ''))).toEqual(['ClearSessions', 'CreateSuperuser']);
    for (const [, { Properties }] of rules) {
      expect(Properties.Targets).toEqual([expect.objectContaining({ Arn: { Ref: expect.stringMatching(/^Alerts/) } })]);
    }
  });
});

describe('network and data apart', () => {
  const apart = (profile: Config['profile']) => {
    const app = new App({ context: recommendedFlags });
    const config: Config = { profile, image: DIGEST, stacks: 'apart', domain: DOMAIN };
    const network = new NetworkStack(app, 'DjangoNetwork', { config });
    const data = new DataStack(app, 'DjangoData', { config, vpc: network.vpc });
    const { repository } = new RegistryStack(app, 'DjangoRegistry');
    const given = { vpc: network.vpc, database: data.database, cache: data.cache };
    return { network, data, site: new SiteStack(app, 'DjangoSite', { config, repository, given }) };
  };

  test('leave nothing of them to the stack of the site', () => {
    const { network, data, site } = apart('development');
    const template = Template.fromStack(site);
    for (const type of ['AWS::EC2::VPC', 'AWS::RDS::DBInstance', 'AWS::ElastiCache::ReplicationGroup']) {
      template.resourceCountIs(type, 0);
    }
    Template.fromStack(network).resourceCountIs('AWS::EC2::VPC', 1);
    Template.fromStack(data).resourceCountIs('AWS::RDS::DBInstance', 1);
    expect(data.dependencies).toEqual([network]);
    expect(site.dependencies).toEqual(expect.arrayContaining([network, data]));
  });

  test.each(['production', 'development'] as const)('are protected and sized as the site is in %s', (profile) => {
    const { network, data } = apart(profile);
    const isProduction = profile === 'production';
    expect([network, data].map((stack) => stack.terminationProtection)).toEqual([isProduction, isProduction]);
    Template.fromStack(data).hasResourceProperties('AWS::RDS::DBInstance', { MultiAZ: isProduction });
    Template.fromStack(data).hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      MultiAZEnabled: isProduction,
    });
    Template.fromStack(network).resourceCountIs('AWS::EC2::FlowLog', isProduction ? 1 : 0);
  });
});
