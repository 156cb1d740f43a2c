import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AlertRouting, EcsTaskObservability, type EcsTaskObservabilityProps } from '../src';
import { matches } from './event-pattern';
import { HOME } from './fixtures';
import { refusal } from './resource-policy';

const CLUSTER = 'arn:aws:ecs:eu-west-1:111122223333:cluster/production';
const DEFINITION = 'arn:aws:ecs:eu-west-1:111122223333:task-definition';

function watched(props: (stack: Stack) => Partial<EcsTaskObservabilityProps> = () => ({})) {
  const stack = new Stack(new App(), 'Test', { env: HOME });
  const taskDefinition = ecs.TaskDefinition.fromTaskDefinitionArn(stack, 'Nightly', `${DEFINITION}/nightly:3`);
  new EcsTaskObservability(stack, 'Watch', { taskDefinition, alerts: AlertRouting.none(), ...props(stack) });
  const template = Template.fromStack(stack);
  const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
  return { stack, template, rule: rule.Properties, pattern: inAws(rule.Properties.EventPattern) };
}

/** A pattern as it is once the stack is deployed to the partition `aws`. */
function inAws(pattern: object): Detail {
  return JSON.parse(JSON.stringify(pattern), (_key, value) => {
    if (value?.Ref === 'AWS::Partition') return 'aws';
    return value?.['Fn::Join'] ? value['Fn::Join'][1].join('') : value;
  });
}

const cluster = (stack: Stack) =>
  ecs.Cluster.fromClusterAttributes(stack, 'Cluster', {
    clusterName: 'production',
    clusterArn: CLUSTER,
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] }),
  });

type Detail = Parameters<typeof matches>[1];

/** The event of a run that has stopped, as ECS sends it, changed by `detail`. */
function stopped(detail: Detail): Detail {
  return {
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    account: HOME.account,
    region: HOME.region,
    detail: {
      clusterArn: CLUSTER,
      taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/production/0123456789abcdef',
      taskDefinitionArn: `${DEFINITION}/nightly:7`,
      group: 'family:nightly',
      desiredStatus: 'STOPPED',
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'django', exitCode: 1 }],
      ...detail,
    },
  };
}

const FAILED: [string, Detail][] = [
  ['ends with an exit code', {}],
  ['of a later revision, which any program has started', { group: 'nightly-by-hand', startedBy: 'chronos' }],
  [
    'does not find its image',
    {
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: not found',
      containers: [{ name: 'django' }],
    },
  ],
  [
    'runs out of memory',
    {
      containers: [{ name: 'django', exitCode: 137, reason: 'OutOfMemoryError: container killed due to memory usage' }],
    },
  ],
  ['is taken back by Fargate Spot', { stopCode: 'SpotInterruption', containers: [{ name: 'django', exitCode: 143 }] }],
  [
    'has a second container that fails',
    {
      containers: [
        { name: 'django', exitCode: 0 },
        { name: 'proxy', exitCode: 2 },
      ],
    },
  ],
];

const FINE: [string, Detail][] = [
  ['succeeds', { containers: [{ name: 'django', exitCode: 0 }] }],
  [
    'succeeds, and ECS stops what runs beside it',
    {
      containers: [
        { name: 'django', exitCode: 0 },
        { name: 'proxy', exitCode: 143 },
        { name: 'agent', exitCode: 137 },
      ],
    },
  ],
  ['has not stopped yet', { lastStatus: 'DEPROVISIONING' }],
  ['is a task of a service', { group: 'service:nightly' }],
  ['is of another family', { taskDefinitionArn: `${DEFINITION}/nightly-import:7` }],
  ['was stopped by a person', { stopCode: 'UserInitiated', containers: [{ name: 'django', exitCode: 143 }] }],
];

describe('a run has failed', () => {
  const { pattern } = watched();

  test.each(FAILED)('that %s', (_what, detail) => {
    expect(matches(pattern, stopped(detail))).toBe(true);
  });

  test.each(FINE)('is fine that %s', (_what, detail) => {
    expect(matches(pattern, stopped(detail))).toBe(false);
  });

  test('in the cluster that is named, and in no other', () => {
    const { pattern } = watched((stack) => ({ cluster: cluster(stack) }));
    expect(matches(pattern, stopped({}))).toBe(true);
    expect(matches(pattern, stopped({ clusterArn: CLUSTER.replace('production', 'staging') }))).toBe(false);
  });

  test('of any revision of a task definition of the app', () => {
    const { pattern } = watched((stack) => {
      const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task', { family: 'nightly' });
      taskDefinition.addContainer('django', { image: ecs.ContainerImage.fromRegistry('example/site:1') });
      return { taskDefinition };
    });
    expect(matches(pattern, stopped({}))).toBe(true);
    expect(matches(pattern, stopped({ taskDefinitionArn: `${DEFINITION}/nightly-import:7` }))).toBe(false);
  });
});

describe('the topics', () => {
  const topics = (critical?: boolean) =>
    watched((stack) => ({
      critical,
      alerts: AlertRouting.topics(new sns.Topic(stack, 'Pager'), new sns.Topic(stack, 'Chat')),
    }));

  test.each([
    [undefined, /^Chat/],
    [true, /^Pager/],
  ])('hear of it by kind: critical %s', (critical, topic) => {
    const { rule } = topics(critical);
    expect(rule.Targets).toEqual([
      {
        Arn: { Ref: expect.stringMatching(topic) },
        Id: 'Target0',
        InputTransformer: {
          InputPathsMap: {
            'detail-stopCode': '$.detail.stopCode',
            'detail-stoppedReason': '$.detail.stoppedReason',
            'detail-taskArn': '$.detail.taskArn',
          },
          InputTemplate:
            '"A run of nightly failed: <detail-stoppedReason> (<detail-stopCode>). Its logs say why. Task: <detail-taskArn>"',
        },
      },
    ]);
  });

  test('let EventBridge publish for their account alone', () => {
    const policies = Object.values(topics().template.findResources('AWS::SNS::TopicPolicy'));
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      const ask = (account: string) =>
        refusal(Properties.PolicyDocument, {
          service: 'events.amazonaws.com',
          action: 'sns:Publish',
          context: { 'aws:SourceAccount': account },
        });
      expect([ask(HOME.account), ask('999988887777')]).toEqual([undefined, 'not allowed']);
    }
  });

  test('may be none, and a warning says so where that is not said', () => {
    const mute = jest.spyOn(console, 'error').mockImplementation(); // where aws-cdk-lib prints warnings
    const { stack, rule } = watched(() => ({ alerts: undefined }));
    expect(rule.Targets).toBeUndefined();
    Annotations.fromStack(stack).hasWarning('/Test/Watch', Match.stringLikeRegexp('^Nobody hears of these alarms'));
    Annotations.fromStack(watched().stack).hasNoWarning('*', Match.anyValue());
    mute.mockRestore();
  });
});

test('no resource is made but the rule', () => {
  expect(Object.values(watched().template.toJSON().Resources)).toHaveLength(1);
});

test.each<[string, (stack: Stack) => Partial<EcsTaskObservabilityProps>, string]>([
  [
    'no task definition',
    () => ({ taskDefinition: undefined as unknown as ecs.ITaskDefinition }),
    "'taskDefinition' must be a task definition of ECS, got none [Test/Watch]",
  ],
  [
    'one of another region',
    (stack) => ({
      taskDefinition: ecs.TaskDefinition.fromTaskDefinitionArn(
        stack,
        'There',
        'arn:aws:ecs:us-east-1:111122223333:task-definition/nightly:3',
      ),
    }),
    "'taskDefinition' must be in eu-west-1, the region of the alarms, got us-east-1: watch it from a stack there [Test/Watch]",
  ],
  [
    'a topic of another region',
    (stack) => ({
      alerts: AlertRouting.topics(sns.Topic.fromTopicArn(stack, 'Pager', 'arn:aws:sns:us-east-1:111122223333:pager')),
    }),
    "'alerts' must be in eu-west-1, the region of the alarms, got us-east-1: pass a topic of that region [Test/Watch]",
  ],
])('fails for %s', (_what, props, message) => {
  expect(() => watched(props)).toThrow(message);
});
