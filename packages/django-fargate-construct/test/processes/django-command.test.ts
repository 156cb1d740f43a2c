import { Stack } from 'aws-cdk-lib';
import { User } from 'aws-cdk-lib/aws-iam';
import type { DjangoCommandProps } from '../../src';
import { container, makeSite, templateOf } from '../fixtures';
import { DATA, nothingMade, quoted, reachedFrom, statementsOf, task } from './command-fixtures';

const oneOff = (props: Partial<DjangoCommandProps> = {}, made = makeSite()) => {
  made.addCommand('Command', { command: ['createsuperuser', '--noinput'], ...props });
  return templateOf(made);
};

describe('one-off command', () => {
  test('runs in the image, environment and rights of the site', () => {
    const template = oneOff();
    const [web, command] = [container(template, 'web'), container(template, 'command')];

    expect(command.Command).toEqual(['python', 'manage.py', 'createsuperuser', '--noinput']);
    expect([command.Image, command.Secrets]).toEqual([web.Image, web.Secrets]);
    expect(reachedFrom(template, 'SiteCommand')).toEqual(DATA);
  });

  test('is ready after the release, and nothing runs it', () => {
    const template = oneOff();

    expect(task(template).DependsOn).toContainEqual(expect.stringMatching(/^SiteReleaseRun/));
    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
  });

  test('takes its size from the profile, or another one', () => {
    expect(task(oneOff()).Properties).toMatchObject({ Cpu: '512', Memory: '1024' });
    expect(task(oneOff({ cpu: 2048, memoryMiB: 8192 })).Properties).toMatchObject({ Cpu: '2048', Memory: '8192' });
  });

  test('says how the AWS CLI runs it', () => {
    const made = makeSite();
    const command = made.addCommand('Command', { command: ['check'] });
    const parts = Stack.of(made).resolve(command.runTaskCommand)['Fn::Join'][1];
    const text = parts
      .map((part: string | Record<string, string | string[]>) =>
        typeof part === 'string' ? part : `<${[Object.values(part)[0]].flat()[0].replace(/[0-9A-F]{8}$/, '')}>`,
      )
      .join('');

    expect(text).toBe(
      'aws ecs run-task --cluster <SiteCluster> --launch-type FARGATE --task-definition <SiteCommandTask> ' +
        "--network-configuration 'awsvpcConfiguration={subnets=[<SiteNetworkVpcTasksSubnet1Subnet>,<SiteNetworkVpcTasksSubnet2Subnet>]," +
        "securityGroups=[<SiteCommandSecurityGroup>],assignPublicIp=DISABLED}'",
    );
  });

  test('may be run by whom it is granted to', () => {
    const made = makeSite();
    const user = new User(Stack.of(made), 'Operator');
    made.addCommand('Command', { command: ['check'] }).grantRun(user);
    const statements = statementsOf(templateOf(made), /^Operator/);

    expect(statements.map(({ Action }: { Action: unknown }) => Action)).toEqual(['ecs:RunTask', 'iam:PassRole']);
    expect(statements[0].Condition.ArnEquals['ecs:cluster']).toBeDefined();
  });

  test.each<[Partial<DjangoCommandProps>, string]>([
    [{ command: [] }, "'command' must name a management command, got none"],
    [{ command: ['manage.py'] }, "'command' must start with the name of a management command, got 'manage.py'"],
    [{ cpu: 300 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 300"],
    [{ memoryMiB: 512 }, "'memoryMiB' must be one of 1024, 2048, 3072, 4096 for 512 CPU units, got 512"],
  ])('fails: %j', (props, message) => {
    const made = makeSite();
    expect(() => oneOff(props, made)).toThrow(new RegExp(`^${quoted(message)}.* \\[Test/Site/Command\\]$`));
    nothingMade(made, 'Command');
  });
});
