import { Template } from 'aws-cdk-lib/assertions';
import { EcsServiceEvents } from '../src';
import { matches } from './event-pattern';
import { importedService, newStack } from './fixtures';

const stack = newStack();
new EcsServiceEvents(stack, 'Events', { service: importedService(stack) });
const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));

/** The event of a stopped task of the service, as ECS sends it, changed by `detail`. */
function stopped(detail: { [key: string]: string }) {
  return {
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    account: '111122223333',
    region: 'eu-west-1',
    detail: {
      clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/production',
      group: 'service:shop',
      desiredStatus: 'STOPPED',
      lastStatus: 'STOPPED',
      launchType: 'FARGATE',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      ...detail,
    },
  };
}

describe('the rule for failed tasks', () => {
  test.each([
    ['an essential container that exits', {}],
    [
      'an image that cannot be pulled',
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'CannotPullContainerError: pull image manifest has been retried',
      },
    ],
    [
      'a failed health check of the container',
      { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' },
    ],
    [
      'a failed health check of the load balancer',
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason:
          'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0123456789abcdef)',
      },
    ],
  ])('counts %s', (_, detail) => {
    expect(matches(rule.Properties.EventPattern, stopped(detail as { [key: string]: string }))).toBe(true);
  });

  test.each([
    [
      'a task that scaling in or a deployment replaces',
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1234567890123456789)',
      },
    ],
    ['a task that a person stops', { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }],
    [
      'a task that Fargate Spot takes back',
      { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
    ],
    [
      "a task that AWS's maintenance retires",
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'ECS is performing maintenance on the underlying infrastructure',
      },
    ],
    ['the same task on its way to stop', { lastStatus: 'DEPROVISIONING' }],
    ['a task of another service', { group: 'service:shop-worker' }],
    ['a task of no service', { group: 'family:migrate' }],
    ['a service of that name in another cluster', { clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/staging' }],
  ])('does not count %s', (_, detail) => {
    expect(matches(rule.Properties.EventPattern, stopped(detail as { [key: string]: string }))).toBe(false);
  });

  test('has no target: being matched is enough for EventBridge to count', () => {
    expect(rule.Properties).toMatchObject({ State: 'ENABLED' });
    expect(rule.Properties).not.toHaveProperty('Targets');
  });
});
