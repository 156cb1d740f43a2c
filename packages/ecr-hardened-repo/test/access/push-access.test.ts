import { GitHubSubject, GitLabSubject } from '../../src';
import { type AccessRequest, allows } from './policy-evaluation';
import { ACCOUNT, document, GITHUB, githubRole, gitlabRole, SHOP, trustOf } from './push-roles';

const SHOP_ARN = `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/shop`;
const NUMBERED = { ...SHOP, ownerId: '1', repositoryId: '2' };

/** What STS asks the trust policy for an ID token. */
function token(issuer: string, claims: Record<string, string>): AccessRequest {
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    caller: { kind: 'Federated', name: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
    context: Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value])),
  };
}

function githubToken(sub: string, claims: Record<string, string> = {}): AccessRequest {
  return token(GITHUB, { aud: 'sts.amazonaws.com', sub, ...claims });
}

describe('a role for a branch and an environment of a repository without numbers', () => {
  const trust = trustOf(
    githubRole({ subjects: [GitHubSubject.branch(SHOP, 'main'), GitHubSubject.environment(SHOP, 'Release EU')] }),
  );

  test.each([
    ['the branch', 'repo:octo/app:ref:refs/heads/main', true],
    ['the environment', 'repo:octo/app:environment:Release EU', true],
    ['another branch', 'repo:octo/app:ref:refs/heads/main2', false],
    ['a branch below it', 'repo:octo/app:ref:refs/heads/main/x', false],
    ['a tag with its name', 'repo:octo/app:ref:refs/tags/main', false],
    ['a pull request', 'repo:octo/app:pull_request', false],
    ['another environment', 'repo:octo/app:environment:release eu', false],
    ['an environment that begins alike', 'repo:octo/app:environment:Release EU%3Aref', false],
    ['another owner that begins alike', 'repo:octo-evil/app:ref:refs/heads/main', false],
    ['another repository that begins alike', 'repo:octo/app2:ref:refs/heads/main', false],
    ['another owner that ends alike', 'repo:evil-octo/app:ref:refs/heads/main', false],
    ['another upper and lower case', 'repo:Octo/app:ref:refs/heads/main', false],
    ['numbers in the subject', 'repo:octo@1/app@2:ref:refs/heads/main', false],
    ['the subject inside of another', 'repo:evil/x:environment:repo%3Aocto/app%3Aref%3Arefs/heads/main', false],
    ['a pattern', 'repo:octo/app:*', false],
    ['nothing', '', false],
  ])('trusts %s (%s): %s', (_, sub, expected) => {
    expect(allows(trust, githubToken(sub))).toBe(expected);
  });

  test('trusts no other audience, issuer, account and action', () => {
    const good = githubToken('repo:octo/app:ref:refs/heads/main');
    const { context } = good;
    const caller = (kind: 'AWS' | 'Federated', name: string) => ({ ...good, caller: { kind, name } });

    expect(allows(trust, good)).toBe(true);
    expect(allows(trust, githubToken('repo:octo/app:ref:refs/heads/main', { aud: 'https://github.com/octo' }))).toBe(
      false,
    );
    expect(allows(trust, caller('Federated', `arn:aws:iam::${ACCOUNT}:oidc-provider/gitlab.com`))).toBe(false);
    expect(allows(trust, caller('AWS', `arn:aws:iam::${ACCOUNT}:user/alice`))).toBe(false);
    expect(allows(trust, { ...good, action: 'sts:AssumeRole' })).toBe(false);
    expect(allows(trust, { ...good, caller: undefined })).toBe(false);
    expect(
      allows(trust, token('gitlab.com', { aud: 'sts.amazonaws.com', sub: 'repo:octo/app:ref:refs/heads/main' })),
    ).toBe(false);
    for (const key of Object.keys(context ?? {})) {
      const { [key]: _, ...without } = context ?? {};
      expect(allows(trust, { ...good, context: without })).toBe(false);
    }
  });
});

describe('a role for a repository with numbers', () => {
  const trust = trustOf(
    githubRole({
      subjects: [
        GitHubSubject.branch(NUMBERED, 'main'),
        GitHubSubject.environment({ ...NUMBERED, repository: 'blog', repositoryId: '9' }, 'release'),
      ],
    }),
  );

  test.each([
    ['the newer form', 'repo:octo@1/app@2:ref:refs/heads/main', '2', true],
    ['the older form of the same repository', 'repo:octo/app:ref:refs/heads/main', '2', true],
    ['the older form of a repository that took over the name', 'repo:octo/app:ref:refs/heads/main', '7', false],
    ['the older form without a number in the token', 'repo:octo/app:ref:refs/heads/main', undefined, false],
    ["another trusted repository's number", 'repo:octo/app:ref:refs/heads/main', '9', false],
    ["another trusted repository's environment", 'repo:octo/app:environment:release', '2', false],
    ['the other repository', 'repo:octo@1/blog@9:environment:release', '9', true],
    ['an owner that took over the name', 'repo:octo@7/app@2:ref:refs/heads/main', '2', false],
    ['a repository that took over the name', 'repo:octo@1/app@7:ref:refs/heads/main', '7', false],
    ['a repository that begins alike', 'repo:octo@1/app-2@3:ref:refs/heads/main', '3', false],
    ['numbers that begin alike', 'repo:octo@12/app@2:ref:refs/heads/main', '2', false],
    ['a mixture of the forms', 'repo:octo@1/app:ref:refs/heads/main', '2', false],
    ['a pull request', 'repo:octo@1/app@2:pull_request', '2', false],
    ['a pull request in the older form', 'repo:octo/app:pull_request', '2', false],
    ['another branch', 'repo:octo@1/app@2:ref:refs/heads/dev', '2', false],
  ])('trusts %s (%s, %s): %s', (_, sub, number, expected) => {
    expect(allows(trust, githubToken(sub, number === undefined ? {} : { repository_id: number }))).toBe(expected);
  });
});

describe('a role for a branch and a tag of a project on GitLab', () => {
  const trust = trustOf(
    gitlabRole({ subjects: [GitLabSubject.branch('octo/app', 'main'), GitLabSubject.tag('octo/app', 'v1.0.0')] }),
  );
  const gitlabToken = (sub: string, aud = 'https://gitlab.com') => token('gitlab.com', { aud, sub });

  test.each([
    ['the branch, also in a merge request from it', 'project_path:octo/app:ref_type:branch:ref:main', true],
    ['the tag', 'project_path:octo/app:ref_type:tag:ref:v1.0.0', true],
    ['another branch, also in a merge request into the branch', 'project_path:octo/app:ref_type:branch:ref:fix', false],
    ['a merge request from a fork', 'project_path:evil/app:ref_type:branch:ref:main', false],
    ['a tag with the name of the branch', 'project_path:octo/app:ref_type:tag:ref:main', false],
    ['another tag', 'project_path:octo/app:ref_type:tag:ref:v1.0.01', false],
    ['a project that begins alike', 'project_path:octo/app2:ref_type:branch:ref:main', false],
    ['a project in a group below', 'project_path:octo/app/app:ref_type:branch:ref:main', false],
    ['components in another order', 'project_path:octo/app:ref:main:ref_type:branch', false],
    ['fewer components', 'project_path:octo/app:ref:main', false],
  ])('trusts %s (%s): %s', (_, sub, expected) => {
    expect(allows(trust, gitlabToken(sub))).toBe(expected);
  });

  test('trusts no other audience and no other instance', () => {
    const sub = 'project_path:octo/app:ref_type:branch:ref:main';

    expect(allows(trust, gitlabToken(sub, 'https://vault.example.com'))).toBe(false);
    expect(allows(trust, token('gitlab.example.com', { aud: 'https://gitlab.com', sub }))).toBe(false);
  });
});

describe.each([
  ['GitHub', githubRole()],
  ['GitLab', gitlabRole()],
])('a role for jobs of %s', (_, role) => {
  const policy = document(role, 'AWS::IAM::Policy', 'PolicyDocument');

  test.each([
    'BatchCheckLayerAvailability',
    'BatchGetImage',
    'CompleteLayerUpload',
    'DescribeImages',
    'InitiateLayerUpload',
    'PutImage',
    'UploadLayerPart',
  ])('may call %s on its repository only', (action) => {
    const on = (resource: string) => allows(policy, { action: `ecr:${action}`, resource });

    expect(on(SHOP_ARN)).toBe(true);
    expect(on(`${SHOP_ARN}2`)).toBe(false);
    expect(on(SHOP_ARN.replace(ACCOUNT, '444455556666'))).toBe(false);
    expect(on('*')).toBe(false);
  });

  test.each([
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchDeleteImage',
    'ecr:DeleteRepository',
    'ecr:PutImageTagMutability',
    'ecr:PutLifecyclePolicy',
    'ecr:SetRepositoryPolicy',
    'ecr:UpdateImageStorageClass',
    'ecr:ReplicateImage',
    'iam:PassRole',
    'sts:AssumeRole',
  ])('may not call %s', (action) => {
    expect(allows(policy, { action, resource: SHOP_ARN })).toBe(false);
    expect(allows(policy, { action, resource: '*' })).toBe(false);
  });

  test('may log in', () => {
    expect(allows(policy, { action: 'ecr:GetAuthorizationToken', resource: '*' })).toBe(true);
  });
});
