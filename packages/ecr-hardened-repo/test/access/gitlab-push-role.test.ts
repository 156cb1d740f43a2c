import { GitLabSubject } from '../../src';
import { expectNoRole, gitlabRole, pushFromGitLab, trustOf } from './push-roles';

describe('a push role', () => {
  test("trusts equal values in tokens of the account's provider, and nothing else", () => {
    expect(trustOf(gitlabRole()).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/gitlab.com' },
        Condition: {
          StringEquals: {
            'gitlab.com:aud': 'https://gitlab.com',
            'gitlab.com:sub': ['project_path:octo/app:ref_type:branch:ref:main'],
          },
        },
      },
    ]);
  });

  test('trusts branches and tags of projects in groups', () => {
    const subjects = [
      GitLabSubject.branch('octo-group/web_team/shop.v2', 'release/1'),
      GitLabSubject.tag('octo/app', 'v1.2.3'),
    ];

    const [statement] = trustOf(gitlabRole({ subjects })).Statement;

    expect(statement.Condition?.StringEquals['gitlab.com:sub']).toEqual([
      'project_path:octo-group/web_team/shop.v2:ref_type:branch:ref:release/1',
      'project_path:octo/app:ref_type:tag:ref:v1.2.3',
    ]);
  });

  test('trusts an instance of its own, with the instance as audience', () => {
    const [statement] = trustOf(gitlabRole({ issuer: 'https://gitlab.example.com' })).Statement;

    expect(statement.Principal).toEqual({
      Federated: 'arn:aws:iam::111122223333:oidc-provider/gitlab.example.com',
    });
    expect(statement.Condition?.StringEquals).toEqual({
      'gitlab.example.com:aud': 'https://gitlab.example.com',
      'gitlab.example.com:sub': ['project_path:octo/app:ref_type:branch:ref:main'],
    });
  });

  test('trusts another audience when told', () => {
    const [statement] = trustOf(gitlabRole({ audience: 'sts.amazonaws.com' })).Statement;

    expect(statement.Condition?.StringEquals['gitlab.com:aud']).toBe('sts.amazonaws.com');
  });
});

describe('a role', () => {
  test('fails without repositories', () => {
    expectNoRole(
      (stack) => pushFromGitLab(stack, { repositories: [] }),
      "'repositories' must hold at least one repository, got 0 [Test/Push]",
    );
  });

  test('fails without subjects', () => {
    expectNoRole(
      (stack) => pushFromGitLab(stack, { subjects: [] }),
      "'subjects' must hold at least one subject, got 0: a role without any would trust nobody [Test/Push]",
    );
  });

  test('fails for an issuer without https', () => {
    expectNoRole(
      (stack) => pushFromGitLab(stack, { issuer: 'http://gitlab.example.com' }),
      "'issuer' must be an https URL without port, query and trailing slash, got 'http://gitlab.example.com' [Test/Push]",
    );
  });

  test.each(['shop', '', 'octo-group/*', 'octo/app:ref_type:branch', '/octo/app', 'octo/app/'])(
    'fails for the project %j',
    (project) => {
      expectNoRole(
        (stack) => pushFromGitLab(stack, { subjects: [GitLabSubject.branch(project, 'main')] }),
        `'subjects' must name each project with its groups, such as 'group/project', got '${project}' [Test/Push]`,
      );
    },
  );

  test.each(['*', 'refs/heads/main', 'main:ref_type:tag'])('fails for the branch %j', (branch) => {
    expectNoRole(
      (stack) => pushFromGitLab(stack, { subjects: [GitLabSubject.branch('octo/app', branch)] }),
      "'subjects' must name each branch in full, without 'refs/', white space and any of ~ ^ : ? * [ \\ $, " +
        `got '${branch}': trust each one, or push from a protected branch [Test/Push]`,
    );
  });

  test('fails for a pattern of tags', () => {
    expectNoRole(
      (stack) => pushFromGitLab(stack, { subjects: [GitLabSubject.tag('octo/app', 'v*')] }),
      "'subjects' must name each tag in full, without 'refs/', white space and any of ~ ^ : ? * [ \\ $, " +
        "got 'v*': trust each one, or push from a protected branch [Test/Push]",
    );
  });
});
