import { Template } from 'aws-cdk-lib/assertions';
import { HardenedRepository } from '../../src';
import { emptyStack } from '../fixtures';
import { type AccessRequest, allows, type PolicyDocument } from './policy-evaluation';
import { document } from './push-roles';

// CDK prints its warnings
jest.spyOn(console, 'error').mockImplementation();

const ORGANIZATION = 'o-a1b2c3d4e5';
const RESIZE = 'arn:aws:lambda:eu-west-1:444455556666:function:resize';

/** Policy of a repository that lets others pull. */
function repositoryPolicy(allow: (repository: HardenedRepository) => void): PolicyDocument {
  const stack = emptyStack();
  const repository = new HardenedRepository(stack, 'Images');
  allow(repository);
  return document(Template.fromStack(stack), 'AWS::ECR::Repository', 'RepositoryPolicyText');
}

function roleOf(account: string, organization?: string): Pick<AccessRequest, 'caller' | 'context'> {
  return {
    caller: { kind: 'AWS', name: `arn:aws:iam::${account}:role/task` },
    context: organization === undefined ? {} : { 'aws:PrincipalOrgID': organization },
  };
}

function service(name: string, arn?: string): Pick<AccessRequest, 'caller' | 'context'> {
  return { caller: { kind: 'Service', name }, context: arn === undefined ? {} : { 'aws:SourceArn': arn } };
}

const ANYBODY = { caller: { kind: 'Anonymous', name: '' } } as const;
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const LAMBDA_PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const NEVER = ['ecr:PutImage', 'ecr:InitiateLayerUpload', 'ecr:BatchDeleteImage', 'ecr:SetRepositoryPolicy'];

describe.each([
  [
    'an account',
    repositoryPolicy((repository) => repository.allowPullFromAccounts('444455556666')),
    PULL,
    [
      ['the account', roleOf('444455556666'), true],
      ['another account', roleOf('777788889999'), false],
      ['anybody', ANYBODY, false],
      ['Lambda', service('lambda.amazonaws.com', RESIZE), false],
    ],
  ],
  [
    'an organization',
    repositoryPolicy((repository) => repository.allowPullFromOrganization(ORGANIZATION)),
    PULL,
    [
      ['a member', roleOf('444455556666', ORGANIZATION), true],
      ['a member of another one', roleOf('444455556666', 'o-a1b2c3d4e5f'), false],
      ['an account without one', roleOf('444455556666'), false],
      ['anybody', ANYBODY, false],
      ['Lambda', service('lambda.amazonaws.com', RESIZE), false],
    ],
  ],
  [
    'a function',
    repositoryPolicy((repository) => repository.allowPullByLambda(RESIZE)),
    LAMBDA_PULL,
    [
      ['the function', service('lambda.amazonaws.com', RESIZE), true],
      ['a version of it', service('lambda.amazonaws.com', `${RESIZE}:7`), true],
      ['a function that begins alike', service('lambda.amazonaws.com', `${RESIZE}2`), false],
      ['another function', service('lambda.amazonaws.com', RESIZE.replace('resize', 'crop')), false],
      [
        'one of another account',
        service('lambda.amazonaws.com', RESIZE.replace('444455556666', '7'.repeat(12))),
        false,
      ],
      ['one of another region', service('lambda.amazonaws.com', RESIZE.replace('west', 'east')), false],
      ['Lambda for no function', service('lambda.amazonaws.com'), false],
      ['another service', service('ecs-tasks.amazonaws.com', RESIZE), false],
      ["the function's account", roleOf('444455556666'), false],
      ['anybody', ANYBODY, false],
    ],
  ],
] as const)('a repository that lets %s pull', (_, policy, pull, callers) => {
  test.each(callers.map(([who, request, expected]) => ({ who, request, expected })))(
    'allows it to $who: $expected',
    ({ request, expected }) => {
      for (const action of pull) {
        expect(allows(policy, { ...request, action })).toBe(expected);
      }
    },
  );

  test('allows nothing but that', () => {
    for (const [, request] of callers) {
      for (const action of [...NEVER, ...PULL.filter((name) => !(pull as readonly string[]).includes(name))]) {
        expect(allows(policy, { ...request, action })).toBe(false);
      }
    }
  });
});
