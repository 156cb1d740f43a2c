import { App, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { DjangoFargateService } from '../src';
import { addEverything, makeSite, templateOf } from './fixtures';

const PROCESSES = [
  'SiteBeatTaskTaskRole',
  'SiteCommandTaskTaskRole',
  'SiteReleaseTaskTaskRole',
  'SiteScheduledTaskTaskRole',
  'SiteWebTaskTaskRole',
  'SiteWorkerTaskTaskRole',
];

/** Ids of the roles that may do something, without their hashes. */
function allowed(template: Template, action: string): string[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) =>
      Properties.PolicyDocument.Statement.some(({ Action }: { Action: string }) => [Action].flat().includes(action)),
    )
    .flatMap(({ Properties }) => Properties.Roles.map(({ Ref }: { Ref: string }) => Ref.replace(/[0-9A-F]{8}$/, '')))
    .sort();
}

const parameter = (site: DjangoFargateService) =>
  new StringParameter(stackOf(site), 'Parameter', { stringValue: 'on' });
const stackOf = (site: DjangoFargateService) => Stack.of(site);

describe('what is granted to a site', () => {
  test.each<[string, string, (site: DjangoFargateService) => unknown]>([
    ['a topic', 'sns:Publish', (site) => new Topic(stackOf(site), 'Topic').grantPublish(site)],
    ['a bucket', 's3:GetBucket*', (site) => new Bucket(stackOf(site), 'Bucket').grantRead(site)],
    ['a key', 'kms:Decrypt', (site) => new Key(stackOf(site), 'Key').grantDecrypt(site)],
    ['a parameter', 'ssm:GetParameter', (site) => parameter(site).grantRead(site)],
  ])('%s reaches every process', (_, action, grant) => {
    const site = makeSite();
    addEverything(site);
    grant(site);

    expect(allowed(templateOf(site), action)).toEqual(PROCESSES);
  });

  test('reaches processes that are added later', () => {
    const site = makeSite();
    new Topic(stackOf(site), 'Topic').grantPublish(site);
    addEverything(site);

    expect(allowed(templateOf(site), 'sns:Publish')).toEqual(PROCESSES);
  });

  test('is there before a process starts', () => {
    const site = makeSite();
    const grant = new Topic(stackOf(site), 'Topic').grantPublish(site);
    const after = new Queue(stackOf(site), 'After');
    grant.applyBefore(after);
    const template = templateOf(site).toJSON();
    const dependsOn = (id: string): string[] =>
      Object.entries(template.Resources as Record<string, { DependsOn?: string[] }>).find(([name]) =>
        name.startsWith(id),
      )![1].DependsOn ?? [];

    expect(dependsOn('SiteReleaseRun')).toContainEqual(expect.stringMatching(/^SiteReleaseTaskTaskRoleDefaultPolicy/));
    expect(dependsOn('SiteWebService')).toContainEqual(expect.stringMatching(/^SiteWebTaskTaskRoleDefaultPolicy/));
    expect(dependsOn('After')).toEqual([
      expect.stringMatching(/^SiteReleaseTaskTaskRoleDefaultPolicy/),
      expect.stringMatching(/^SiteWebTaskTaskRoleDefaultPolicy/),
    ]);
  });

  test('names the roles in a policy of the other side', () => {
    const site = makeSite();
    const bucket = new Bucket(stackOf(site), 'Bucket');
    const principals = [site.grantPrincipal];
    bucket.addToResourcePolicy(new PolicyStatement({ principals, actions: ['s3:GetObject'], resources: ['*'] }));
    site.addWorker('Worker');
    const [policy] = Object.entries(templateOf(site).findResources('AWS::S3::BucketPolicy'))
      .filter(([id]) => id.startsWith('BucketPolicy'))
      .map(([, { Properties }]) => Properties.PolicyDocument);
    const roles = policy.Statement.at(-1).Principal.AWS;

    expect(roles.map((arn: { 'Fn::GetAtt': string[] }) => arn['Fn::GetAtt'][0].slice(0, -8)).sort()).toEqual([
      'SiteReleaseTaskTaskRole',
      'SiteWebTaskTaskRole',
      'SiteWorkerTaskTaskRole',
    ]);
  });

  test('may be a command of its own, which the release waits for nothing of', () => {
    const site = makeSite();
    const command = site.addCommand('Command', { command: ['check'] });
    site.addWorker('Worker');
    command.grantRun(site);

    expect(allowed(templateOf(site), 'ecs:RunTask').filter((id) => id.includes('TaskTaskRole'))).toEqual([
      'SiteCommandTaskTaskRole',
      'SiteWebTaskTaskRole',
      'SiteWorkerTaskTaskRole',
    ]);
  });

  test('may lie in another stack, before or after the site', () => {
    const app = new App();
    const [data, stack] = [new Stack(app, 'Data'), new Stack(app, 'Test')];
    const site = makeSite({}, stack);
    new Topic(data, 'Topic').grantPublish(site);
    addEverything(site);

    expect(allowed(templateOf(site), 'sns:Publish')).toEqual(PROCESSES);
    expect(data.dependencies).toEqual([]);
  });
});

test('a process alone is granted what the others are not', () => {
  const site = makeSite();
  const topic = new Topic(stackOf(site), 'Topic');
  topic.grantPublish(site.addWorker('Worker'));
  topic.grantPublish(site.addBeat('Beat'));
  topic.grantPublish(site.addCommand('Command', { command: ['check'] }));
  const schedule = ScheduleExpression.cron({ hour: '3', minute: '0' });
  topic.grantPublish(site.addScheduledCommand('Scheduled', { command: ['check'], schedule }));

  expect(allowed(templateOf(site), 'sns:Publish')).toEqual(PROCESSES.filter((id) => !/Release|Web/.test(id)));
});
