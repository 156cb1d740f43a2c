import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AuroraPostgresDatabase,
  type DatabaseProps,
  DeploymentAfterRotation,
  Egress,
  PasswordRotation,
  PostgresDatabase,
  SiteNetwork,
} from '../../src';
import { makeSite, testStack } from '../fixtures';

const SCHEDULE = 'AWS::SecretsManager::RotationSchedule';
const KINDS = { AuroraPostgresDatabase, PostgresDatabase };

function make(kind: keyof typeof KINDS, props: Partial<DatabaseProps>) {
  const stack = testStack();
  const vpc = props.vpc ?? new Vpc(stack, 'Vpc');
  const database = new KINDS[kind](stack, 'Database', { vpc, ...props });
  return { database, template: Template.fromStack(stack) };
}

const database = (props: Partial<DatabaseProps>) => make('PostgresDatabase', props).template;

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('passwordRotation of %s', (kind) => {
  test("is AWS's own function for PostgreSQL, in the subnets of tasks, which the database lets in", () => {
    const { template } = make(kind, { users: { passwordRotation: PasswordRotation.sameUser() } });

    template.resourceCountIs(SCHEDULE, 1);
    template.hasResourceProperties(SCHEDULE, {
      SecretId: { Ref: Match.stringLikeRegexp('^Database(Instance|Cluster)SecretAttachment') },
      HostedRotationLambda: {
        RotationType: 'PostgreSQLSingleUser',
        VpcSubnetIds: {
          'Fn::Join': [
            '',
            [
              { Ref: Match.stringLikeRegexp('VpcPrivateSubnet1') },
              ',',
              { Ref: Match.stringLikeRegexp('VpcPrivateSubnet2') },
            ],
          ],
        },
      },
      RotationRules: { ScheduleExpression: 'rate(30 days)' },
      RotateImmediatelyOnUpdate: false,
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseRotationSecurityGroup'), 'GroupId'] },
    });
  });

  test('keeps both users when neither alternates', () => {
    const { template } = make(kind, {
      users: { separateRunUser: true, passwordRotation: PasswordRotation.sameUser() },
    });
    template.resourcePropertiesCountIs(SCHEDULE, { HostedRotationLambda: { RotationType: 'PostgreSQLSingleUser' } }, 2);
  });

  test('alternates between two run users, which the owner makes, and keeps the owner', () => {
    const passwordRotation = PasswordRotation.alternatingUsers();
    const { template } = make(kind, { users: { separateRunUser: true, passwordRotation } });

    template.resourceCountIs(SCHEDULE, 2);
    template.hasResourceProperties(SCHEDULE, {
      SecretId: { Ref: Match.stringLikeRegexp('^DatabaseRunSecretAttachment') },
      HostedRotationLambda: {
        RotationType: 'PostgreSQLMultiUser',
        MasterSecretArn: { Ref: Match.stringLikeRegexp('^Database(Instance|Cluster)SecretAttachment') },
      },
    });
    template.hasResourceProperties(SCHEDULE, {
      SecretId: { Ref: Match.stringLikeRegexp('^Database(Instance|Cluster)SecretAttachment') },
      HostedRotationLambda: { RotationType: 'PostgreSQLSingleUser' },
    });
  });

  test('is off unless it is asked for', () => {
    make(kind, {}).template.resourceCountIs(SCHEDULE, 0);
  });

  test("leaves the run user's secret, and with it its password, as it is when its kind changes", () => {
    const secrets = (passwordRotation: PasswordRotation) =>
      make(kind, { users: { separateRunUser: true, passwordRotation } }).template.findResources(
        'AWS::SecretsManager::Secret',
      );
    expect(secrets(PasswordRotation.alternatingUsers())).toEqual(secrets(PasswordRotation.sameUser()));
  });
});

describe('PasswordRotation', () => {
  test('takes another time', () => {
    const passwordRotation = PasswordRotation.sameUser({ every: Duration.days(7) });
    database({ users: { passwordRotation } }).hasResourceProperties(SCHEDULE, {
      RotationRules: { ScheduleExpression: 'rate(7 days)' },
    });
  });

  test('takes other subnets, also where tasks are public', () => {
    const stack = testStack();
    const { vpc } = new SiteNetwork(stack, 'Network', { egress: Egress.publicTasks() });
    const subnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
    new PostgresDatabase(stack, 'Database', {
      vpc,
      users: { passwordRotation: PasswordRotation.sameUser({ subnets }) },
    });
    Template.fromStack(stack).hasResourceProperties(SCHEDULE, {
      HostedRotationLambda: {
        VpcSubnetIds: { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('DataSubnet1') }])] },
      },
    });
  });

  test('fails where its functions could not reach Secrets Manager', () => {
    const stack = testStack();
    const { vpc } = new SiteNetwork(stack, 'Network', { egress: Egress.publicTasks() });
    expect(
      () => new PostgresDatabase(stack, 'Database', { vpc, users: { passwordRotation: PasswordRotation.sameUser() } }),
    ).toThrow(
      "'users.passwordRotation' must name 'subnets' when tasks are in public ones: a function gets no public address. Choose " +
        'another egress, or name subnets that reach an interface endpoint of Secrets Manager [Test/Database]',
    );
  });

  test.each([
    [Duration.hours(12), 0.5],
    [Duration.days(1001), 1001],
  ])('fails for the time %s', (every, days) => {
    expect(() => database({ users: { passwordRotation: PasswordRotation.sameUser({ every }) } })).toThrow(
      `'users.passwordRotation.every' must be a whole number from 1 to 1000, got ${days} [Test/Database]`,
    );
  });

  test('fails for alternating users when the owner is the only user', () => {
    expect(() => database({ users: { passwordRotation: PasswordRotation.alternatingUsers() } })).toThrow(
      "'users.passwordRotation' must be sameUser() unless 'users.separateRunUser' is true, got alternatingUsers(): the owner's twin " +
        'would own what it makes [Test/Database]',
    );
  });
});

describe('DeploymentAfterRotation', () => {
  const redeploy = () => {
    const site = makeSite();
    site.addWorker('Worker');
    new DeploymentAfterRotation(site, 'Redeploy', { secret: site.database.secret, services: site.services });
    return Template.fromStack(testStackOf(site));
  };
  const testStackOf = (site: ReturnType<typeof makeSite>) => site.node.scope as ReturnType<typeof testStack>;

  test("hears of a new current value of this one secret by Secrets Manager's own event", () => {
    redeploy().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.secretsmanager'],
        'detail-type': ['Secret Label Updated'],
        resources: [{ prefix: { Ref: Match.stringLikeRegexp('SiteDatabaseInstanceSecretAttachment') } }],
        detail: { labelUpdated: ['AWSCURRENT'] },
      },
      Targets: [{ Arn: { Ref: Match.stringLikeRegexp('RedeployStateMachine') }, RoleArn: Match.anyValue() }],
    });
  });

  test('starts a deployment of every service, and may do nothing else', () => {
    const template = redeploy();
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const [, parts] = machine.Properties.DefinitionString['Fn::Join'];
    const definition = JSON.parse(
      parts
        .map((part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', "'")))
        .join(''),
    );
    const branches = definition.States.All.Branches.map(({ States }: { States: object }) => Object.values(States)[0]);

    expect(branches.map(({ Parameters }: { Parameters: object }) => Parameters)).toEqual([
      { Cluster: expect.anything(), Service: expect.stringContaining('SiteWebService'), ForceNewDeployment: true },
      { Cluster: expect.anything(), Service: expect.stringContaining('SiteWorkerService'), ForceNewDeployment: true },
    ]);
    expect(branches[0].Resource).toMatch(/:states:::aws-sdk:ecs:updateService$/);
    expect(branches[0].Retry[0]).toMatchObject({ MaxAttempts: 8, IntervalSeconds: 10 });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('RedeployStateMachineRole'),
      PolicyDocument: {
        Statement: [
          {
            Action: 'ecs:UpdateService',
            Effect: 'Allow',
            Resource: [
              { Ref: Match.stringLikeRegexp('^SiteWebService') },
              { Ref: Match.stringLikeRegexp('^SiteWorkerService') },
            ],
          },
        ],
      },
    });
  });

  test('fails without services', () => {
    const stack = testStack();
    const secret = Secret.fromSecretNameV2(stack, 'Secret', 'shop/database');
    expect(() => new DeploymentAfterRotation(stack, 'Redeploy', { secret, services: [] })).toThrow(
      "'services' must hold at least one service, got none. Add them before, and pass `site.services` [Test/Redeploy]",
    );
  });
});
