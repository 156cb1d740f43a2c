import { Match } from 'aws-cdk-lib/assertions';
import { type DjangoBeatProps, SiteProfile } from '../../src';
import { container, makeSite, serviceOf, templateOf } from '../fixtures';

describe('beat', () => {
  const beat = (props?: DjangoBeatProps, celeryApp?: string) => {
    const made = makeSite({ django: { celeryApp } });
    made.addBeat('Beat', props);
    return templateOf(made);
  };

  test('is one task, and a deployment stops the old one before it starts the new one', () => {
    const template = beat();

    expect(serviceOf(template, 'Beat').Properties).toMatchObject({
      DesiredCount: 1,
      AvailabilityZoneRebalancing: 'DISABLED',
      DeploymentConfiguration: {
        MinimumHealthyPercent: 0,
        MaximumPercent: 100,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
    expect(serviceOf(template, 'Beat').Properties.LoadBalancers).toBeUndefined();
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 1); // that of the web service
  });

  test('keeps its schedule in /tmp, because the root file system is read-only', () => {
    expect(container(beat({}, 'shop.celery'), 'beat').Command.join(' ')).toBe(
      'celery --quiet --app shop.celery beat --loglevel INFO --schedule /tmp/celerybeat-schedule',
    );
  });

  test('has 10 s to stop', () => {
    expect(container(beat(), 'beat').StopTimeout).toBe(10);
  });

  test('takes its size from the profile, or another one', () => {
    const size = (template: ReturnType<typeof beat>) =>
      Object.values(template.findResources('AWS::ECS::TaskDefinition'))
        .filter(({ Properties }) => Properties.ContainerDefinitions[0].Command?.includes('beat'))
        .map(({ Properties }) => [Properties.Cpu, Properties.Memory]);

    for (const profile of [SiteProfile.PRODUCTION, SiteProfile.DEVELOPMENT]) {
      const made = makeSite({ profile });
      made.addBeat('Beat');
      expect(size(templateOf(made))).toEqual([['256', '512']]);
    }
    expect(size(beat({ cpu: 512, memoryMiB: 2048 }))).toEqual([['512', '2048']]);
  });

  test('is asked for its health by the command that is given, or not at all', () => {
    expect(container(beat(), 'beat').HealthCheck).toBeUndefined();
    expect(container(beat({ healthCheckCommand: ['python', 'alive.py'] }), 'beat').HealthCheck).toMatchObject({
      Command: ['CMD', 'python', 'alive.py'],
      Interval: 10,
      Retries: 3,
    });
  });

  test('starts after the release', () => {
    expect(serviceOf(beat(), 'Beat').DependsOn).toContainEqual(expect.stringMatching(/^SiteReleaseRun/));
  });

  test('reaches the database and the cache, and nothing reaches it', () => {
    const template = beat();
    const [group] = Object.keys(template.findResources('AWS::EC2::SecurityGroup')).filter((id) => /Beat/.test(id));
    const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(
      ({ Properties }) => Properties,
    );

    const from = rules.filter((rule) => rule.SourceSecurityGroupId?.['Fn::GetAtt'][0] === group);
    expect(from.map(({ GroupId }) => GroupId['Fn::GetAtt'][0]).sort()).toEqual([
      expect.stringMatching(/^SiteCache/),
      expect.stringMatching(/^SiteDatabase/),
    ]);
    expect(rules.filter(({ GroupId }) => GroupId['Fn::GetAtt'][0] === group)).toEqual([]);
  });

  test('runs in no worker, whatever its queues are called', () => {
    const made = makeSite();
    made.addWorker('Worker', { queues: ['-B', '--beat'] });
    const { Command } = container(templateOf(made), 'worker');

    expect(Command.filter((word: string) => ['-B', '--beat'].includes(word))).toEqual([]);
  });

  test('fails when there is one', () => {
    const made = makeSite();
    made.addBeat('Beat');
    expect(() => made.addBeat('Other')).toThrow(
      "'addBeat' must be called once, got 'Other' after 'Beat': two send every task twice [Test/Site]",
    );
    templateOf(made).resourcePropertiesCountIs('AWS::ECS::Service', Match.objectLike({ DesiredCount: 1 }), 1);
  });

  test.each<[DjangoBeatProps, string]>([
    [{ cpu: 128 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 128"],
    [{ memoryMiB: 8192 }, "'memoryMiB' must be one of 512, 1024, 2048 for 256 CPU units, got 8192"],
    [
      { healthCheckCommand: 'celery inspect ping' as unknown as string[] },
      "'healthCheckCommand' must be a list of texts, got the text 'celery inspect ping'",
    ],
    [
      { healthCheckCommand: [] },
      "'healthCheckCommand' must name a command, got none. Leave it out for no health check",
    ],
  ])('fails: %j', (props, message) => {
    expect(() => beat(props)).toThrow(`${message} [Test/Site/Beat]`);
  });
});

describe('services', () => {
  test('are all long-running ones, in the order in which they were added', () => {
    const made = makeSite();
    expect(made.services).toEqual([made.webService]);

    const worker = made.addWorker('Worker');
    const beat = made.addBeat('Beat');
    made.addCommand('Command', { command: ['check'] });
    expect(made.services).toEqual([made.webService, worker.service, beat.service]);
  });
});
