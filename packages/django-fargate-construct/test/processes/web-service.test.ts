import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ExecuteCommandLogging, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { WebProps } from '../../src';
import { DJANGO_PROCESSES } from '../../src/contract/container-environment';
import { addEverything, container, makeSite, site, templateOf, testDomain, testStack } from '../fixtures';

describe('web container', () => {
  test('takes disk and another way for its logs', () => {
    const template = site({ web: { ephemeralStorageGiB: 200, logging: LogDrivers.jsonFile() } });

    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: Match.stringLikeRegexp('WebTask'),
      EphemeralStorage: { SizeInGiB: 200 },
    });
    expect(container(template, 'web').LogConfiguration.LogDriver).toBe('json-file');
    expect(container(template, 'release').LogConfiguration.LogDriver).toBe('awslogs');
  });

  test('serves a WSGI application with the gunicorn of the image, and answers the health check before it', () => {
    const web = container(
      site({ web: { gunicorn: { wsgiApplication: 'config.wsgi:application' }, healthCheckPath: '/up' } }),
      'web',
    );

    const [python, option, program, ...rest] = web.Command;
    expect([python, option, ...rest]).toEqual(['python', '-c', '/up', 'config.wsgi:application']);
    expect(program).toContain('WSGIApplication');
    expect(web.HealthCheck.Command.join(' ')).toContain('http://127.0.0.1:8000/up');
    expect(container(site(), 'web')).not.toHaveProperty('Command');
  });

  test.each([
    [8192, 16384, 16],
    [16384, 122880, 32],
  ])('runs on %i CPU units, too', (cpu, memoryMiB, workers) => {
    const template = site({ web: { cpu, memoryMiB, scaling: { minTasks: 1, maxTasks: 1 } } });

    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: `${cpu}`, Memory: `${memoryMiB}` });
    expect(JSON.stringify(container(template, 'web').Environment)).toContain(`--workers ${workers} --threads 4`);
  });

  test.each<[WebProps, string]>([
    [
      { gunicorn: { wsgiApplication: 'gunicorn config.wsgi' } },
      "'web.gunicorn.wsgiApplication' must be a module and an object in it such as config.wsgi:application, got 'gunicorn config.wsgi' [Test/Site]",
    ],
    [
      { ephemeralStorageGiB: 20 },
      "'web.ephemeralStorageGiB' must be a whole number from 21 to 200, got 20 [Test/Site]",
    ],
    [
      { ephemeralStorageGiB: 201 },
      "'web.ephemeralStorageGiB' must be a whole number from 21 to 200, got 201 [Test/Site]",
    ],
    [
      { cpu: 256, memoryMiB: 512, gunicorn: { workers: 8 } },
      "'web.gunicorn.workers' must be at most 7 for 512 MiB, of which 64 are /tmp and each worker needs 64 or more, got 8 [Test/Site]",
    ],
    [
      { cpu: 16384, memoryMiB: 36864 },
      "'web.memoryMiB' must be one of 32768, 40960, 49152, 57344, 65536, 73728, 81920, 90112, 98304, 106496, 114688, 122880 for 16384 CPU units, got 36864 [Test/Site]",
    ],
  ])('fails: %j', (web, message) => {
    expect(() => site({ web })).toThrow(message);
  });
});

describe('ECS Exec', () => {
  test('is off, and the root file system read-only', () => {
    const template = site();

    template.allResourcesProperties('AWS::ECS::Service', { EnableExecuteCommand: false });
    template.hasResourceProperties('AWS::ECS::Cluster', { Configuration: Match.absent() });
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('ssmmessages');
  });

  describe('with execWithWritableRoot', () => {
    const made = makeSite({ web: { execWithWritableRoot: true } });
    const worker = made.addWorker('Worker');
    const template = Template.fromStack(worker.service.stack);

    test('is on for the web tasks, and makes no other root file system writable', () => {
      template.hasResourceProperties('AWS::ECS::Service', {
        EnableExecuteCommand: true,
        LoadBalancers: Match.anyValue(),
      });
      template.hasResourceProperties('AWS::ECS::Service', {
        EnableExecuteCommand: false,
        LoadBalancers: Match.absent(),
      });
      expect(container(template, 'web').ReadonlyRootFilesystem).toBe(false);
      expect(container(template, 'web').User).toBe('10001:10001');
      expect(container(template, 'worker').ReadonlyRootFilesystem).toBe(true);
      expect(container(template, 'release').ReadonlyRootFilesystem).toBe(true);
    });

    test('is encrypted and recorded', () => {
      template.hasResourceProperties('AWS::ECS::Cluster', {
        Configuration: {
          ExecuteCommandConfiguration: {
            KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SiteExecKey'), 'Arn'] },
            Logging: 'OVERRIDE',
            LogConfiguration: {
              CloudWatchEncryptionEnabled: true,
              CloudWatchLogGroupName: { Ref: Match.stringLikeRegexp('^SiteExecLogs') },
            },
          },
        },
      });
      template.hasResource('AWS::Logs::LogGroup', {
        DeletionPolicy: 'Retain',
        Properties: { KmsKeyId: Match.anyValue(), RetentionInDays: 90 },
      });
      template.hasResourceProperties('AWS::KMS::Key', {
        EnableKeyRotation: true,
        KeyPolicy: Match.objectLike({
          Statement: Match.arrayWith([
            Match.objectLike({
              Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
            }),
          ]),
        }),
      });
    });

    test('writes its record to this one log group', () => {
      template.hasResourceProperties('AWS::IAM::Policy', {
        PolicyName: Match.stringLikeRegexp('WebTaskTaskRole'),
        PolicyDocument: Match.objectLike({
          Statement: Match.arrayWith([
            Match.objectLike({
              Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
              Resource: { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('^SiteExecLogs') }])] },
            }),
          ]),
        }),
      });
    });
  });

  test('takes the record of a given cluster', () => {
    const stack = testStack();
    const cluster = new Cluster(stack, 'Cluster', {
      vpc: new Vpc(stack, 'Vpc'),
      executeCommandConfiguration: {
        kmsKey: new Key(stack, 'Key'),
        logging: ExecuteCommandLogging.OVERRIDE,
        logConfiguration: { cloudWatchLogGroup: new LogGroup(stack, 'Log') },
      },
    });
    makeSite({ cluster, web: { execWithWritableRoot: true } }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 1);
  });

  test.each([
    ['nothing', false, undefined],
    ['a key only', true, undefined],
    ['a log driver only', true, ExecuteCommandLogging.DEFAULT],
  ])('fails on a given cluster with %s', (_, withKey, logging) => {
    const stack = testStack();
    const cluster = new Cluster(stack, 'Cluster', {
      vpc: new Vpc(stack, 'Vpc'),
      executeCommandConfiguration: { kmsKey: withKey ? new Key(stack, 'Key') : undefined, logging },
    });
    const domain = testDomain(stack);
    expect(() => makeSite({ cluster, domain, web: { execWithWritableRoot: true } }, stack)).toThrow(
      "'web.execWithWritableRoot' must be left out: 'cluster' keeps no record of what is run. Give the cluster an executeCommandConfiguration with a KMS key and a log group or bucket, or let the site make its cluster [Test/Site]",
    );
  });
});

test('an entry point starts the command of every process', () => {
  const made = makeSite({
    django: { entryPoint: ['env'] },
    web: { gunicorn: { wsgiApplication: 'config.wsgi:application' } },
  });
  addEverything(made);
  const template = templateOf(made);

  expect(DJANGO_PROCESSES.map((process) => container(template, process).EntryPoint)).toEqual(
    DJANGO_PROCESSES.map(() => ['env']),
  );
  expect(container(site(), 'web').EntryPoint).toBeUndefined();
});
