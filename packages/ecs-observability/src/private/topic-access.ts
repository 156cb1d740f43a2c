import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopicPolicy, type ITopic } from 'aws-cdk-lib/aws-sns';
import { Annotations, Aspects, CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

const CLOUDWATCH = 'cloudwatch.amazonaws.com';
const EVENTBRIDGE = 'events.amazonaws.com';
const PRINCIPALS = `${CLOUDWATCH} and ${EVENTBRIDGE}`;

/** Topics that were seen to: several alarms and services share one. */
const seen = new WeakSet<ITopic>();

/**
 * Lets alarms and event rules of the topic's account publish to it, by its policy and its key. Warns where only somebody else
 * can: an alarm that may not publish fails without a word.
 */
export function letPublish(topic: ITopic): void {
  if (seen.has(topic)) return;
  seen.add(topic);
  if (!isMade(topic)) {
    warn(
      topic,
      'imported-topic',
      `is not of this app: its policy must let ${PRINCIPALS} publish, and its key, if it has one, let them use it`,
    );
    return;
  }
  // a topic's first policy replaces the one that SNS gives it, under which CloudWatch may publish and EventBridge may not
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsAndEventRules',
      principals: [new ServicePrincipal(CLOUDWATCH), new ServicePrincipal(EVENTBRIDGE)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
    }),
  );
  if (topic.masterKey) letUse(topic, topic.masterKey);
  Aspects.of(topic).add({
    visit: (construct) => {
      if (construct === topic) warnOfPolicies(topic);
    },
  });
}

/**
 * Lets both services use a key for the topic's messages.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function letUse(topic: ITopic, key: IKey): void {
  if (!isMade(key)) {
    warn(
      topic,
      'imported-key',
      `is encrypted with a key that is not of this app: the key's policy must let ${PRINCIPALS} use kms:Decrypt and kms:GenerateDataKey*, which the key of AWS (alias/aws/sns) does not`,
    );
    return;
  }
  const statement = { actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] };
  const account = { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } };
  key.addToResourcePolicy(
    new PolicyStatement({ ...statement, principals: [new ServicePrincipal(CLOUDWATCH)], conditions: account }),
  );
  // EventBridge does not say for which account it uses a key
  key.addToResourcePolicy(new PolicyStatement({ ...statement, principals: [new ServicePrincipal(EVENTBRIDGE)] }));
}

/** Warns of what takes the right away again: another policy, of which a topic has but one, or a statement that denies it. */
function warnOfPolicies(topic: ITopic): void {
  for (const policy of policiesOf(topic)) {
    const { node } = policy;
    if (!topic.node.findAll().includes(policy)) {
      warn(
        topic,
        'second-policy',
        `has a second policy, ${node.path}: AWS keeps one of the two, and alarms may not reach it. Use 'addToResourcePolicy' of the topic`,
      );
    }
    if (denies(Stack.of(policy).resolve(policy.policyDocument))) {
      warn(
        topic,
        'denied',
        `has a policy that may keep out ${PRINCIPALS}: let the statement that denies 'sns:Publish' spare AWS's services, by a condition on aws:PrincipalIsAWSService`,
      );
    }
  }
}

/** Every policy in the app that names the topic; not found by their class, which differs between two copies of aws-cdk-lib. */
function policiesOf(topic: ITopic): CfnTopicPolicy[] {
  const all = topic.node.root.node.findAll().filter(CfnResource.isCfnResource);
  const policies = all.filter(({ cfnResourceType }) => cfnResourceType === CfnTopicPolicy.CFN_RESOURCE_TYPE_NAME);
  const resolved = (stack: Stack, arn: string) => JSON.stringify(stack.resolve(arn));
  return (policies as CfnTopicPolicy[]).filter(({ stack, topics }) =>
    topics.some((arn) => resolved(stack, arn) === resolved(Stack.of(topic), topic.topicArn)),
  );
}

/** Conditions under which a statement that denies does not meet AWS's services. */
const HARMLESS = ['aws:securetransport', 'aws:principalisawsservice'];

function denies({ Statement = [] }: { Statement?: Record<string, unknown>[] }): boolean {
  return Statement.some(({ Effect, Action, Condition }) => {
    const publishes = [Action].flat().some((action) => /^(\*|sns:(\*|publish\*?|p\*))$/i.test(String(action)));
    const keys = Object.values(Condition ?? {}).flatMap((part) => Object.keys(part as object));
    return Effect === 'Deny' && publishes && !keys.some((key) => HARMLESS.includes(key.toLowerCase()));
  });
}

/** Whether the app makes a resource, so that its policy is the app's. */
function isMade({ node }: IConstruct): boolean {
  return CfnResource.isCfnResource(node.defaultChild);
}

function warn(topic: ITopic, id: string, what: string): void {
  Annotations.of(topic).addWarningV2(`ecs-observability:${id}`, `A topic of 'alerts' ${what}`);
}
