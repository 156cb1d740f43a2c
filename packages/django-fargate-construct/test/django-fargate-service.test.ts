import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PostgresDatabase, SiteDomain, SiteProfile, ValkeyCache } from '../src';
import { DJANGO_PROCESSES } from '../src/contract/container-environment';
import { addEverything, container, makeSite, site, templateOf, testStack } from './fixtures';

describe('web service', () => {
  test('starts all new tasks before an old one stops, and goes back when they fail', () => {
    site().hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
      LoadBalancers: [Match.objectLike({ ContainerName: 'django', ContainerPort: 8000 })],
      NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'DISABLED' }) },
    });
  });

  test('scales on CPU and memory between 2 and 10 tasks', () => {
    const template = site({ web: { scaling: { cpuPercent: 50, memoryPercent: 70 } } });

    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 10 });
    for (const [metric, target] of Object.entries({ CPU: 50, Memory: 70 })) {
      template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
        TargetTrackingScalingPolicyConfiguration: Match.objectLike({
          TargetValue: target,
          PredefinedMetricSpecification: { PredefinedMetricType: `ECSServiceAverage${metric}Utilization` },
        }),
      });
    }
  });

  test('keeps the number of tasks when minTasks and maxTasks are equal', () => {
    const template = site({ web: { scaling: { minTasks: 3, maxTasks: 3 } } });

    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 3 });
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test('raises maxTasks to a minTasks above the default', () => {
    site({ web: { scaling: { minTasks: 12 } } }).hasResourceProperties('AWS::ECS::Service', { DesiredCount: 12 });
  });

  test('takes size, processor, workers and threads', () => {
    const web = {
      cpu: 2048,
      memoryMiB: 4096,
      architecture: CpuArchitecture.ARM64,
      gunicorn: { workers: 3, threads: 6 },
    };
    const template = site({ web: { ...web, scaling: { maxTasks: 4 } } });

    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '2048',
      Memory: '4096',
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
    });
    expect(environmentOf(template, 'web').GUNICORN_CMD_ARGS).toContain('--workers 3 --threads 6');
  });

  test('derives the number of gunicorn workers from the vCPUs', () => {
    const template = site({ web: { cpu: 4096, memoryMiB: 8192, scaling: { maxTasks: 4 } } });

    expect(environmentOf(template, 'web').GUNICORN_CMD_ARGS).toContain('--workers 8 --threads 4');
  });

  test('is checked by the load balancer on /livez, and only 200 is healthy', () => {
    site().hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/livez',
      Matcher: { HttpCode: '200' },
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Port: 8000,
    });
  });

  test('takes another health check path, for the container too', () => {
    const template = site({ web: { healthCheckPath: '/healthz/' } });

    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/healthz/' });
    expect(container(template, 'web').HealthCheck.Command[3]).toContain("'http://127.0.0.1:8000/healthz/'");
  });

  test('derives every duration from the request timeout', () => {
    const template = site({ web: { requestTimeout: Duration.seconds(80) } });

    expect(environmentOf(template, 'web').GUNICORN_CMD_ARGS).toContain(
      '--timeout 80 --graceful-timeout 95 --keep-alive 100',
    );
    expect(container(template, 'web').StopTimeout).toBe(110);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '80' }]),
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '85' }]),
    });
  });
});

describe.each(DJANGO_PROCESSES)('%s container', (process) => {
  const made = makeSite();
  addEverything(made);
  const django = container(templateOf(made), process);

  test('has no rights that Django does not need', () => {
    expect(django).toMatchObject({
      Name: 'django',
      User: '10001:10001',
      ReadonlyRootFilesystem: true,
      LinuxParameters: {
        InitProcessEnabled: true,
        Capabilities: { Drop: ['ALL'] },
        Tmpfs: [{ ContainerPath: '/tmp', Size: 64, MountOptions: ['noexec', 'nosuid', 'nodev'] }],
      },
    });
  });

  test('gets secrets as ECS secrets, never as plain text', () => {
    expect(django.Secrets.map(({ Name }: { Name: string }) => Name).sort()).toEqual([
      'DATABASE_SECRET',
      'DJANGO_SECRET_KEY',
      'REDIS_AUTH_TOKEN',
    ]);
    expect(JSON.stringify(django.Environment)).not.toContain('resolve:secretsmanager');
  });

  test('logs to the site without waiting for CloudWatch', () => {
    expect(django.LogConfiguration.Options).toMatchObject({
      'awslogs-stream-prefix': process,
      mode: 'non-blocking',
      'max-buffer-size': '26214400b',
    });
  });
});

describe('network rules', () => {
  const made = makeSite();
  const worker = made.addWorker('Worker');
  const template = templateOf(made);
  const groupOf = (peer: { connections: { securityGroups: { node: { defaultChild?: unknown } }[] } }) =>
    Stack.of(made).getLogicalId(peer.connections.securityGroups[0].node.defaultChild as never);
  const web = groupOf(made);
  const release = groupOf({ connections: made.release.securityGroup.connections });
  const ingress = (target: string) =>
    Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
      .map(({ Properties }) => Properties)
      .filter(({ GroupId }) => GroupId['Fn::GetAtt'][0] === target)
      .map(({ SourceSecurityGroupId, FromPort }) => `${SourceSecurityGroupId['Fn::GetAtt'][0]}:${FromPort}`)
      .sort();

  test('let only the load balancer reach the web tasks', () => {
    expect(ingress(web)).toEqual([`${groupOf(made.loadBalancer)}:8000`]);
  });

  test('let nothing reach workers and releases', () => {
    expect(ingress(groupOf(worker))).toEqual([]);
    expect(ingress(release)).toEqual([]);
  });

  test('let only the processes of the site reach the cache', () => {
    expect(ingress(groupOf(made.cache))).toEqual([web, release, groupOf(worker)].map((id) => `${id}:6379`).sort());
  });

  test('let only the processes of the site reach the database', () => {
    const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).filter(
      ({ Properties }) => Properties.GroupId['Fn::GetAtt'][0] === groupOf(made.database),
    );
    const sources = rules.map(({ Properties }) => Properties.SourceSecurityGroupId['Fn::GetAtt'][0]);
    expect(sources.sort()).toEqual([web, release, groupOf(worker)].sort());
    for (const { Properties } of rules) {
      expect([Properties.FromPort, Properties.ToPort]).toEqual([5432, 5432]);
    }
  });

  test('open nothing to the world but ports 80 and 443 of the load balancer', () => {
    const open = Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(({ Properties }) =>
      (Properties.SecurityGroupIngress ?? []).map((rule: { CidrIp: string; FromPort: number }) => rule.FromPort),
    );
    expect(open.sort()).toEqual([443, 80]);
  });
});

describe('what exists already', () => {
  test('is used: VPC, database and cache', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const database = new PostgresDatabase(stack, 'Database', { vpc });
    const cache = new ValkeyCache(stack, 'Cache', { vpc });
    const made = makeSite({ vpc, database, cache }, stack);
    const template = Template.fromStack(stack);

    expect([made.vpc, made.database, made.cache]).toEqual([vpc, database, cache]);
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::RDS::DBInstance', 1);
    template.resourceCountIs('AWS::ElastiCache::ReplicationGroup', 1);
  });

  test('is used: cluster, with its VPC', () => {
    const stack = testStack();
    const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc') });
    const made = makeSite({ cluster }, stack);

    expect(made.vpc).toBe(cluster.vpc);
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Cluster', 1);
  });

  test('is used: secret key', () => {
    const stack = testStack();
    const secretKey = Secret.fromSecretNameV2(stack, 'Key', 'shop/secret-key');
    const made = makeSite({ django: { secretKey } }, stack);

    expect(made.secretKey).toBe(secretKey);
    expect(JSON.stringify(container(templateOf(made), 'web').Secrets)).toContain('shop/secret-key');
  });

  test('fails when both vpc and cluster are given', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    expect(() => makeSite({ vpc, cluster: new Cluster(stack, 'Cluster', { vpc }) }, stack)).toThrow(
      "'vpc' must be left out when 'cluster' is given: the tasks run in the cluster's VPC [Test/Site]",
    );
  });
});

describe('wrong input', () => {
  test.each([
    [
      { scaling: { minTasks: 4, maxTasks: 2 } },
      "'web.scaling.maxTasks' must be at least 'web.scaling.minTasks' (4), got 2 [Test/Site]",
    ],
    [{ scaling: { minTasks: 0 } }, "'web.scaling.minTasks' must be a whole number of at least 1, got 0 [Test/Site]"],
    [
      { scaling: { maxTasks: 1.5 } },
      "'web.scaling.maxTasks' must be a whole number of at least 1, got 1.5 [Test/Site]",
    ],
    [
      { scaling: { cpuPercent: 0 } },
      "'web.scaling.cpuPercent' must be a whole number from 1 to 100, got 0 [Test/Site]",
    ],
    [
      { scaling: { memoryPercent: 101 } },
      "'web.scaling.memoryPercent' must be a whole number from 1 to 100, got 101 [Test/Site]",
    ],
    [{ gunicorn: { workers: 0 } }, "'web.gunicorn.workers' must be a whole number of at least 1, got 0 [Test/Site]"],
    [{ gunicorn: { threads: 0 } }, "'web.gunicorn.threads' must be a whole number of at least 1, got 0 [Test/Site]"],
    [
      { requestTimeout: Duration.seconds(91) },
      "'web.requestTimeout' must be a whole number from 5 to 90, got 91 [Test/Site]",
    ],
    [{ cpu: 300 }, "'web.cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 300 [Test/Site]"],
    [
      { cpu: 256, memoryMiB: 4096 },
      "'web.memoryMiB' must be one of 512, 1024, 2048 for 256 CPU units, got 4096 [Test/Site]",
    ],
    [{ healthCheckPath: 'livez' }, "'web.healthCheckPath' must be a path such as /livez, got 'livez' [Test/Site]"],
  ])('fails: web %j', (web, message) => {
    const stack = testStack();
    expect(() => makeSite({ web }, stack)).toThrow(message);
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });

  test('fails for plain HTTP in production', () => {
    expect(() => makeSite({ domain: SiteDomain.loadBalancerNameOverHttp() })).toThrow(
      'the production profile requires HTTPS: use SiteDomain.hostedZone() or SiteDomain.certificate() [Test/Site]',
    );
  });
});

test('the development profile is small, open to plain HTTP and leaves nothing behind', () => {
  const template = site({ profile: SiteProfile.DEVELOPMENT, domain: SiteDomain.loadBalancerNameOverHttp() });

  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
  template.resourceCountIs('AWS::EC2::NatGateway', 0);
  const kept = Object.values(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>)
    .map(({ DeletionPolicy }) => DeletionPolicy)
    .filter((policy) => policy && policy !== 'Delete');
  expect(kept).toEqual([]);
});

function environmentOf(template: Template, process: 'web' | 'worker' | 'release'): Record<string, string> {
  return Object.fromEntries(
    container(template, process).Environment.map((v: { Name: string; Value: string }) => [v.Name, v.Value]),
  );
}
