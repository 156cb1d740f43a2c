import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { DeployedImagePins, type DeployedImagePinsProps } from '../../src';
import { emptyStack } from '../fixtures';

const ARN = 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/web';
const WEB = 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web';

function repository(stack: Stack): ecr.IRepository {
  const made = stack.node.tryFindChild('Images') as ecr.IRepository | undefined;
  return made ?? ecr.Repository.fromRepositoryArn(stack, 'Images', ARN);
}

/** A service of another stack or app. */
function imported(stack: Stack, serviceName = 'web', id = serviceName): ecs.IBaseService {
  const cluster =
    (stack.node.tryFindChild('Cluster') as ecs.ICluster | undefined) ??
    ecs.Cluster.fromClusterAttributes(stack, 'Cluster', {
      clusterName: 'shop',
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] }),
    });
  return ecs.FargateService.fromFargateServiceAttributes(stack, id, { cluster, serviceName });
}

/** A service of the stack itself. */
function own(stack: Stack, deploymentController?: ecs.DeploymentController): ecs.FargateService {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromEcrRepository(repository(stack), 'v1') });
  const cluster = new ecs.Cluster(stack, 'OwnCluster', { vpc: new ec2.Vpc(stack, 'OwnVpc') });
  const deployment = deploymentController ? { deploymentController } : { circuitBreaker: { rollback: true } };
  return new ecs.FargateService(stack, 'Own', { cluster, taskDefinition, minHealthyPercent: 100, ...deployment });
}

function pins(props: Partial<DeployedImagePinsProps> = {}): Template {
  const stack = emptyStack();
  new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services: [imported(stack)], ...props });
  return Template.fromStack(stack);
}

/** Statements of the function's role. */
function statements(template: Template): unknown[] {
  const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
  return policy.Properties.PolicyDocument.Statement;
}

describe('the function', () => {
  test('runs when a deployment of a service begins, completes or fails', () => {
    pins().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.ecs'], 'detail-type': ['ECS Deployment State Change'], resources: [WEB] },
      State: 'ENABLED',
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('PinsHandler'), 'Arn'] } })],
    });
  });

  test('runs once a day', () => {
    pins().hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 day)',
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('PinsHandler'), 'Arn'] } })],
    });
  });

  test('runs when the services have been deployed for the first time, and when others or another repository are chosen', () => {
    pins().hasResourceProperties('Custom::DeployedImagePins', {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('PinsHandler'), 'Arn'] },
      Repository: ARN,
      Services: [WEB],
    });
  });

  test('is told the repository, the services and what the tags of pinned images start with', () => {
    pins().hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Environment: {
        Variables: {
          REPOSITORY_ARN: ARN,
          SERVICES: '[{"cluster":"shop","service":"web"}]',
          PIN_TAG_PREFIX: 'inuse-',
        },
      },
    });
  });

  test('may read the deployments of these services, read and tag images of this repository, write its log, and nothing else', () => {
    const stack = emptyStack();
    const services = [imported(stack), imported(stack, 'worker')];
    new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services });
    const template = Template.fromStack(stack);

    expect(statements(template)).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching('^PinsLogs'), 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: [
          'ecs:DescribeServiceDeployments',
          'ecs:DescribeServiceRevisions',
          'ecs:DescribeServices',
          'ecs:ListServiceDeployments',
        ],
        Resource: ['service-deployment/shop/web/*', 'service-deployment/shop/worker/*', 'service-revision/shop/web/*']
          .concat('service-revision/shop/worker/*', 'service/shop/web', 'service/shop/worker')
          .map((rest) => `arn:aws:ecs:eu-west-1:111122223333:${rest}`),
      },
      { Effect: 'Allow', Action: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:PutImage'], Resource: ARN },
    ]);
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
    template.resourceCountIs('AWS::IAM::Role', 1);
  });

  test('writes to a log group of its own that forgets after three months', () => {
    pins().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 90 } });
    pins({ logRetention: logs.RetentionDays.ONE_WEEK }).hasResourceProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 7,
    });
  });

  test('leaves to the user what happens to an event that it failed for', () => {
    const stack = emptyStack();
    const made = new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services: [imported(stack)] });
    made.handler.configureAsyncInvoke({ retryAttempts: 1 });
    made.handler.metricErrors().createAlarm(stack, 'NotPinned', { threshold: 1, evaluationPeriods: 1 });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 1 });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Errors' });
  });
});

describe('services', () => {
  test('may be made in the same stack, which then makes the pins after them', () => {
    const stack = emptyStack();
    new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services: [own(stack)] });
    const template = Template.fromStack(stack);
    const [service] = Object.keys(template.findResources('AWS::ECS::Service'));

    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        resources: [{ 'Fn::Join': ['', Match.arrayWith([{ 'Fn::GetAtt': [service, 'Name'] }])] }],
      },
    });
  });

  test('may be imported by an ARN without the cluster: events and permissions have it all the same', () => {
    const stack = new Stack(
      new App({ context: { ...recommendedFlags, '@aws-cdk/aws-ecs:arnFormatIncludesClusterName': false } }),
      'Test',
      {
        env: { account: '111122223333', region: 'eu-west-1' },
      },
    );
    const service = imported(stack);
    new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services: [service] });

    expect(service.serviceArn).toMatch(/:service\/web$/);
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', { EventPattern: { resources: [WEB] } });
  });

  test('may be of a stack whose account and region are unknown', () => {
    const stack = new Stack(new App(), 'Test');
    const services = [ecs.BaseService.fromServiceArnWithCluster(stack, 'Web', WEB)];

    expect(() => new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services })).not.toThrow();
  });

  test.each([0, 11])('fail when there are %d', (count) => {
    const stack = emptyStack();
    const services = Array.from({ length: count }, (_, index) => imported(stack, `s${index}`));

    expectFailure(
      stack,
      services,
      `'services' must hold 1 to 10 services, got ${count}: make another DeployedImagePins for more [Test/Pins]`,
    );
  });

  test('may be ten', () => {
    const stack = emptyStack();
    const services = Array.from({ length: 10 }, (_, index) => imported(stack, `s${index}`));

    expect(() => new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services })).not.toThrow();
  });

  test.each([
    ['eu-west-1:999999999999', '999999999999', '111122223333'],
    ['us-east-1:111122223333', 'us-east-1', 'eu-west-1'],
  ])('fail when they are of another account or region: %s', (place, theirs, ours) => {
    const stack = emptyStack();
    const service = ecs.BaseService.fromServiceArnWithCluster(stack, 'Far', `arn:aws:ecs:${place}:service/shop/web`);

    expectFailure(
      stack,
      [service],
      `'services' must be of the stack's account and region, got one of ${theirs} in a stack of ${ours}: ` +
        'make its DeployedImagePins in a stack there [Test/Pins]',
    );
  });

  test('fail when CodeDeploy deploys one', () => {
    const stack = emptyStack();

    expectFailure(
      stack,
      [own(stack, { type: ecs.DeploymentControllerType.CODE_DEPLOY })],
      "'services' must be deployed by ECS, got Test/Own with deployment controller CODE_DEPLOY, whose deployments name " +
        'no digests: leave it out [Test/Pins]',
    );
  });

  test('may say that ECS deploys them', () => {
    const stack = emptyStack();
    const services = [own(stack, { type: ecs.DeploymentControllerType.ECS })];

    expect(() => new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services })).not.toThrow();
  });

  /** And nothing was created. */
  function expectFailure(stack: Stack, services: ecs.IBaseService[], message: string): void {
    expect(() => new DeployedImagePins(stack, 'Pins', { repository: repository(stack), services })).toThrow(message);
    expect(stack.node.tryFindChild('Pins')?.node.children ?? []).toEqual([]);
  }
});
