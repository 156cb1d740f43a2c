import { TimeZone } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import {
  DatabaseOffHours,
  type IDjangoDatabase,
  OffHours,
  SiteProfile,
  type SpotCapacityOptions,
  StoppableDatabase,
  TaskCapacity,
  type WeekdayHours,
} from '../../src';
import { makeSite, site, templateOf, testDomain, testStack } from '../fixtures';

const OFFICE: WeekdayHours = { startHour: 7, stopHour: 20, timeZone: TimeZone.EUROPE_BERLIN };

/** The service whose logical id starts with `start`. */
function service(template: Template, start: string) {
  const [, found] = Object.entries(template.findResources('AWS::ECS::Service')).find(([id]) => id.startsWith(start))!;
  return found;
}

describe('requests per target', () => {
  test('scale the web tasks beside CPU and memory', () => {
    const template = site({ web: { scaling: { requestsPerTarget: 600 } } });

    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 3);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 600,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: Match.objectLike({ 'Fn::Join': Match.anyValue() }),
        },
      },
    });
  });

  test('are not counted by default', () => {
    site().resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
  });

  test.each([
    [
      { requestsPerTarget: 0 },
      "'web.scaling.requestsPerTarget' must be a whole number of at least 1, got 0 [Test/Site]",
    ],
    [
      { requestsPerTarget: 100, minTasks: 3, maxTasks: 3 },
      "'web.scaling.requestsPerTarget' must be left out when 'web.scaling.minTasks' and 'web.scaling.maxTasks' are equal (3): the process does not scale [Test/Site]",
    ],
  ])('fails: %j', (scaling, message) => {
    expect(() => site({ web: { scaling } })).toThrow(message);
  });
});

describe('capacity', () => {
  const web = (options?: SpotCapacityOptions, minTasks = 3) =>
    site({ web: { capacity: TaskCapacity.spot(options), scaling: { minTasks } } });
  const strategies = (template: Template) => service(template, 'SiteWeb').Properties.CapacityProviderStrategy;

  test.each(['PRODUCTION', 'DEVELOPMENT'] as const)('is on demand in %s', (name) => {
    const template = site({ profile: SiteProfile[name] });
    expect(service(template, 'SiteWeb').Properties).toMatchObject({ LaunchType: 'FARGATE' });
    expect(strategies(template)).toBeUndefined();
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
  });

  test('is on demand when that is said', () => {
    expect(strategies(site({ web: { capacity: TaskCapacity.onDemand() } }))).toBeUndefined();
  });

  test('of Spot keeps the fewest web tasks on demand', () => {
    const template = web();
    expect(strategies(template)).toEqual([
      { CapacityProvider: 'FARGATE', Base: 3, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 100 },
    ]);
    expect(service(template, 'SiteWeb').Properties.LaunchType).toBeUndefined();
  });

  test('of Spot takes the on-demand base and the share of the rest', () => {
    expect(strategies(web({ onDemandTasks: 1, spotPercent: 40 }))).toEqual([
      { CapacityProvider: 'FARGATE', Base: 1, Weight: 60 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 40 },
    ]);
    expect(strategies(web({ onDemandTasks: 0 }))).toEqual([{ CapacityProvider: 'FARGATE_SPOT', Weight: 100 }]);
  });

  test('of Spot puts every worker task on Spot', () => {
    const made = makeSite();
    made.addWorker('Worker', { capacity: TaskCapacity.spot() });

    expect(service(templateOf(made), 'SiteWorker').Properties.CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE_SPOT', Weight: 100 },
    ]);
  });

  test('of Spot is offered by the cluster before the service is made, and until it is gone', () => {
    const made = makeSite();
    made.addWorker('Worker', { capacity: TaskCapacity.spot() });
    const template = templateOf(made);

    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
    const [association] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(service(template, 'SiteWorker').DependsOn).toContain(association);
    expect(service(template, 'SiteWeb').DependsOn).not.toContain(association);
  });

  test('of Spot is offered by a given cluster of the same app, and left to an imported one', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    makeSite({ cluster: new Cluster(stack, 'Cluster', { vpc }), web: { capacity: TaskCapacity.spot() } }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 1);

    const other = testStack();
    const cluster = Cluster.fromClusterAttributes(other, 'Cluster', {
      clusterName: 'shared',
      vpc: new Vpc(other, 'Vpc'),
    });
    makeSite({ cluster, web: { capacity: TaskCapacity.spot() } }, other);
    Template.fromStack(other).resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
  });

  test.each<[SpotCapacityOptions, string]>([
    [{ onDemandTasks: -1 }, "'web.capacity.onDemandTasks' must be a whole number of at least 0, got -1 [Test/Site]"],
    [{ spotPercent: 0 }, "'web.capacity.spotPercent' must be a whole number from 1 to 100, got 0 [Test/Site]"],
    [{ spotPercent: 101 }, "'web.capacity.spotPercent' must be a whole number from 1 to 100, got 101 [Test/Site]"],
  ])('fails: %j', (options, message) => {
    expect(() => web(options)).toThrow(message);
  });
});

describe('off hours', () => {
  const development = (hours: Partial<WeekdayHours> = {}, database?: IDjangoDatabase) => {
    const made = makeSite({
      profile: SiteProfile.DEVELOPMENT,
      offHours: OffHours.weekdays({ ...OFFICE, ...hours }),
      database,
    });
    made.addWorker('Worker');
    return templateOf(made);
  };

  test('take all tasks away and bring them back, of a process that does not scale, too', () => {
    const targets = Object.entries(development().findResources('AWS::ApplicationAutoScaling::ScalableTarget'));
    const numbers = targets.map(([id, { Properties }]) => [
      id.slice(0, 7),
      Properties.ScheduledActions.map(
        (action: { Schedule: string; Timezone: string; ScalableTargetAction: unknown }) => [
          action.Schedule,
          action.Timezone,
          action.ScalableTargetAction,
        ],
      ),
    ]);

    const actions = (MinCapacity: number, MaxCapacity: number) => [
      ['cron(15 7 ? * MON-FRI *)', 'Europe/Berlin', { MinCapacity, MaxCapacity }],
      ['cron(0 20 ? * MON-FRI *)', 'Europe/Berlin', { MinCapacity: 0, MaxCapacity: 0 }],
    ];
    expect(numbers).toEqual([
      ['SiteWeb', actions(1, 2)],
      ['SiteWor', actions(1, 1)],
    ]);
  });

  test('leave the number of tasks to the schedule', () => {
    development().allResourcesProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
  });

  test('let a process that does not scale follow the schedule only', () => {
    // CPU and memory of the web tasks
    development().resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
  });

  test('start the database before the tasks, and stop it after them', () => {
    const template = development();
    for (const [action, ScheduleExpression] of [
      ['startDBInstance', 'cron(0 7 ? * MON-FRI *)'],
      ['stopDBInstance', 'cron(15 20 ? * MON-FRI *)'],
    ]) {
      template.hasResourceProperties('AWS::Scheduler::Schedule', {
        ScheduleExpression,
        ScheduleExpressionTimezone: 'Europe/Berlin',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: { 'Fn::Join': ['', Match.arrayWith([`:scheduler:::aws-sdk:rds:${action}`])] },
          Input: { 'Fn::Join': ['', ['{"DbInstanceIdentifier":"', { Ref: 'SiteDatabaseInstance94D92DB9' }, '"}']] },
          RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
        },
      });
    }
  });

  test('may stop and start this one database, and nothing else', () => {
    const policies = Object.entries(development().findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.startsWith('SiteDatabaseOffHours'))
      .map(([, { Properties }]) => Properties.PolicyDocument.Statement);

    expect(policies.map(([{ Action }]) => Action)).toEqual(['rds:StartDBInstance', 'rds:StopDBInstance']);
    for (const [{ Resource }, ...more] of policies) {
      expect(more).toEqual([]);
      expect(JSON.stringify(Resource)).toContain('SiteDatabaseInstance94D92DB9');
      expect(Resource).not.toBe('*');
    }
  });

  test('leave a database alone that cannot be stopped', () => {
    const { secret, connections } = makeSite().database;
    const stack = testStack();
    makeSite(
      {
        profile: SiteProfile.DEVELOPMENT,
        offHours: OffHours.weekdays(OFFICE),
        vpc: new Vpc(stack, 'Vpc'),
        database: { secret, connections },
      },
      stack,
    );
    expect(stack.node.findAll().filter(({ node }) => node.id === 'DatabaseOffHours')).toEqual([]);
  });

  test('stop beat, too, which would ask for a database that is stopped', () => {
    const stack = testStack();
    const offHours = OffHours.weekdays(OFFICE);
    const made = makeSite({ profile: SiteProfile.DEVELOPMENT, offHours, web: { scaling: { maxTasks: 1 } } }, stack);
    made.addBeat('Beat');

    const targets = Template.fromStack(stack).findResources('AWS::ApplicationAutoScaling::ScalableTarget', {
      Properties: {
        ScheduledActions: Match.arrayWith([
          Match.objectLike({ ScalableTargetAction: { MaxCapacity: 0, MinCapacity: 0 } }),
        ]),
      },
    });
    expect(Object.keys(targets).filter((id) => id.startsWith('SiteBeat'))).toHaveLength(1);
  });

  test('stop a site of the production profile when that is said', () => {
    const offHours = OffHours.weekdays({ ...OFFICE, stopsProduction: true });
    site({ offHours }).resourceCountIs('AWS::Scheduler::Schedule', 2);
  });

  test('fails in production, before anything is made', () => {
    const stack = testStack();
    const offHours = OffHours.weekdays(OFFICE);
    expect(() => makeSite({ offHours, domain: testDomain(stack) }, stack)).toThrow(
      "'offHours' must be left out of the production profile: it stops the site. Set 'stopsProduction' in it to stop the site all the same [Test/Site]",
    );
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });

  test.each<[Partial<WeekdayHours>, string]>([
    [{ startHour: 23 }, "'offHours.startHour' must be a whole number from 0 to 22, got 23 [Test/Site]"],
    [{ stopHour: 7 }, "'offHours.stopHour' must be a whole number from 8 to 23, got 7 [Test/Site]"],
    [{ stopHour: 24 }, "'offHours.stopHour' must be a whole number from 8 to 23, got 24 [Test/Site]"],
  ])('fails: %j', (hours, message) => {
    expect(() => development(hours)).toThrow(message);
  });
});

describe('DatabaseOffHours', () => {
  const aurora = (profile?: SiteProfile) => {
    const stack = testStack();
    const cluster = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', { clusterIdentifier: 'shop' });
    new DatabaseOffHours(stack, 'Nights', {
      database: StoppableDatabase.cluster(cluster),
      offHours: OffHours.weekdays(OFFICE),
      profile,
    });
    return Template.fromStack(stack);
  };

  test('stops and starts an Aurora cluster without a site', () => {
    const template = aurora(SiteProfile.DEVELOPMENT);
    for (const action of ['startDBCluster', 'stopDBCluster']) {
      template.hasResourceProperties('AWS::Scheduler::Schedule', {
        Target: Match.objectLike({
          Arn: { 'Fn::Join': ['', Match.arrayWith([`:scheduler:::aws-sdk:rds:${action}`])] },
          Input: '{"DbClusterIdentifier":"shop"}',
        }),
      });
    }
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: [
          {
            Action: 'rds:StopDBCluster',
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', Match.arrayWith([':cluster:shop'])] },
          },
        ],
      }),
    });
  });

  test('lets only the schedules of its own account use its roles', () => {
    aurora(SiteProfile.DEVELOPMENT).allResourcesProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            Effect: 'Allow',
            Principal: { Service: 'scheduler.amazonaws.com' },
          },
        ],
      }),
    });
  });

  test('fails in production', () => {
    expect(() => aurora()).toThrow(/^'offHours' must be left out of the production profile.* \[Test\/Nights\]$/);
  });
});
