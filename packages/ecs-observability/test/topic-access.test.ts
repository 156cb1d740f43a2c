import { App, Aws, CfnResource, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AlertRouting, type EcsServiceObservability } from '../src';
import { HOME, importedTopic, newStack, watch } from './fixtures';
import { type Request, refusal } from './resource-policy';

type Make = (stack: Stack) => sns.ITopic;

/** What a template of this stack lets the two services do with its only topic and key, and what is warned of. */
function access(
  make: Make,
  change: (made: { stack: Stack; observability: EcsServiceObservability }, topic: sns.ITopic) => void = () => {},
) {
  const stack = newStack(HOME);
  const topic = make(stack);
  const observability = watch(() => ({ alerts: AlertRouting.topics(topic) }), stack);
  change({ stack, observability }, topic);
  const template = Template.fromStack(stack);
  const policyOf = (type: string, name: string) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties[name]);
  const ask = (policies: object[], service: string, action: string, account = HOME.account) => {
    const request: Request = { service, action, context: account ? { 'aws:SourceAccount': account } : {} };
    return policies.map((policy) => refusal(policy, request));
  };
  return {
    publish: (service: string, account?: string) =>
      ask(policyOf('AWS::SNS::TopicPolicy', 'PolicyDocument'), service, 'sns:Publish', account),
    useKey: (service: string, account?: string) =>
      ['kms:Decrypt', 'kms:GenerateDataKey'].flatMap((action) =>
        ask(policyOf('AWS::KMS::Key', 'KeyPolicy'), service, action, account),
      ),
    template,
    warnings: Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => String(entry.data)),
  };
}

// where aws-cdk-lib prints warnings
beforeEach(() => jest.spyOn(console, 'error').mockImplementation());
afterEach(() => jest.restoreAllMocks());

const CLOUDWATCH = 'cloudwatch.amazonaws.com';
const EVENTBRIDGE = 'events.amazonaws.com';
const OTHER = '999988887777';

describe('a topic of the app', () => {
  const plain: Make = (stack) => new sns.Topic(stack, 'Topic');

  test.each<[string, Make]>([
    ['a plain one', plain],
    ['one that enforces TLS', (stack) => new sns.Topic(stack, 'Topic', { enforceSSL: true })],
    ['one under a key', (stack) => new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') })],
  ])('lets alarms and event rules of its account publish, and nobody else: %s', (_kind, make) => {
    const { publish, warnings } = access(make);
    expect([publish(CLOUDWATCH), publish(EVENTBRIDGE)]).toEqual([[undefined], [undefined]]);
    expect([publish(CLOUDWATCH, OTHER), publish(EVENTBRIDGE, OTHER)]).toEqual([['not allowed'], ['not allowed']]);
    expect(publish('s3.amazonaws.com')).toEqual(['not allowed']);
    expect(warnings).toEqual([]);
  });

  test('lets them use its key', () => {
    const { useKey } = access((stack) => new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') }));
    expect(useKey(CLOUDWATCH)).toEqual([undefined, undefined]);
    expect(useKey(CLOUDWATCH, OTHER)).toEqual(['not allowed', 'not allowed']);
    // which tells the key no account
    expect(useKey(EVENTBRIDGE, '')).toEqual([undefined, undefined]);
    expect(useKey('s3.amazonaws.com')).toEqual(['not allowed', 'not allowed']);
  });

  test('lets alarms publish still when failed tasks are sent to it as well', () => {
    const { publish } = access(plain, ({ observability }, topic) =>
      observability.events.failedTaskRule.addTarget(new targets.SnsTopic(topic)),
    );
    expect([publish(CLOUDWATCH), publish(EVENTBRIDGE)]).toEqual([[undefined], [undefined]]);
  });

  test('gets one statement, however many services send to it, and in whatever stack it is', () => {
    const app = new App();
    const elsewhere = new Stack(app, 'Topics', { env: HOME });
    const topic = new sns.Topic(elsewhere, 'Topic');
    const stacks = ['One', 'Two'].map((name) => new Stack(app, name, { env: HOME }));
    for (const stack of stacks) watch(() => ({ alerts: AlertRouting.topics(topic) }), stack);

    const [policy, ...others] = Object.values(Template.fromStack(elsewhere).findResources('AWS::SNS::TopicPolicy'));
    expect(others).toEqual([]);
    expect(policy.Properties.PolicyDocument.Statement).toHaveLength(1);
    for (const stack of stacks) Template.fromStack(stack).resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });

  test('of a stack that is in no account yet is of the account that this will be in', () => {
    const stack = newStack();
    watch(() => ({ alerts: AlertRouting.topics(new sns.Topic(stack, 'Topic')) }), stack);
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }),
        ],
      },
    });
    expect(stack.resolve(Aws.ACCOUNT_ID)).toEqual({ Ref: 'AWS::AccountId' });
  });
});

describe('warns at synthesis', () => {
  test('of an imported topic, and changes nothing', () => {
    const { warnings, template } = access((stack) => importedTopic(stack, 'pager'));
    expect(warnings).toEqual([
      "A topic of 'alerts' is not of this app: its policy must let cloudwatch.amazonaws.com and events.amazonaws.com publish, and its key, if it has one, let them use it [ack: ecs-observability:imported-topic]",
    ]);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });

  test.each(['alias/aws/sns', 'alias/of-ours'])('of the key %s', (alias) => {
    const { warnings, publish } = access(
      (stack) => new sns.Topic(stack, 'Topic', { masterKey: kms.Alias.fromAliasName(stack, 'Key', alias) }),
    );
    expect(publish(CLOUDWATCH)).toEqual([undefined]);
    expect(warnings).toEqual([
      "A topic of 'alerts' is encrypted with a key that is not of this app: the key's policy must let cloudwatch.amazonaws.com and events.amazonaws.com use kms:Decrypt and kms:GenerateDataKey*, which the key of AWS (alias/aws/sns) does not [ack: ecs-observability:imported-key]",
    ]);
  });

  test('of a second policy of the topic, also when it comes later', () => {
    const { warnings } = access(
      (stack) => new sns.Topic(stack, 'Topic'),
      ({ stack }, topic) =>
        new sns.TopicPolicy(stack, 'Second', { topics: [topic] }).document.addStatements(own(topic)),
    );
    expect(warnings).toEqual([
      "A topic of 'alerts' has a second policy, Test/Second/Resource: AWS keeps one of the two, and alarms may not reach it. Use 'addToResourcePolicy' of the topic [ack: ecs-observability:second-policy]",
    ]);
  });

  const own = (topic: sns.ITopic) =>
    new iam.PolicyStatement({
      principals: [new iam.AccountRootPrincipal()],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
    });

  const deny = (actions: string[], conditions?: Record<string, unknown>): iam.PolicyStatement =>
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions,
      resources: ['*'],
      conditions,
    });

  const ORGANIZATION = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-abc' } };

  test.each<[string, iam.PolicyStatement, boolean]>([
    ['everything to everybody', deny(['sns:*']), true],
    ['publishing to others than an organization', deny(['sns:Publish'], ORGANIZATION), true],
    [
      'the same but to services of AWS',
      deny(['sns:Publish'], { ...ORGANIZATION, Bool: { 'aws:PrincipalIsAWSService': 'false' } }),
      false,
    ],
    ['what is not encrypted on its way', deny(['sns:Publish'], { Bool: { 'aws:SecureTransport': 'false' } }), false],
    ['that it is deleted', deny(['sns:DeleteTopic']), false],
  ])('of a statement that denies %s', (_what, statement, warned) => {
    const { warnings } = access(
      (stack) => new sns.Topic(stack, 'Topic'),
      (_made, topic) => topic.addToResourcePolicy(statement),
    );
    const warning =
      "A topic of 'alerts' has a policy that may keep out cloudwatch.amazonaws.com and events.amazonaws.com: let the statement that denies 'sns:Publish' spare AWS's services, by a condition on aws:PrincipalIsAWSService [ack: ecs-observability:denied]";
    expect(warnings).toEqual(warned ? [warning] : []);
  });

  test('of nothing that belongs to another topic', () => {
    const { warnings } = access(
      (stack) => new sns.Topic(stack, 'Topic'),
      ({ stack }) => {
        new sns.Topic(stack, 'Other', { enforceSSL: true }).addToResourcePolicy(deny(['sns:*']));
        new CfnResource(stack, 'Bare', { type: 'AWS::SNS::Topic' });
      },
    );
    expect(warnings).toEqual([]);
  });
});
