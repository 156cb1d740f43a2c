import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

const TASK = 'arn:aws:ecs:eu-west-1:111122223333:task/cluster/abc';

/** Answers of the ECS API by operation; the last one is repeated. */
type Answers = Record<string, unknown[]>;

/** A loopback server that stands for the ECS API and for CloudFormation's response URL. */
class Aws {
  public readonly calls: { operation: string; body: Record<string, unknown> }[] = [];
  public response?: Record<string, unknown>;
  public answers: Answers = {};
  private readonly server: Server = createServer(async (request, reply) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}');
    if (request.method === 'PUT') {
      this.response = body;
      reply.end();
      return;
    }
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    this.calls.push({ operation, body });
    const [answer, ...rest] = this.answers[operation] ?? [{}];
    if (rest.length > 0) this.answers[operation] = rest;
    reply.setHeader('content-type', 'application/x-amz-json-1.1');
    reply.end(JSON.stringify(answer));
  });

  public async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

const stopped = (exitCode: number | undefined, stoppedReason = 'Essential container in task exited') => ({
  tasks: [{ taskArn: TASK, lastStatus: 'STOPPED', stoppedReason, containers: [{ name: 'django', exitCode }] }],
});
const running = { tasks: [{ taskArn: TASK, lastStatus: 'RUNNING', containers: [{ name: 'django' }] }] };
const started = { tasks: [{ taskArn: TASK }] };

describe('release handler', () => {
  let aws: Aws;
  let url: string;
  let handler: (event: CloudFormationCustomResourceEvent) => Promise<void>;

  beforeEach(async () => {
    aws = new Aws();
    url = await aws.start();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined); // the SDK's about Node's version
    jest.resetModules();
    ({ handler } = require('../../lambda/release-task'));
  });

  afterEach(async () => aws.stop());

  const run = async (answers: Answers, RequestType = 'Update', TimeoutSeconds = '30') => {
    aws.answers = answers;
    await handler({
      RequestType,
      ResponseURL: `${url}/answer`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'SiteReleaseRun',
      ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'SiteReleaseRun' }),
      ResourceProperties: {
        Cluster: 'arn:cluster',
        TaskDefinition: 'release:7',
        Container: 'django',
        Subnets: ['subnet-1'],
        SecurityGroups: ['sg-1'],
        AssignPublicIp: 'ENABLED',
        TimeoutSeconds,
      },
    } as unknown as CloudFormationCustomResourceEvent);
    return aws.response;
  };

  test.each(['Create', 'Update'])('runs the task on %s and succeeds on exit code 0', async (type) => {
    const answer = await run({ RunTask: [started], DescribeTasks: [running, stopped(0)] }, type);

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'SiteReleaseRun', StackId: 'stack' });
    expect(aws.calls[0]).toMatchObject({
      operation: 'RunTask',
      body: {
        cluster: 'arn:cluster',
        taskDefinition: 'release:7',
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
        },
      },
    });
  });

  test('fails with the exit code and the log stream', async () => {
    const answer = await run({ RunTask: [started], DescribeTasks: [stopped(1)] });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason:
        'the release command ended with exit code 1 (Essential container in task exited): see log stream release/django/abc',
    });
  });

  test('fails when the container never ran', async () => {
    const answer = await run({
      RunTask: [started],
      DescribeTasks: [stopped(undefined, 'CannotPullContainerError: not found')],
    });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: 'the release command never ran (CannotPullContainerError: not found): see log stream release/django/abc',
    });
  });

  test('fails when ECS does not start the task', async () => {
    const answer = await run({ RunTask: [{ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] }] });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: 'the release task of release:7 could not be started: RESOURCE:MEMORY',
    });
  });

  test('stops a task that takes too long, and fails', async () => {
    const answer = await run({ RunTask: [started], DescribeTasks: [running] }, 'Update', '2');

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: 'the release task did not end within 2 s and was stopped (abc)',
    });
    expect(aws.calls.at(-1)).toMatchObject({ operation: 'StopTask', body: { cluster: 'arn:cluster', task: TASK } });
  });

  test('does nothing when the site is deleted', async () => {
    expect(await run({}, 'Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect(aws.calls).toEqual([]);
  });
});
