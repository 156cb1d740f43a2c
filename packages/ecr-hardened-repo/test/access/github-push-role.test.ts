import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { GitHubSubject } from '../../src';
import { emptyStack } from '../fixtures';
import { expectNoRole, GITHUB, githubRole, pushFromGitHub, trustOf } from './push-roles';

describe('a push role', () => {
  test("trusts equal values in tokens of the account's provider, and nothing else", () => {
    expect(trustOf(githubRole()).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${GITHUB}` },
        Condition: {
          StringEquals: {
            [`${GITHUB}:aud`]: 'sts.amazonaws.com',
            [`${GITHUB}:sub`]: ['repo:octo/app:ref:refs/heads/main'],
          },
        },
      },
    ]);
  });

  test('may push to its repositories, see their tags, and nothing else', () => {
    const stack = emptyStack();
    const shop = ecr.Repository.fromRepositoryName(stack, 'Shop', 'shop');
    const jobs = new ecr.Repository(stack, 'Jobs');
    pushFromGitHub(stack, { repositories: [shop, jobs] });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Sid: 'Login', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
          {
            Sid: 'Push',
            Effect: 'Allow',
            Action: [
              'ecr:BatchCheckLayerAvailability',
              'ecr:BatchGetImage',
              'ecr:CompleteLayerUpload',
              'ecr:DescribeImages',
              'ecr:InitiateLayerUpload',
              'ecr:PutImage',
              'ecr:UploadLayerPart',
            ],
            Resource: [stack.resolve(shop.repositoryArn), stack.resolve(jobs.repositoryArn)],
          },
        ],
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent(), Policies: Match.absent() });
  });

  test('takes a name and a duration', () => {
    githubRole({ roleName: 'push-shop', maxSessionDuration: Duration.hours(2) }).hasResourceProperties(
      'AWS::IAM::Role',
      {
        RoleName: 'push-shop',
        MaxSessionDuration: 7200,
      },
    );
  });

  test.each([
    ['OidcProviderNative', (stack: Stack) => new iam.OidcProviderNative(stack, 'GitHub', { url: `https://${GITHUB}` })],
    ['CfnOIDCProvider', (stack: Stack) => new iam.CfnOIDCProvider(stack, 'GitHub', { url: `https://${GITHUB}` })],
    [
      'an imported OpenIdConnectProvider',
      (stack: Stack) =>
        iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(
          stack,
          'GitHub',
          `arn:aws:iam::111122223333:oidc-provider/${GITHUB}`,
        ),
    ],
  ])('takes a provider made by %s', (_, make) => {
    const stack = emptyStack();
    const provider = make(stack);
    pushFromGitHub(stack, { provider });

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({ Principal: { Federated: stack.resolve(provider.oidcProviderRef.oidcProviderArn) } }),
        ],
      },
    });
  });

  test('trusts another issuer and audience when told', () => {
    const role = githubRole({ issuer: `https://${GITHUB}/octo-enterprise`, audience: 'sts.amazonaws.com.cn' });
    const [statement] = trustOf(role).Statement;

    expect(statement.Principal).toEqual({
      Federated: `arn:aws:iam::111122223333:oidc-provider/${GITHUB}/octo-enterprise`,
    });
    expect(statement.Condition?.StringEquals).toEqual({
      [`${GITHUB}/octo-enterprise:aud`]: 'sts.amazonaws.com.cn',
      [`${GITHUB}/octo-enterprise:sub`]: ['repo:octo/app:ref:refs/heads/main'],
    });
  });
});

describe('a role', () => {
  test('fails without repositories', () => {
    expectNoRole(
      (stack) => pushFromGitHub(stack, { repositories: [] }),
      "'repositories' must hold at least one repository, got 0 [Test/Push]",
    );
  });

  test('fails without subjects', () => {
    expectNoRole(
      (stack) => pushFromGitHub(stack, { subjects: [] }),
      "'subjects' must hold at least one subject, got 0: a role without any would trust nobody [Test/Push]",
    );
  });

  test("fails for another account's repository", () => {
    const arn = 'arn:aws:ecr:eu-west-1:444455556666:repository/shop';

    expectNoRole(
      (stack) => pushFromGitHub(stack, { repositories: [ecr.Repository.fromRepositoryArn(stack, 'Other', arn)] }),
      "'repositories' must be of the role's account 111122223333, got one of 444455556666: make the role there [Test/Push]",
    );
  });

  test('fails for the provider of another issuer', () => {
    const arn = 'arn:aws:iam::111122223333:oidc-provider/gitlab.com';

    expectNoRole(
      (stack) => pushFromGitHub(stack, { provider: iam.OidcProviderNative.fromOidcProviderArn(stack, 'GitLab', arn) }),
      `'provider' must be the provider of https://${GITHUB}, got ${arn}: pass its 'issuer', too [Test/Push]`,
    );
  });

  test.each([
    'http://github.example.com',
    'github.example.com',
    'https://github.example.com/',
    'https://github.example.com:8443',
    'https://github.example.com?a=b',
    'https://*.example.com',
  ])('fails for the issuer %s', (issuer) => {
    expectNoRole(
      (stack) => pushFromGitHub(stack, { issuer }),
      `'issuer' must be an https URL without port, query and trailing slash, got '${issuer}' [Test/Push]`,
    );
  });
});

test('a role for more environments than fit into its trust policy is refused', () => {
  const environments = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      GitHubSubject.environment(
        { owner: 'octo-organization', repository: 'storefront', ownerId: '123456789', repositoryId: '456789012' },
        `production-${index}`,
      ),
    );
  githubRole({ subjects: environments(3) });
  expect(() => githubRole({ subjects: environments(20) })).toThrow(
    /'subjects' must fit into a trust policy of 2048 characters, got \d{4}: make several roles with fewer subjects each/,
  );
});
