import { Duration, Lazy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PostgresDatabase, SiteProfile, type WebProps } from '../../src';
import { makeSite, testStack } from '../fixtures';

describe('database connections', () => {
  const given = (stack: Stack, maxConnections?: number) =>
    PostgresDatabase.fromPostgresDatabaseAttributes({
      secret: Secret.fromSecretNameV2(stack, 'Login', 'shop/database'),
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
      maxConnections,
    });
  const site = (maxConnections?: number, web?: WebProps) => {
    const stack = testStack();
    return makeSite({ database: given(stack, maxConnections), web }, stack);
  };
  const web = { gunicorn: { workers: 2, threads: 4 }, scaling: { minTasks: 1, maxTasks: 10 } };

  test('suffice for a production site with a worker', () => {
    expect(() => makeSite().addWorker('Worker')).not.toThrow();
  });

  test('are not checked in development', () => {
    const profile = SiteProfile.DEVELOPMENT;
    expect(() => makeSite({ profile, web: { ...web, gunicorn: { threads: 50 } } })).not.toThrow();
  });

  test('are counted twice for web and workers, which both run old and new tasks during a deployment', () => {
    // release 1 + web 2 × 10 × 8 = 161, of which 161 / 0.8 = 201.25
    expect(() => site(202, web)).not.toThrow();
    expect(() => site(201, web)).toThrow(
      "'database' must allow at least 202 connections, got about 201: during a deployment the site may hold " +
        'release 1 + web 2 × 10 × 8 = 161, and a fifth must stay free. Choose a larger database, or fewer tasks, workers, ' +
        'threads or concurrent Celery tasks [Test/Site]',
    );
  });

  test('are counted for every worker that is added, by its tasks and its concurrency', () => {
    const made = site(250, web);
    made.addWorker('Mail', { concurrency: 4, scaling: { minTasks: 1, maxTasks: 3 } }); // 24, sum 185
    expect(() => made.addWorker('Reports', { concurrency: 8 })).toThrow(
      'release 1 + web 2 × 10 × 8 + Mail 2 × 3 × 4 + Reports 2 × 1 × 8 = 201, and a fifth',
    );
  });

  test('are counted for beat and for every scheduled command', () => {
    const made = site(20, { gunicorn: { workers: 1, threads: 1 }, scaling: { minTasks: 1, maxTasks: 6 } }); // 13
    made.addBeat('Beat');
    made.addScheduledCommand('Nightly', {
      command: ['clearsessions'],
      schedule: ScheduleExpression.rate(Duration.days(1)),
    });
    made.addScheduledCommand('Weekly', { command: ['report'], schedule: ScheduleExpression.rate(Duration.days(7)) });
    expect(() => made.addWorker('Worker', { concurrency: 1 })).toThrow(
      'release 1 + web 2 × 6 × 1 + beat 1 + scheduled Nightly 1 + scheduled Weekly 1 + Worker 2 × 1 × 1 = 18, and a fifth',
    );
  });

  test('are not checked when the database does not say how many it allows', () => {
    expect(() => site(undefined, { ...web, gunicorn: { threads: 1000 } })).not.toThrow();
  });

  test('of a process whose numbers are not known yet are left out', () => {
    const unknown = Lazy.number({ produce: () => 4 });
    expect(() => site(10, { ...web, gunicorn: { workers: 2, threads: unknown } })).not.toThrow();
    expect(() =>
      site(10, { ...web, gunicorn: { workers: 2, threads: unknown } }).addWorker('Worker', { concurrency: 8 }),
    ).toThrow('release 1 + Worker 2 × 1 × 8 = 17');
  });

  test('are checked before anything is created', () => {
    const stack = testStack();
    expect(() => makeSite({ web: { ...web, gunicorn: { threads: 50 } } }, stack)).toThrow(
      "'database' must allow at least",
    );
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });
});
