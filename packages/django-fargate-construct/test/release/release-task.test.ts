import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { ReleaseTask } from '../../src';
import { pythonProgram } from '../../src/python-program';
import { container, makeSite, site, templateOf, testDomain, testStack } from '../fixtures';

describe('release', () => {
  test('runs migrate with the image, environment and rights of the site', () => {
    const template = site();
    const release = container(template, 'release');

    expect(release.Command.slice(4)).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
    expect(release.Image).toBe(container(template, 'web').Image);
    expect(release.Secrets).toEqual(container(template, 'web').Secrets);
  });

  test('takes another command and time-out', () => {
    const template = site({ django: { release: { command: ['true'], timeout: Duration.minutes(3) } } });

    expect(container(template, 'release').Command.slice(4)).toEqual(['true']);
    template.hasResourceProperties('Custom::DjangoRelease', { TimeoutSeconds: 180, ServiceTimeout: '240' });
    template.hasResourceProperties('AWS::Lambda::Function', { Description: Match.anyValue(), Timeout: 225 });
  });

  test('publishes static files before its command, with rights to add some and no others', () => {
    const made = makeSite();
    made.addWorker('Worker');
    const template = templateOf(made);

    expect(container(template, 'release').Command.slice(0, 4)).toEqual([
      'python',
      '-c',
      pythonProgram('publish_static'),
      'static/',
    ]);
    const bucket = { 'Fn::GetAtt': [Match.stringLikeRegexp('^SiteStorageStatic'), 'Arn'] };
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('ReleaseTask'),
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
          { Effect: 'Allow', Action: 's3:PutObject', Resource: { 'Fn::Join': ['', [bucket, '/static/*']] } },
        ]),
      },
    });
    expect(statementsOn(template, 'WebTask', 'SiteStorageStatic')).toEqual([
      ['s3:GetBucket*', 's3:GetObject*', 's3:List*'],
    ]);
    expect(statementsOn(template, 'Worker', 'SiteStorageMedia')).not.toEqual([]);
    expect(statementsOn(template, 'Worker', 'SiteStorageStatic')).toEqual([]);
  });

  test('leaves static files out when asked', () => {
    const template = site({ django: { release: { command: ['true'], publishStaticFiles: false } } });

    expect(container(template, 'release').Command).toEqual(['true']);
    expect(statementsOn(template, 'ReleaseTask', 'SiteStorageStatic')).toEqual([]);
  });

  test('comes again with every new task definition, in private subnets, with its own network rules', () => {
    site().hasResourceProperties('Custom::DjangoRelease', {
      TaskDefinition: { Ref: Match.stringLikeRegexp('ReleaseTask') },
      Container: 'django',
      Subnets: [{ Ref: Match.stringLikeRegexp('TasksSubnet1') }, { Ref: Match.stringLikeRegexp('TasksSubnet2') }],
      SecurityGroups: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('ReleaseSecurityGroup'), 'GroupId'] }],
    });
  });

  test('comes before the web tasks, and after all that it needs', () => {
    const template = site();
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    const [release] = Object.values(template.findResources('Custom::DjangoRelease'));

    expect(service.DependsOn).toContainEqual(expect.stringMatching(/^SiteReleaseRun/));
    for (const need of [
      /^SiteDatabaseInstanceSecurityGroupfrom.*ReleaseSecurityGroup/, // the rules that let it reach the database
      /^SiteCacheSecurityGroupfrom.*ReleaseSecurityGroup/,
      /^SiteNetworkVpcTasksSubnet1DefaultRoute/, // the way to AWS
      /^SiteReleaseTaskExecutionRoleDefaultPolicy/, // the rights to pull the image and read secrets
      /^SiteReleaseTaskTaskRoleDefaultPolicy/,
      /^SiteReleaseHandlerServiceRoleDefaultPolicy/, // the rights to run the task
    ]) {
      expect(release.DependsOn).toContainEqual(expect.stringMatching(need));
    }
  });

  test('waits for what it needs only when it runs: its function can be made meanwhile', () => {
    const functions = Object.entries(site().findResources('AWS::Lambda::Function'));
    const [, handler] = functions.find(([id]) => id.startsWith('SiteReleaseHandler'))!;

    expect(handler.DependsOn).toEqual([
      expect.stringMatching(/^SiteReleaseHandlerServiceRoleDefaultPolicy/),
      expect.stringMatching(/^SiteReleaseHandlerServiceRole/),
    ]);
  });

  test('may run, see and stop this one task, and nothing else', () => {
    const policies = Object.entries(site().findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.startsWith('SiteReleaseHandler'))!;
    const statements = policy.Properties.PolicyDocument.Statement;

    expect(statements.map(({ Action }: { Action: unknown }) => Action)).toEqual([
      'ecs:RunTask',
      'iam:PassRole',
      ['ecs:DescribeTasks', 'ecs:StopTask'],
    ]);
    expect(JSON.stringify(statements[0].Resource)).toMatch(/task-definition\/\w*ReleaseTask\w*:\*"/);
    expect(JSON.stringify(statements[2].Resource)).toMatch(/task\/",\{"Ref":"SiteCluster\w+"\},"\/\*"/);
    expect(statements[1]).toMatchObject({
      Resource: [expect.anything(), expect.anything()],
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });

  test('is a public part', () => {
    const made = makeSite();
    expect(made.release.taskDefinition.family).toContain('ReleaseTask');
    expect(made.release.handler.functionName).toBeDefined();
    templateOf(made).resourceCountIs('Custom::DjangoRelease', 1);
  });

  test('fails for a time-out that Lambda cannot keep, before anything is made', () => {
    const stack = testStack();
    expect(() =>
      makeSite({ django: { release: { timeout: Duration.minutes(15) } }, domain: testDomain(stack) }, stack),
    ).toThrow("'django.release.timeout' must be a whole number from 30 to 840, got 900 [Test/Site]");
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });

  test('fails for a wrong time-out when it is used without a site', () => {
    const stack = testStack();
    const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc') });
    const taskDefinition = new FargateTaskDefinition(stack, 'Task');
    const securityGroup = new SecurityGroup(stack, 'Rules', { vpc: cluster.vpc });
    const timeout = Duration.seconds(29);
    expect(() => new ReleaseTask(stack, 'Release', { cluster, taskDefinition, securityGroup, timeout })).toThrow(
      "'timeout' must be a whole number from 30 to 840, got 29 [Test/Release]",
    );
  });
});

/** Actions that the role of a task has on a resource, a list for each statement. */
function statementsOn(template: Template, task: string, resource: string): string[][] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([name]) => name.startsWith(`Site${task}`))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .filter((statement) => JSON.stringify(statement.Resource).includes(resource))
    .map(({ Action }) => Action);
}
