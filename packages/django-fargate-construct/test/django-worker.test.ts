import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type { WorkerProps } from '../src';
import { container, makeSite, templateOf } from './fixtures';

describe('worker', () => {
  const worker = (props?: WorkerProps, celeryApp?: string) => {
    const made = makeSite({ django: { celeryApp } });
    made.addWorker('Worker', props);
    return templateOf(made);
  };

  test('runs celery with what it is told', () => {
    const command = container(worker({ queues: ['mail', 'default'], concurrency: 8 }, 'shop.celery'), 'worker').Command;

    expect(command.join(' ')).toBe(
      'celery --app shop.celery worker --loglevel INFO --without-gossip --without-mingle --concurrency 8 --queues mail,default',
    );
  });

  test("takes tasks from the project's default queue when no queue is named", () => {
    const command = container(worker(), 'worker').Command;

    expect(command.join(' ')).toBe(
      'celery --app config worker --loglevel INFO --without-gossip --without-mingle --concurrency 2',
    );
  });

  test('has 120 s to finish, or less', () => {
    expect(container(worker(), 'worker').StopTimeout).toBe(120);
    expect(container(worker({ stopTimeout: Duration.seconds(30) }), 'worker').StopTimeout).toBe(30);
  });

  test('takes size and scaling', () => {
    const template = worker({ cpu: 1024, memoryMiB: 3072, scaling: { minTasks: 1, maxTasks: 4, cpuPercent: 80 } });

    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '1024', Memory: '3072' });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 4 });
  });

  test('is one task without a load balancer by default', () => {
    worker().hasResourceProperties('AWS::ECS::Service', { DesiredCount: 1, LoadBalancers: Match.absent() });
  });

  test('is asked for its health by the command that is given, or not at all', () => {
    expect(container(worker(), 'worker').HealthCheck).toBeUndefined();
    expect(container(worker({ healthCheckCommand: ['python', 'alive.py'] }), 'worker').HealthCheck).toMatchObject({
      Command: ['CMD', 'python', 'alive.py'],
      Interval: 10,
      Retries: 3,
    });
  });

  test('starts after the release', () => {
    const [, service] = Object.entries(worker().findResources('AWS::ECS::Service')).find(([id]) =>
      id.includes('Worker'),
    )!;

    expect(service.DependsOn).toContainEqual(expect.stringMatching(/^SiteReleaseRun/));
  });

  test.each<[WorkerProps, string]>([
    [{ queues: [] }, "'queues' must name at least one queue, got none. Leave it out for the project's default queue"],
    [{ queues: ['a b'] }, "'queues' must hold names of letters, digits, '_', '-', '.' and ':', got 'a b'"],
    [{ concurrency: 0 }, "'concurrency' must be a whole number of at least 1, got 0"],
    [{ cpu: 128 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 128"],
    [{ memoryMiB: 8192 }, "'memoryMiB' must be one of 1024, 2048, 3072, 4096 for 512 CPU units, got 8192"],
    [{ stopTimeout: Duration.minutes(3) }, "'stopTimeout' must be a whole number from 2 to 120, got 180"],
    [
      { healthCheckCommand: [] },
      "'healthCheckCommand' must name a command, got none. Leave it out for no health check",
    ],
    [{ scaling: { maxTasks: 0 } }, "'scaling.maxTasks' must be a whole number of at least 1, got 0"],
  ])('fails: %j', (props, message) => {
    expect(() => worker(props)).toThrow(`${message} [Test/Site/Worker]`);
  });
});
