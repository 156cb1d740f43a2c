import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { ReleaseTask } from '../src';
import { container, makeSite, site, templateOf, testDomain, testStack } from './fixtures';

describe('release', () => {
  test('runs migrate with the image, environment and rights of the site', () => {
    const template = site();
    const release = container(template, 'release');

    expect(release.Command).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
    expect(release.Image).toBe(container(template, 'web').Image);
    expect(release.Secrets).toEqual(container(template, 'web').Secrets);
  });

  test('takes another command and time-out', () => {
    const template = site({ release: { command: ['true'], timeout: Duration.minutes(3) } });

    expect(container(template, 'release').Command).toEqual(['true']);
    template.hasResourceProperties('Custom::DjangoRelease', { TimeoutSeconds: 180, ServiceTimeout: '240' });
    template.hasResourceProperties('AWS::Lambda::Function', { Description: Match.anyValue(), Timeout: 225 });
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
    expect(() => makeSite({ release: { timeout: Duration.minutes(15) }, domain: testDomain(stack) }, stack)).toThrow(
      "'release.timeout' must be a whole number from 30 to 840, got 900 [Test/Site]",
    );
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
