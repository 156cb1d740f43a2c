import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraPostgresDatabase, type DatabaseProps, PostgresDatabase, SiteProfile } from '../../src';
import { DJANGO_PROCESSES } from '../../src/contract/container-environment';
import { addEverything, container, makeSite, templateOf, testStack } from '../fixtures';

describe("the database's secret", () => {
  test('can be read again by every process, which knows its ARN', () => {
    const made = makeSite();
    addEverything(made);
    const template = templateOf(made);

    const roles = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(
      ({ Properties }) => Properties.TaskRoleArn['Fn::GetAtt'][0],
    );
    const readers = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      Properties.PolicyDocument.Statement.some(
        ({ Action, Resource }: { Action: unknown; Resource: unknown }) =>
          JSON.stringify(Action).includes('secretsmanager:GetSecretValue') &&
          JSON.stringify(Resource).includes('SiteDatabaseInstanceSecretAttachment'),
      ),
    );
    const allowed = readers.flatMap(({ Properties }) => Properties.Roles.map(({ Ref }: { Ref: string }) => Ref));
    expect(allowed).toEqual(expect.arrayContaining(roles));
    for (const process of DJANGO_PROCESSES) {
      expect(container(template, process).Environment).toContainEqual({
        Name: 'DATABASE_SECRET_ARN',
        Value: { Ref: expect.stringContaining('SiteDatabaseInstanceSecretAttachment') },
      });
    }
  });

  test('can be read again when it is given', () => {
    const stack = testStack();
    const secretCompleteArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/database-a1b2c3';
    const database = PostgresDatabase.fromPostgresDatabaseAttributes({
      secret: Secret.fromSecretAttributes(stack, 'Login', { secretCompleteArn }),
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
    });
    makeSite({ database }, stack);

    const template = Template.fromStack(stack);
    const known = { Name: 'DATABASE_SECRET_ARN', Value: secretCompleteArn };
    expect(container(template, 'web').Environment).toContainEqual(known);
  });
});

const KINDS = { AuroraPostgresDatabase, PostgresDatabase };

/** A database of either kind, and a site that uses it. */
function make(kind: keyof typeof KINDS, props: Partial<DatabaseProps> = {}, stack = testStack()) {
  const vpc = new Vpc(stack, 'Vpc');
  const database = new KINDS[kind](stack, 'Database', { vpc, ...props });
  const made = makeSite({ vpc, database }, stack);
  return { database, made, template: () => Template.fromStack(stack) };
}

/** What the run user's secret begins with: its name, and where the owner's secret is. */
const runTemplate = (username: string) => ({
  'Fn::Join': [
    '',
    [`{"username":"${username}","masterarn":"`, { Ref: Match.stringLikeRegexp('SecretAttachment') }, '"}'],
  ],
});

const secretsOf = (task: { Secrets: { Name: string; ValueFrom: unknown }[] }) =>
  Object.fromEntries(task.Secrets.map(({ Name, ValueFrom }) => [Name, JSON.stringify(ValueFrom)]));

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('separateRunUser of %s', (kind) => {
  test('makes a second login for the same server, which every process but the release uses', () => {
    const { made, template } = make(kind, { users: { separateRunUser: true } });
    addEverything(made);
    const result = template();

    result.resourceCountIs('AWS::SecretsManager::SecretTargetAttachment', 2);
    result.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ SecretStringTemplate: runTemplate('django_run') }),
    });
    for (const process of DJANGO_PROCESSES.filter((name) => name !== 'release')) {
      const secrets = secretsOf(container(result, process));
      expect(secrets.DATABASE_SECRET).toContain('DatabaseRunSecretAttachment');
      expect(secrets.DATABASE_RUN_SECRET).toBeUndefined();
      expect(container(result, process).Environment).toContainEqual({
        Name: 'DATABASE_SECRET_ARN',
        Value: { Ref: expect.stringContaining('DatabaseRunSecretAttachment') },
      });
    }
  });

  test('lets the release connect as the owner, and prepare the run user before its command', () => {
    const { database, template } = make(kind, { users: { separateRunUser: true } });
    const release = container(template(), 'release');
    const secrets = secretsOf(release);

    expect(secrets.DATABASE_SECRET).toMatch(/Database(Instance|Cluster)SecretAttachment/);
    expect(secrets.DATABASE_RUN_SECRET).toContain('DatabaseRunSecretAttachment');
    expect(release.Environment).toContainEqual({
      Name: 'DATABASE_SECRET_ARN',
      Value: { Ref: expect.stringMatching(/Database(Instance|Cluster)SecretAttachment/) },
    });
    // behind the program that publishes static files
    const [python, option, program, ...command] = release.Command.slice(4);
    expect([python, option, ...command]).toEqual(['python', '-c', 'python', 'manage.py', 'migrate', '--noinput']);
    expect(program).toMatch(/json\.loads\(os\.environ\.pop\("DATABASE_RUN_SECRET"\)\)/);
    expect(database.ownerSecret).not.toBe(database.secret);
  });

  test("keeps the owner's secret from every process but the release", () => {
    const { made, template } = make(kind, { users: { separateRunUser: true } });
    addEverything(made);
    const policies = Object.entries(template().findResources('AWS::IAM::Policy'));
    const readers = policies.filter(([, { Properties }]) =>
      /Database(Instance|Cluster)SecretAttachment/.test(JSON.stringify(Properties)),
    );
    expect(readers.map(([id]) => id.slice(0, 15))).toEqual(['SiteReleaseTask', 'SiteReleaseTask']);
  });

  test.each([
    [SiteProfile.PRODUCTION, 'RetainExceptOnCreate'],
    [SiteProfile.DEVELOPMENT, 'Delete'],
  ])('keeps both logins as long as the database', (profile, policy) => {
    const stack = testStack();
    new KINDS[kind](stack, 'Database', { vpc: new Vpc(stack, 'Vpc'), users: { separateRunUser: true }, profile });
    const result = Template.fromStack(stack);
    const logins = Object.entries({
      ...result.findResources('AWS::SecretsManager::Secret'),
      ...result.findResources('AWS::SecretsManager::SecretTargetAttachment'),
    });

    expect(logins.map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual([policy, policy, policy, policy]);
  });

  test('is off unless it is asked for', () => {
    const { database, template } = make(kind);
    expect(database.ownerSecret).toBeUndefined();
    expect(container(template(), 'release').Command.slice(4)).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
  });

  test('takes its name from the owner, and fails when that is too long', () => {
    make(kind, { users: { separateRunUser: true, username: 'shop' } })
      .template()
      .hasResourceProperties('AWS::SecretsManager::Secret', {
        GenerateSecretString: Match.objectLike({ SecretStringTemplate: runTemplate('shop_run') }),
      });
    expect(() => make(kind, { users: { separateRunUser: true, username: 'a'.repeat(54) } })).toThrow(
      "'users.username' must have at most 53 characters with 'users.separateRunUser', got 54 [Test/Database]",
    );
    make(kind, { users: { separateRunUser: true, username: 'a'.repeat(53) } });
  });
});

test('a given database has a separate run user when both secrets are given', () => {
  const stack = testStack();
  const database = PostgresDatabase.fromPostgresDatabaseAttributes({
    secret: Secret.fromSecretNameV2(stack, 'Run', 'shop/run'),
    ownerSecret: Secret.fromSecretNameV2(stack, 'Owner', 'shop/owner'),
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
  });
  makeSite({ database }, stack);

  const template = Template.fromStack(stack);
  expect(secretsOf(container(template, 'web')).DATABASE_SECRET).toContain('shop/run');
  const release = secretsOf(container(template, 'release'));
  expect([release.DATABASE_SECRET, release.DATABASE_RUN_SECRET]).toEqual([
    expect.stringContaining('shop/owner'),
    expect.stringContaining('shop/run'),
  ]);
});
