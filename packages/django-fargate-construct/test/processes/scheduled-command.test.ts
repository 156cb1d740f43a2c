import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { type ScheduledCommandProps, SiteProfile } from '../../src';
import { container, makeSite, templateOf } from '../fixtures';
import { DATA, nothingMade, quoted, reachedFrom, statementsOf, task } from './command-fixtures';

const NIGHTLY = ScheduleExpression.cron({ hour: '3', minute: '0' });

const scheduled = (props: Partial<ScheduledCommandProps> = {}, made = makeSite()) => {
  made.addScheduledCommand('ClearSessions', { command: ['clearsessions'], schedule: NIGHTLY, ...props });
  return templateOf(made);
};

describe('scheduled command', () => {
  test('runs in the image, environment and rights of the site', () => {
    const template = scheduled();
    const [web, command] = [container(template, 'web'), container(template, 'command')];

    expect([command.Image, command.Secrets]).toEqual([web.Image, web.Secrets]);
    expect(command.StopTimeout).toBe(120);
    expect(reachedFrom(template, 'SiteClearSessions')).toEqual(DATA);
  });

  test('is started by EventBridge Scheduler, where the other tasks run', () => {
    scheduled().hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Description: 'Runs clearsessions',
      Target: {
        Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SiteCluster'), 'Arn'] },
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SiteClearSessionsRole'), 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SiteClearSessionsDeadLetters'), 'Arn'] } },
        EcsParameters: {
          LaunchType: 'FARGATE',
          TaskCount: 1,
          TaskDefinitionArn: { Ref: Match.stringLikeRegexp('^SiteClearSessionsTask') },
          NetworkConfiguration: {
            AwsvpcConfiguration: {
              AssignPublicIp: 'DISABLED',
              Subnets: [
                { Ref: Match.stringLikeRegexp('TasksSubnet1') },
                { Ref: Match.stringLikeRegexp('TasksSubnet2') },
              ],
              SecurityGroups: [
                { 'Fn::GetAtt': [Match.stringLikeRegexp('^SiteClearSessionsSecurityGroup'), 'GroupId'] },
              ],
            },
          },
        },
      },
    });
  });

  test('takes a time zone, retries and their time', () => {
    scheduled({
      schedule: ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
      retries: 0,
      maxEventAge: Duration.minutes(5),
    }).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 } }),
    });
  });

  test('is known by a lock of its own and an hour at most, before its name and arguments', () => {
    const made = makeSite();
    made.addScheduledCommand('A', { command: ['report', '--days', '7'], schedule: NIGHTLY });
    made.addScheduledCommand('B', { command: ['report'], schedule: NIGHTLY, timeout: Duration.minutes(5) });
    const commands = Object.values(templateOf(made).findResources('AWS::ECS::TaskDefinition'))
      .map(({ Properties }) => Properties.ContainerDefinitions[0].Command)
      .filter((command) => command?.includes('report'));

    expect(
      commands.map(([python, dash, , lock, ...rest]) => [python, dash, /^\d{10,19}$/.test(lock), ...rest]),
    ).toEqual([
      ['python', '-c', true, '3600', 'report', '--days', '7'],
      ['python', '-c', true, '300', 'report'],
    ]);
    const [a, b] = commands.map(([, , , lock]) => BigInt(lock));
    expect(a).not.toBe(b);
    for (const lock of [a, b]) expect(lock).toBeLessThan(2n ** 63n); // PostgreSQL's bigint
  });

  test('takes no lock when runs may overlap', () => {
    const [, , , lock, seconds, name] = container(scheduled({ allowOverlap: true }), 'command').Command;

    expect([lock, seconds, name]).toEqual(['', '3600', 'clearsessions']);
  });

  test('takes its size from the profile, or another one', () => {
    expect(task(scheduled()).Properties).toMatchObject({ Cpu: '512', Memory: '1024' });
    const development = makeSite({ profile: SiteProfile.DEVELOPMENT });
    expect(task(scheduled({}, development)).Properties).toMatchObject({ Cpu: '256', Memory: '512' });
    expect(task(scheduled({ cpu: 1024, memoryMiB: 4096 })).Properties).toMatchObject({ Cpu: '1024', Memory: '4096' });
  });

  test('starts in its new revision only after the release', () => {
    const [schedule] = Object.values(scheduled().findResources('AWS::Scheduler::Schedule'));

    expect(schedule.DependsOn).toContainEqual(expect.stringMatching(/^SiteReleaseRun/));
    expect(schedule.DependsOn).toContainEqual(expect.stringMatching(/^SiteClearSessionsRoleDefaultPolicy/));
  });

  test('may be run by the scheduler, in this cluster, and the scheduler may do nothing else', () => {
    const statements = statementsOf(scheduled(), /^SiteClearSessionsRole/);

    expect(statements.map(({ Action }: { Action: unknown }) => Action)).toEqual([
      'ecs:RunTask',
      'iam:PassRole',
      ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
    ]);
    const [run, pass, send] = statements;
    expect(JSON.stringify(run.Resource)).toMatch(/:task-definition\/TestSiteClearSessionsTask\w+:\*"/);
    expect(run.Condition).toEqual({
      ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': [expect.stringMatching(/^SiteCluster/), 'Arn'] } },
    });
    expect(pass.Resource.map((role: { 'Fn::GetAtt': string[] }) => role['Fn::GetAtt'][0])).toEqual([
      expect.stringMatching(/^SiteClearSessionsTaskExecutionRole/),
      expect.stringMatching(/^SiteClearSessionsTaskTaskRole/),
    ]);
    expect(pass.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
    expect(send.Resource['Fn::GetAtt'][0]).toMatch(/^SiteClearSessionsDeadLetters/);
  });

  test('has a role that only schedules of this account take', () => {
    scheduled().hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([':schedule-group/default'])] },
              },
            },
          },
        ],
        Version: '2012-10-17',
      },
    });
  });

  test('sends starts that failed to an encrypted queue that speaks TLS only', () => {
    const template = scheduled();

    template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1209600 });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    });
  });

  test('sends them to another queue when one is given, and may use its key', () => {
    const made = makeSite();
    const stack = Stack.of(made);
    const deadLetterQueue = new Queue(stack, 'Queue', { encryptionMasterKey: new Key(stack, 'Key') });
    const template = scheduled({ deadLetterQueue }, made);

    template.resourceCountIs('AWS::SQS::Queue', 1);
    const actions = statementsOf(template, /^SiteClearSessionsRole/).flatMap(
      ({ Action }: { Action: string }) => Action,
    );
    expect(actions).toEqual(expect.arrayContaining(['sqs:SendMessage', 'kms:GenerateDataKey*']));
  });

  test.each<[Partial<ScheduledCommandProps>, string]>([
    [{ command: [] }, "'command' must name a management command, got none"],
    [
      { command: ['python', 'manage.py', 'clearsessions'] },
      "'command' must start with the name of a management command, got 'python'. " +
        'Leave `python manage.py` out, and give every argument an element of its own',
    ],
    [
      { command: ['report --days 7'] },
      "'command' must start with the name of a management command, got 'report --days",
    ],
    [{ command: ['--help'] }, "'command' must start with the name of a management command, got '--help'"],
    [
      { command: 'clearsessions' as unknown as string[] },
      "'command' must be a list of texts, got the text 'clearsessions'",
    ],
    [
      { command: ['migrate', '&&', 'python', 'manage.py', 'check'] },
      "'command' must hold nothing for a shell, got '&&': none is started. A management command of your own",
    ],
    [{ command: ['sendtestemail', '$ADMIN'] }, "'command' must hold nothing for a shell, got '$ADMIN'"],
    [{ command: ['sendtestemail', '--to=$ADMIN'] }, "'command' must hold nothing for a shell, got '--to=$ADMIN'"],
    [{ command: ['dumpdata', '>', '/tmp/all.json'] }, "'command' must hold nothing for a shell, got '>'"],
    [{ command: ['check;', 'migrate'] }, "'command' must start with the name of a management command, got 'check;'"],
    [
      { schedule: ScheduleExpression.cron({ hour: '3' }) },
      "'schedule' must name a minute, got 'cron(* 3 * * ? *)', which runs every minute of its hours. Add minute: '0'; " +
        'for every minute, take ScheduleExpression.rate(Duration.minutes(1))',
    ],
    [{ schedule: ScheduleExpression.cron({ day: '1' }) }, "'schedule' must name a minute, got 'cron(* * 1 * ? *)'"],
    [
      { schedule: ScheduleExpression.cron({ weekDay: 'MON' }) },
      "'schedule' must name a minute, got 'cron(* * ? * MON *)'",
    ],
    [{ schedule: ScheduleExpression.cron({}) }, "'schedule' must name a minute, got 'cron(* * * * ? *)'"],
    [
      { schedule: ScheduleExpression.expression('cron(0 3 * * *)') },
      "'schedule' must have six fields (minute, hour, day of the month, month, day of the week, year), got 5 in 'cron(0 3 * * *)'",
    ],
    [
      { schedule: ScheduleExpression.expression('cron(0 3 * * * *)') },
      "'schedule' must have '?' for either the day of the month or the day of the week, got 'cron(0 3 * * * *)'",
    ],
    [
      { schedule: ScheduleExpression.expression('0 3 * * *') },
      "'schedule' must be cron(…), rate(…) or at(…), got '0 3 * * *'",
    ],
    [
      { schedule: ScheduleExpression.cron({ minute: '0', hour: '3', timeZone: TimeZone.of('Europe/Berln') }) },
      "'schedule' must have a time zone of the IANA such as Europe/Berlin, got 'Europe/Berln'",
    ],
    [{ timeout: Duration.seconds(0) }, "'timeout' must be a whole number of at least 1, got 0"],
    [{ retries: 186 }, "'retries' must be a whole number from 0 to 185, got 186"],
    [{ retries: -1 }, "'retries' must be a whole number from 0 to 185, got -1"],
    [{ maxEventAge: Duration.seconds(59) }, "'maxEventAge' must be a whole number from 60 to 86400, got 59"],
    [{ maxEventAge: Duration.days(2) }, "'maxEventAge' must be a whole number from 60 to 86400, got 172800"],
    [{ cpu: 300 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 300"],
    [{ memoryMiB: 512 }, "'memoryMiB' must be one of 1024, 2048, 3072, 4096 for 512 CPU units, got 512"],
  ])('fails: %j', (props, message) => {
    const made = makeSite();
    expect(() => scheduled(props, made)).toThrow(new RegExp(`^${quoted(message)}.* \\[Test/Site/ClearSessions\\]$`));
    nothingMade(made, 'ClearSessions');
  });

  test('fails for a FIFO queue', () => {
    const made = makeSite();
    const deadLetterQueue = new Queue(Stack.of(made), 'Queue', { fifo: true });
    expect(() => scheduled({ deadLetterQueue }, made)).toThrow(
      "'deadLetterQueue' must be a standard queue, got a FIFO queue, which EventBridge Scheduler refuses [Test/Site/ClearSessions]",
    );
  });

  test('may run every minute', () => {
    scheduled({ schedule: ScheduleExpression.rate(Duration.minutes(1)) });
  });
});
