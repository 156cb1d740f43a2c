import { App, CfnParameter, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DeployGate, type DeployGateProps, FindingPolicy, FindingSeverity } from '../../src';
import { emptyStack } from '../fixtures';

const DIGEST = `sha256:${'a'.repeat(64)}`;

interface Setup {
  readonly stack: Stack;
  readonly repository: ecr.IRepository;
  readonly gate: DeployGate;
}

function setup(props: Partial<DeployGateProps> = {}, stack = emptyStack()): Setup {
  const repository = ecr.Repository.fromRepositoryName(stack, 'Images', 'shop/web');
  return { stack, repository, gate: new DeployGate(stack, 'Gate', { repository, ...props }) };
}

function serviceIn(stack: Stack, id = 'Web', props: Partial<ecs.FargateServiceProps> = {}): ecs.FargateService {
  const cluster =
    (stack.node.tryFindChild('Cluster') as ecs.Cluster) ??
    new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }) });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, `${id}Task`);
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('web') });
  const deploymentStrategy = ecs.DeploymentStrategy.BLUE_GREEN;
  return new ecs.FargateService(stack, id, {
    cluster,
    taskDefinition,
    deploymentStrategy,
    circuitBreaker: { rollback: true },
    minHealthyPercent: 100,
    ...props,
  });
}

/** A gate that checks a tag for a topic; the smallest one. */
function checked(props?: Partial<DeployGateProps>, image = 'v1.4.2'): Template {
  const { stack, gate } = setup(props);
  gate.blockConstructs(image, new sns.Topic(stack, 'Topic'));
  return Template.fromStack(stack);
}

/** A gate that blocks the deployments of a service. */
function hooked(props?: Partial<ecs.FargateServiceProps>): Template {
  const { stack, gate } = setup();
  gate.blockDeployments(serviceIn(stack, 'Web', props));
  return Template.fromStack(stack);
}

function statements(template: Template): { Action: string; Resource: unknown }[] {
  return Object.values(
    template.findResources('AWS::IAM::Policy', {
      Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^GateRole') }] },
    }),
  ).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

const repositoryArn = 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/web';
const ecsArn = (resource: string) => ({
  'Fn::Join': ['', [`arn:aws:ecs:eu-west-1:111122223333:${resource}/`, { Ref: Match.anyValue() }, '/*']],
});

describe('the function', () => {
  test('has repository, policy and time', () => {
    checked().hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 660,
      Environment: {
        Variables: {
          REPOSITORY_ARN: repositoryArn,
          POLICY: FindingPolicy.failOn(FindingSeverity.CRITICAL)._toJson(),
          TIMEOUT_SECONDS: '600',
        },
      },
    });
  });

  test('has the policy and the time that were given', () => {
    const policy = FindingPolicy.failOn(FindingSeverity.HIGH, { onlyFixable: true });
    checked({ policy, timeout: Duration.minutes(14) }).hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 900,
      Environment: { Variables: Match.objectLike({ POLICY: policy._toJson(), TIMEOUT_SECONDS: '840' }) },
    });
  });

  test('logs for a year to a group of its own', () => {
    const template = checked();
    const [logGroup] = Object.keys(
      template.findResources('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 } }),
    );

    template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: logGroup } } });
  });

  test('may read the images, their scans and findings, and its stack, and nothing else', () => {
    const template = checked();

    expect(statements(template)).toEqual([
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: expect.anything() },
      {
        Action: ['ecr:BatchGetImage', 'ecr:DescribeImageScanFindings', 'ecr:StartImageScan'],
        Effect: 'Allow',
        Resource: repositoryArn,
      },
      { Action: ['inspector2:ListCoverage', 'inspector2:ListFindings'], Effect: 'Allow', Resource: '*' },
      { Action: 'cloudformation:DescribeStacks', Effect: 'Allow', Resource: { Ref: 'AWS::StackId' } },
    ]);
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });
});

describe('a check before constructs', () => {
  test('has the image, and is made again when repository or policy change', () => {
    checked().hasResourceProperties('Custom::EcrDeployGate', {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GateHandler'), 'Arn'] },
      ServiceTimeout: '720',
      Image: 'v1.4.2',
      Repository: repositoryArn,
      Policy: FindingPolicy.failOn(FindingSeverity.CRITICAL)._toJson(),
    });
  });

  test('comes before them, and after the rights of its function', () => {
    const { stack, gate } = setup();
    gate.blockConstructs('v1.4.2', new sns.Topic(stack, 'One'), new sns.Topic(stack, 'Two'));
    const template = Template.fromStack(stack);

    const [check] = Object.keys(template.findResources('Custom::EcrDeployGate'));
    const topics = Object.values(template.findResources('AWS::SNS::Topic'));
    expect(topics.map(({ DependsOn }) => DependsOn)).toEqual([[check], [check]]);
    template.hasResource('AWS::Lambda::Function', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^GateRoleDefaultPolicy')]),
    });
  });

  test('is made once for an image, however many wait', () => {
    const { stack, gate } = setup();
    gate.blockConstructs('v1.4.2', new sns.Topic(stack, 'One'));
    gate.blockConstructs('v1.4.2', new sns.Topic(stack, 'Two'));
    gate.blockConstructs(DIGEST, new sns.Topic(stack, 'Three'));

    const images = Object.values(Template.fromStack(stack).findResources('Custom::EcrDeployGate'));
    expect(images.map(({ Properties }) => Properties.Image)).toEqual(['v1.4.2', DIGEST]);
  });

  test('takes an image that is known only when the stack is deployed', () => {
    const { stack, gate } = setup();
    const tag = new CfnParameter(stack, 'Tag').valueAsString;
    gate.blockConstructs(tag, new sns.Topic(stack, 'Topic'));

    Template.fromStack(stack).hasResourceProperties('Custom::EcrDeployGate', { Image: { Ref: 'Tag' } });
  });

  test('may come before a service that deploys by ROLLING', () => {
    const { stack, gate } = setup();
    gate.blockConstructs('v1.4.2', serviceIn(stack, 'Web', { deploymentStrategy: undefined }));

    Template.fromStack(stack).hasResource('AWS::ECS::Service', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^GateCheck')]),
    });
  });

  test.each(['', 'shop/web:v1', 'v1.4.2 ', '-v1', 'sha256:abc', `${DIGEST}0`, 'v'.repeat(129)])(
    "fails for the image '%s'",
    (image) => {
      const { stack, gate } = setup();
      expect(() => gate.blockConstructs(image, new sns.Topic(stack, 'Topic'))).toThrow(
        `'tagOrDigest' must be a tag such as v1.4.2 or a digest such as sha256:9f86…, got '${image}' [Test/Gate]`,
      );
      expect(gate.node.tryFindChild('Check')).toBeUndefined();
    },
  );

  test('fails without constructs', () => {
    expect(() => setup().gate.blockConstructs('v1.4.2')).toThrow(
      "'constructs' must hold what waits for the check, got none [Test/Gate]",
    );
  });

  test.each(['gate', 'repository'] as const)('fails for a construct with its %s inside', (part) => {
    const { stack } = setup();
    const site = new Construct(stack, 'Site');
    const inside = new ecr.Repository(part === 'repository' ? site : stack, 'Inside');
    const gate = new DeployGate(part === 'gate' ? site : stack, 'Gate2', { repository: inside });

    expect(() => gate.blockConstructs('v1.4.2', site)).toThrow(
      `'constructs' must hold nothing that the check needs, got 'Test/Site' with ${
        part === 'gate' ? 'Test/Site/Gate2' : 'Test/Site/Inside'
      } in it: name the service or function itself [${gate.node.path}]`,
    );
  });
});

describe('the hook of a service', () => {
  test.each([[ecs.DeploymentStrategy.BLUE_GREEN], [ecs.DeploymentStrategy.LINEAR], [ecs.DeploymentStrategy.CANARY]])(
    'runs before the tasks of a %s deployment start',
    (deploymentStrategy) => {
      hooked({ deploymentStrategy }).hasResourceProperties('AWS::ECS::Service', {
        DeploymentConfiguration: {
          Strategy: deploymentStrategy,
          LifecycleHooks: [
            {
              HookTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GateHandler'), 'Arn'] },
              RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GateHookRole'), 'Arn'] },
              LifecycleStages: ['PRE_SCALE_UP'],
            },
          ],
        },
      });
    },
  );

  test('is invoked by a role that has its right from the start', () => {
    const template = hooked();

    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' } }],
      },
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Action: 'lambda:InvokeFunction',
                Effect: 'Allow',
                Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GateHandler'), 'Arn'] },
              },
            ],
          },
        },
      ],
    });
  });

  test("may read the deployments and revisions of the service's cluster", () => {
    const template = hooked();

    for (const [Action, resource] of [
      ['ecs:DescribeServiceDeployments', 'service-deployment'],
      ['ecs:DescribeServiceRevisions', 'service-revision'],
    ]) {
      template.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: { Statement: Match.arrayWith([{ Action, Effect: 'Allow', Resource: ecsArn(resource) }]) },
      });
    }
    expect(JSON.stringify(statements(template))).not.toContain('cloudformation:');
  });

  test('is one for each service, however often it is asked for', () => {
    const { stack, gate } = setup();
    const web = serviceIn(stack, 'Web');
    for (const service of [web, web, serviceIn(stack, 'Worker')]) gate.blockDeployments(service);
    const template = Template.fromStack(stack);

    const hooks = Object.values(template.findResources('AWS::ECS::Service')).map(
      ({ Properties }) => Properties.DeploymentConfiguration.LifecycleHooks.length,
    );
    expect(hooks).toEqual([1, 1]);
    expect(statements(template).filter(({ Action }) => Action === 'ecs:DescribeServiceRevisions')).toHaveLength(1);
  });

  test.each([undefined, ecs.DeploymentStrategy.ROLLING])(
    'fails for the deployment strategy %s',
    (deploymentStrategy) => {
      const { stack, gate } = setup();
      const service = serviceIn(stack, 'Web', { deploymentStrategy });

      expect(() => gate.blockDeployments(service)).toThrow(
        "'service' must have the deployment strategy BLUE_GREEN, LINEAR or CANARY, got ROLLING for Test/Web: " +
          "use 'blockConstructs' [Test/Gate]",
      );
      expect(gate.node.tryFindChild('HookRole')).toBeUndefined();
    },
  );

  test('fails for the deployment controller CODE_DEPLOY', () => {
    const { stack, gate } = setup();
    const deploymentController = { type: ecs.DeploymentControllerType.CODE_DEPLOY };
    const service = serviceIn(stack, 'Web', { deploymentController, deploymentStrategy: undefined });

    expect(() => gate.blockDeployments(service)).toThrow(
      "'service' must have the deployment controller ECS, got CODE_DEPLOY for Test/Web: use 'blockConstructs' [Test/Gate]",
    );
  });

  test('fails for a service of another stack', () => {
    const { gate } = setup();
    expect(() => gate.blockDeployments(serviceIn(emptyStack()))).toThrow(
      "'service' must be in the gate's stack Test, got Test/Web: make a gate in its stack [Test/Gate]",
    );
  });
});

describe('a gate', () => {
  test('may block the first deployment by a check, and the later ones by a hook', () => {
    const { stack, gate } = setup();
    const service = serviceIn(stack);
    gate.blockDeployments(service);
    gate.blockConstructs('v1.4.2', service);

    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test("is let in by a repository of another account's stack", () => {
    const app = new App();
    const registry = new Stack(app, 'Registry', { env: { account: '444455556666', region: 'eu-west-1' } });
    const stack = new Stack(app, 'Site', { env: { account: '111122223333', region: 'eu-west-1' } });
    const repository = new ecr.Repository(registry, 'Images', { repositoryName: 'shop/web' });
    new DeployGate(stack, 'Gate', { repository }).blockConstructs('v1.4.2', new sns.Topic(stack, 'Topic'));

    Template.fromStack(registry).hasResourceProperties('AWS::ECR::Repository', {
      RepositoryPolicyText: {
        Statement: [
          Match.objectLike({
            Action: ['ecr:BatchGetImage', 'ecr:DescribeImageScanFindings', 'ecr:StartImageScan'],
          }),
        ],
      },
    });
  });

  test('fails when it blocks nothing', () => {
    const { stack } = setup();
    expect(() => Template.fromStack(stack)).toThrow(
      "a gate must block something: call 'blockDeployments' or 'blockConstructs'",
    );
  });

  test.each([
    [Duration.seconds(29), '29 seconds'],
    [Duration.millis(30_500), '30 seconds 500 millis'],
    [Duration.seconds(841), '14 minutes 1 second'],
  ])('fails for the timeout %s', (timeout, shown) => {
    const stack = emptyStack();
    expect(() => setup({ timeout }, stack)).toThrow(
      `'timeout' must be whole seconds, from 30 seconds to 14 minutes, got ${shown} [Test/Gate]`,
    );
    expect((stack.node.findChild('Gate') as DeployGate).node.children).toEqual([]);
  });

  test('takes a timeout that is known only later', () => {
    const timeout = Duration.seconds(Lazy.number({ produce: () => 60 }));
    expect(() => checked({ timeout })).not.toThrow();
  });

  test('fails for a policy that does not fit into the function', () => {
    const accept = Array.from({ length: 40 }, (_, number) => ({
      id: `CVE-2025-${number}`,
      reason: 'the code that has it is never reached',
      expires: '2027-03-31',
    }));
    const policy = FindingPolicy.failOn(FindingSeverity.HIGH, { accept });

    expect(() => setup({ policy })).toThrow(
      `'policy' must be at most 3500 bytes long, got ${policy._toJson().length}: ` +
        'accept fewer findings or give shorter reasons [Test/Gate]',
    );
  });
});
