import { Lazy } from 'aws-cdk-lib';
import { type GitHubRepository, GitHubSubject } from '../../src';
import { expectNoRole, GITHUB, githubRole, pushFromGitHub, SHOP, trustOf } from './push-roles';

const NUMBERED = { ...SHOP, ownerId: '1', repositoryId: '2' };

/** Subjects that a role trusts, one list for each statement, and the number of the repository that goes with it. */
function trusted(...subjects: GitHubSubject[]) {
  return trustOf(githubRole({ subjects })).Statement.map(({ Condition }) => {
    const { [`${GITHUB}:sub`]: sub, [`${GITHUB}:aud`]: aud, ...others } = Condition?.StringEquals ?? {};
    expect(aud).toBe('sts.amazonaws.com');
    return { sub, ...others };
  });
}

describe('a subject', () => {
  test('is an environment, a branch or a tag', () => {
    expect(
      trusted(
        GitHubSubject.environment(SHOP, 'Release EU/1'),
        GitHubSubject.branch(SHOP, 'feature/x@y#1'),
        GitHubSubject.tag(SHOP, 'v1.2.3'),
      ),
    ).toEqual([
      {
        sub: [
          'repo:octo/app:environment:Release EU/1',
          'repo:octo/app:ref:refs/heads/feature/x@y#1',
          'repo:octo/app:ref:refs/tags/v1.2.3',
        ],
      },
    ]);
  });

  test('with numbers is trusted without them in it only for the repository with the number', () => {
    expect(trusted(GitHubSubject.environment(NUMBERED, 'release'), GitHubSubject.branch(NUMBERED, 'main'))).toEqual([
      { sub: ['repo:octo@1/app@2:environment:release', 'repo:octo@1/app@2:ref:refs/heads/main'] },
      {
        sub: ['repo:octo/app:environment:release', 'repo:octo/app:ref:refs/heads/main'],
        [`${GITHUB}:repository_id`]: '2',
      },
    ]);
  });

  test('may be of several repositories, each with its own number', () => {
    const blog = { ...NUMBERED, repository: 'blog', repositoryId: '7' };

    expect(trusted(GitHubSubject.branch(NUMBERED, 'main'), GitHubSubject.branch(blog, 'main'))).toEqual([
      { sub: ['repo:octo@1/app@2:ref:refs/heads/main', 'repo:octo@1/blog@7:ref:refs/heads/main'] },
      { sub: ['repo:octo/app:ref:refs/heads/main'], [`${GITHUB}:repository_id`]: '2' },
      { sub: ['repo:octo/blog:ref:refs/heads/main'], [`${GITHUB}:repository_id`]: '7' },
    ]);
  });
});

describe('a repository', () => {
  const owner = (value: string) =>
    `'owner' must be the name of a GitHub user or organization, 1 to 39 letters, digits, '-' and '_', got '${value}' [Test/Push]`;
  const repository = (value: string) =>
    "'repository' must be the name of a GitHub repository without its owner, 1 to 100 letters, digits, '.', '-' and '_', " +
    `got '${value}' [Test/Push]`;
  const number = (prop: string, value: string) =>
    `'${prop}' must be the number that GitHub has for octo/app, got '${value}': ask 'gh api repos/octo/app' [Test/Push]`;

  test.each<[Partial<GitHubRepository>, string]>([
    [{ owner: '*' }, owner('*')],
    [{ owner: '' }, owner('')],
    [{ owner: 'octo@1' }, owner('octo@1')],
    [{ owner: 'octo/app' }, owner('octo/app')],
    [{ repository: '*' }, repository('*')],
    [{ repository: 'octo/app' }, repository('octo/app')],
    [{ repository: 'app@2' }, repository('app@2')],
    [{ repository: 'app:environment:release' }, repository('app:environment:release')],
    [{ repository: 'app?' }, repository('app?')],
    [{ ownerId: '*', repositoryId: '1' }, number('ownerId', '*')],
    [{ ownerId: '1', repositoryId: '012' }, number('repositoryId', '012')],
    [{ ownerId: '1', repositoryId: '' }, number('repositoryId', '')],
    [
      { ownerId: '1' },
      "'ownerId' and 'repositoryId' must be given both or neither, got '1' as 'ownerId' only [Test/Push]",
    ],
    [
      { repositoryId: '2' },
      "'ownerId' and 'repositoryId' must be given both or neither, got '2' as 'repositoryId' only [Test/Push]",
    ],
  ])('fails for %j', (differing, message) => {
    expectNoRole(
      (stack) => pushFromGitHub(stack, { subjects: [GitHubSubject.branch({ ...SHOP, ...differing }, 'main')] }),
      message,
    );
  });

  test('fails while its owner is unknown', () => {
    const unknown = Lazy.string({ produce: () => '*' });

    expectNoRole(
      (stack) => pushFromGitHub(stack, { subjects: [GitHubSubject.tag({ ...SHOP, owner: unknown }, 'v1')] }),
      owner(unknown),
    );
  });
});

describe('the name of', () => {
  const ref = (kind: string, value: string, wayOut: string) =>
    `'subjects' must name each ${kind} in full, without 'refs/', white space and any of ~ ^ : ? * [ \\ $, got '${value}': ${wayOut} [Test/Push]`;

  test.each(['*', 'release/*', 'v?', 'a:b', 'a b', 'refs/heads/main', '', `\${aws:username}`, 'a\u0000'])(
    'a branch fails for %j',
    (name) => {
      expectNoRole(
        (stack) => pushFromGitHub(stack, { subjects: [GitHubSubject.branch(SHOP, name)] }),
        ref('branch', name, 'trust each branch, or an environment'),
      );
    },
  );

  test.each(['v*', 'refs/tags/v1', '[0-9]'])('a tag fails for %j', (name) => {
    expectNoRole(
      (stack) => pushFromGitHub(stack, { subjects: [GitHubSubject.tag(SHOP, name)] }),
      ref('tag', name, 'trust an environment that only such tags may deploy to'),
    );
  });

  test.each(['*', 'prod?', 'Production:V1', 'Production%3AV1', '', `\${aws:username}`, 'a\nb', 'x'.repeat(256)])(
    'an environment fails for %j',
    (name) => {
      expectNoRole(
        (stack) => pushFromGitHub(stack, { subjects: [GitHubSubject.environment(SHOP, name)] }),
        `'subjects' must name each environment in full, in 1 to 255 characters, none of them : % * ? $, got '${name}': ` +
          'trust each one, and give it a name without these [Test/Push]',
      );
    },
  );
});
