import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { type DjangoWorkerProps, TaskCapacity } from '../../src';
import { container, makeSite, templateOf } from '../fixtures';

describe('worker', () => {
  const worker = (props?: DjangoWorkerProps, celeryApp?: string) => {
    const made = makeSite({ django: { celeryApp } });
    made.addWorker('Worker', props);
    return templateOf(made);
  };

  test('runs celery with what it is told', () => {
    const command = container(worker({ queues: ['mail', 'default'], concurrency: 8 }, 'shop.celery'), 'worker').Command;

    expect(command.join(' ')).toBe(
      'celery --app shop.celery worker --loglevel INFO --without-gossip --without-mingle --concurrency 8 --queues mail,default',
    );
  });

  test("takes tasks from the project's default queue when no queue is named", () => {
    const command = container(worker(), 'worker').Command;

    expect(command.join(' ')).toBe(
      'celery --app config worker --loglevel INFO --without-gossip --without-mingle --concurrency 2',
    );
  });

  test('has 120 s to finish, or less', () => {
    expect(container(worker(), 'worker').StopTimeout).toBe(120);
    expect(container(worker({ stopTimeout: Duration.seconds(30) }), 'worker').StopTimeout).toBe(30);
  });

  test('takes size and scaling', () => {
    const template = worker({ cpu: 1024, memoryMiB: 3072, scaling: { minTasks: 1, maxTasks: 4, cpuPercent: 80 } });

    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '1024', Memory: '3072' });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 4 });
  });

  test('is one task without a load balancer by default', () => {
    worker().hasResourceProperties('AWS::ECS::Service', { DesiredCount: 1, LoadBalancers: Match.absent() });
  });

  test('is asked for its health by the command that is given, or not at all', () => {
    expect(container(worker(), 'worker').HealthCheck).toBeUndefined();
    expect(container(worker({ healthCheckCommand: ['python', 'alive.py'] }), 'worker').HealthCheck).toMatchObject({
      Command: ['CMD', 'python', 'alive.py'],
      Interval: 10,
      Retries: 3,
    });
  });

  test.each([[['CMD', 'python', 'alive.py']], [['CMD-SHELL', 'python alive.py || exit 1']]])(
    'is asked for its health as ECS takes it: %j',
    (healthCheckCommand) => {
      expect(container(worker({ healthCheckCommand }), 'worker').HealthCheck.Command).toEqual(healthCheckCommand);
    },
  );

  test('starts after the release', () => {
    const [, service] = Object.entries(worker().findResources('AWS::ECS::Service')).find(([id]) =>
      id.includes('Worker'),
    )!;

    expect(service.DependsOn).toContainEqual(expect.stringMatching(/^SiteReleaseRun/));
  });

  test('takes disk and another way for its logs', () => {
    const template = worker({ ephemeralStorageGiB: 50, logging: LogDrivers.jsonFile() });

    template.hasResourceProperties('AWS::ECS::TaskDefinition', { EphemeralStorage: { SizeInGiB: 50 } });
    expect(container(template, 'worker').LogConfiguration.LogDriver).toBe('json-file');
    expect(container(template, 'web').LogConfiguration.LogDriver).toBe('awslogs');
  });

  test('may ask ECS not to stop it, when that is said', () => {
    const ofWorker = (props: DjangoWorkerProps) =>
      Object.entries(worker(props).findResources('AWS::IAM::Policy'))
        .filter(([id]) => id.startsWith('SiteWorkerTaskTaskRole'))
        .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
        .filter(({ Action }) => JSON.stringify(Action).includes('TaskProtection'));

    expect(ofWorker({})).toEqual([]);
    const [{ Action, Resource }] = ofWorker({ scaleInProtection: true });
    expect(Action).toEqual(['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection']);
    expect(JSON.stringify(Resource)).toMatch(/:task\/",\{"Ref":"SiteCluster\w+"\},"\/\*"/);
  });

  describe('with scaling.maxQueueAge', () => {
    const AGED = { minTasks: 1, maxTasks: 5, maxQueueAge: Duration.minutes(2) };
    const aged = (props: DjangoWorkerProps = {}) =>
      worker({
        queues: ['mail', 'default'],
        scaling: AGED,
        ...props,
      });

    test('reads the age of its own queues in the log group of the site', () => {
      aged().hasResourceProperties('AWS::Logs::MetricFilter', {
        LogGroupName: { Ref: Match.stringLikeRegexp('^SiteLogs') },
        FilterPattern: '{ ($.queues = "default,mail") && ($.queue_age_seconds >= 0) }',
        MetricTransformations: [
          {
            MetricName: 'QueueAge',
            MetricNamespace: {
              'Fn::Join': ['', ['DjangoFargate/', { 'Fn::GetAtt': [Match.stringLikeRegexp('^SiteWorker'), 'Name'] }]],
            },
            MetricValue: '$.queue_age_seconds',
          },
        ],
      });
    });

    test.each([
      ['GreaterThanOrEqualToThreshold', 120],
      ['LessThanOrEqualToThreshold', 1],
    ])('watches the age for three minutes: %s %i s', (ComparisonOperator, Threshold) => {
      aged().hasResourceProperties('AWS::CloudWatch::Alarm', {
        ComparisonOperator,
        Threshold,
        MetricName: 'QueueAge',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 3,
      });
    });

    test('adds one task, two when the queue is three times too old, and takes one away when nothing waits', () => {
      const policies = Object.entries(aged().findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))
        .filter(([id]) => id.startsWith('SiteWorker'))
        .map(([, { Properties }]) => Properties);

      expect(policies.map(({ PolicyType }) => PolicyType)).toEqual(['StepScaling', 'StepScaling']);
      expect(policies.map((policy) => policy.StepScalingPolicyConfiguration.StepAdjustments)).toEqual([
        [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
        [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 240, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 240, ScalingAdjustment: 2 },
        ],
      ]);
    });

    test.each<[DjangoWorkerProps, string]>([
      [
        { queues: undefined },
        "'queues' must be named when 'scaling.maxQueueAge' is set: their age is what the worker scales by",
      ],
      [
        { scaling: { ...AGED, maxQueueAge: Duration.seconds(30) } },
        "'scaling.maxQueueAge' must be a whole number of at least 60, got 30",
      ],
      [
        { scaling: { maxQueueAge: Duration.minutes(2) } },
        "'scaling.maxQueueAge' must be left out when 'scaling.minTasks' and 'scaling.maxTasks' are equal (1): the process does not scale",
      ],
      [
        { logging: LogDrivers.jsonFile() },
        "'logging' must be left out when 'scaling.maxQueueAge' is set: the age is read in the log group of the site",
      ],
      [
        { scaling: { ...AGED, cpuPercent: 50 } },
        "'scaling.cpuPercent' and 'scaling.memoryPercent' must be left out when 'scaling.maxQueueAge' is set",
      ],
      [
        { scaling: { ...AGED, memoryPercent: 50 } },
        "'scaling.cpuPercent' and 'scaling.memoryPercent' must be left out when 'scaling.maxQueueAge' is set",
      ],
    ])('fails: %j', (props, message) => {
      expect(() => aged(props)).toThrow(`${message} [Test/Site/Worker]`);
    });
  });

  describe('with scaling.minTasks 0', () => {
    const IDLE = { minTasks: 0, maxTasks: 4, maxQueueAge: Duration.minutes(2) };
    const idle = (props: DjangoWorkerProps = {}) => worker({ queues: ['mail', 'default'], scaling: IDLE, ...props });
    const alarms = (template: Template) =>
      Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    const reported = (template: Template) =>
      container(template, 'web').Environment.find(({ Name }: { Name: string }) => Name === 'DJANGO_REPORT_QUEUES');

    test('may have no task, and none is counted in the template', () => {
      const template = idle();
      template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 0, MaxCapacity: 4 });
      template.hasResourceProperties('AWS::ECS::Service', {
        DesiredCount: Match.absent(),
        LoadBalancers: Match.absent(),
      });
    });

    test('has the web process report the queues of each such worker once', () => {
      const made = makeSite();
      made.addWorker('Mail', { queues: ['mail', 'default'], scaling: IDLE });
      made.addWorker('Pictures', { queues: ['pictures'], scaling: IDLE });
      made.addWorker('Again', { queues: ['default', 'mail'], scaling: IDLE });
      made.addWorker('Others', { queues: ['others'], scaling: { ...IDLE, minTasks: 1 } });

      expect(reported(templateOf(made)).Value).toBe('default,mail pictures');
    });

    test('has nothing reported for other workers', () => {
      expect(reported(worker({ queues: ['mail'], scaling: { ...IDLE, minTasks: 1 } }))).toBeUndefined();
    });

    test.each([
      ['QueueAge', '$.queue_age_seconds'],
      ['QueueLength', '$.queue_length'],
    ])('reads %s from the lines that web tasks log', (MetricName, value) => {
      idle().hasResourceProperties('AWS::Logs::MetricFilter', {
        LogGroupName: { Ref: Match.stringLikeRegexp('^SiteLogs') },
        FilterPattern: `{ ($.reported_queues = "default,mail") && (${value} >= 0) }`,
        MetricTransformations: [Match.objectLike({ MetricName, MetricValue: value })],
      });
    });

    test('starts a task in the first minute that is too old, and two when it is three times too old', () => {
      const template = idle();
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 120,
        MetricName: 'QueueAge',
        Statistic: 'Maximum',
        EvaluationPeriods: 1,
      });
      template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
        StepScalingPolicyConfiguration: {
          StepAdjustments: [
            { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 240, ScalingAdjustment: 1 },
            { MetricIntervalLowerBound: 240, ScalingAdjustment: 2 },
          ],
        },
      });
    });

    test('stops all tasks when none is needed for three minutes, and one of several when nothing waits', () => {
      const template = idle();
      const [alarm, ...others] = alarms(template).filter(({ Metrics }) => Metrics);
      expect(others).toEqual([]);
      expect(alarm).toMatchObject({
        ComparisonOperator: 'LessThanOrEqualToThreshold',
        Threshold: 1,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 3,
      });
      expect(alarm.Metrics.map(({ Id, Expression }: { Id: string; Expression?: string }) => Expression ?? Id)).toEqual([
        'IF(length < 1, 0, IF(age < 1 AND running > 1, 1, 2))',
        'length',
        'age',
        'running',
      ]);
      expect(alarm.Metrics.at(-1).MetricStat).toMatchObject({
        Metric: { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' },
        Stat: 'SampleCount',
        Period: 60,
      });
      template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
        StepScalingPolicyConfiguration: {
          StepAdjustments: [
            { MetricIntervalLowerBound: -1, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
            { MetricIntervalUpperBound: -1, ScalingAdjustment: -4 },
          ],
        },
      });
    });

    test('takes another log driver, whose lines are not read', () => {
      expect(container(idle({ logging: LogDrivers.jsonFile() }), 'worker').LogConfiguration.LogDriver).toBe(
        'json-file',
      );
    });

    test('fails when the web process logs elsewhere', () => {
      const made = makeSite({ web: { logging: LogDrivers.jsonFile() } });
      expect(() => made.addWorker('Worker', { queues: ['mail'], scaling: IDLE })).toThrow(
        "'scaling.minTasks' must be at least 1 when 'web.logging' is set: web tasks report the queues in the log group of the site [Test/Site/Worker]",
      );
    });

    test.each<[DjangoWorkerProps, string]>([
      [
        { scaling: { minTasks: 0, maxTasks: 2 } },
        "'scaling.maxQueueAge' must be set when 'scaling.minTasks' is 0: without a task, only the age of its queues says that one is needed",
      ],
      [{ scaling: { minTasks: 0 } }, "'scaling.maxTasks' must be a whole number of at least 1, got 0"],
      [{ scaling: { ...IDLE, minTasks: -1 } }, "'scaling.minTasks' must be a whole number of at least 0, got -1"],
      [
        { queues: undefined },
        "'queues' must be named when 'scaling.maxQueueAge' is set: their age is what the worker scales by",
      ],
    ])('fails: %j', (props, message) => {
      expect(() => idle(props)).toThrow(`${message} [Test/Site/Worker]`);
    });

    test('is for workers alone', () => {
      expect(() => makeSite({ web: { scaling: { minTasks: 0 } } })).toThrow(
        "'web.scaling.minTasks' must be a whole number of at least 1, got 0",
      );
    });
  });

  test.each<[DjangoWorkerProps, string]>([
    [{ ephemeralStorageGiB: 20 }, "'ephemeralStorageGiB' must be a whole number from 21 to 200, got 20"],
    [
      { capacity: TaskCapacity.spot({ spotPercent: 0 }) },
      "'capacity.spotPercent' must be a whole number from 1 to 100, got 0",
    ],
    [{ queues: [] }, "'queues' must name at least one queue, got none. Leave it out for the project's default queue"],
    [{ queues: ['a b'] }, "'queues' must hold names of letters, digits, '_', '-', '.' and ':', got 'a b'"],
    [{ concurrency: 0 }, "'concurrency' must be a whole number of at least 1, got 0"],
    [{ cpu: 128 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 128"],
    [{ memoryMiB: 8192 }, "'memoryMiB' must be one of 1024, 2048, 3072, 4096 for 512 CPU units, got 8192"],
    [{ stopTimeout: Duration.minutes(3) }, "'stopTimeout' must be a whole number from 2 to 120, got 180"],
    [
      { healthCheckCommand: 'celery inspect ping' as unknown as string[] },
      "'healthCheckCommand' must be a list of texts, got the text 'celery inspect ping'",
    ],
    [
      { healthCheckCommand: ['CMD-SHELL', 'celery', 'inspect'] },
      "'healthCheckCommand' must have one text for the shell after CMD-SHELL, got 2",
    ],
    [
      { healthCheckCommand: ['CMD'] },
      "'healthCheckCommand' must name a command, got none. Leave it out for no health check",
    ],
    [{ healthCheckCommand: ['NONE'] }, "'healthCheckCommand' must be left out for no health check, got NONE"],
    [
      { healthCheckCommand: ['celery', 'inspect', 'ping', '||', 'exit', '1'] },
      "'healthCheckCommand' must hold nothing for a shell, got '||': none is started. Start one: ['sh', '-c', '…']",
    ],
    [
      { healthCheckCommand: [] },
      "'healthCheckCommand' must name a command, got none. Leave it out for no health check",
    ],
    [{ scaling: { maxTasks: 0 } }, "'scaling.maxTasks' must be a whole number of at least 1, got 0"],
  ])('fails: %j', (props, message) => {
    expect(() => worker(props)).toThrow(`${message} [Test/Site/Worker]`);
  });
});
