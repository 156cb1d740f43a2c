import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HardenedRepository, type HardenedRepositoryProps, ImageEncryption } from '../../src';
import { emptyStack, repository } from '../fixtures';
import { described, WEAKER_CHOICES } from '../posture';

// CDK prints what it warns of
beforeEach(() => void jest.spyOn(console, 'error').mockImplementation());

/** Warnings of one repository to which something was done. */
function warnings(props: HardenedRepositoryProps, act: (images: HardenedRepository) => void = () => {}): unknown[] {
  const stack = emptyStack();
  act(new HardenedRepository(stack, 'Images', props));
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ id, entry }) => [id, entry.data]);
}

function statement(principal: iam.IPrincipal, overrides: Partial<iam.PolicyStatementProps> = {}): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'], principals: [principal], ...overrides });
}

test.each(WEAKER_CHOICES)('$name warns of the rules that it gives up', ({ make, givesUp }) => {
  const stack = emptyStack();
  make(stack);
  const [warning] = Annotations.fromStack(stack).findWarning('*', Match.anyValue());

  expect(warning.entry.data).toContain(` does not satisfy ${described(givesUp)} [ack`);
});

describe('a repository warns', () => {
  test('of nothing by default', () => {
    expect(warnings({})).toEqual([]);
  });

  test('of tags that may move', () => {
    expect(warnings({ mutableTagPatterns: ['cache-*'] })).toEqual([
      [
        '/Test/Images',
        'this repository lets tags move and does not satisfy Security Hub ECR.2, Control Tower CT.ECR.PR.3, ' +
          'checkov CKV_AWS_51, Trivy AWS-0031 [ack: ecr-hardened-repo:mutableTagPatterns]',
      ],
    ]);
  });

  test('of a key that AWS manages', () => {
    expect(warnings({ encryption: ImageEncryption.awsManagedKey() })).toEqual([
      [
        '/Test/Images',
        'this repository encrypts by a key that AWS manages and does not satisfy Security Hub ECR.5, ' +
          'Trivy AWS-0033 [ack: ecr-hardened-repo:awsManagedKey]',
      ],
    ]);
  });

  test('of access for a whole organization', () => {
    expect(warnings({}, (images) => images.allowPullFromOrganization('o-abcdefghij'))).toEqual([
      [
        '/Test/Images',
        "this repository gives access to the principal '*' of an organization and does not satisfy " +
          'Trivy AWS-0032, cdk-nag AwsSolutions-ECR1 [ack: ecr-hardened-repo:organizationPrincipal]',
      ],
    ]);
  });

  test.each([new iam.AnyPrincipal(), new iam.StarPrincipal()])('of access for everybody: %j', (everybody) => {
    expect(warnings({}, (images) => images.addToResourcePolicy(statement(everybody)))).toEqual([
      [
        '/Test/Images',
        "this repository gives access to the principal '*' and does not satisfy checkov CKV_AWS_32, " +
          'Trivy AWS-0032, cdk-nag AwsSolutions-ECR1 [ack: ecr-hardened-repo:anyPrincipal]',
      ],
    ]);
  });

  test('of access for everybody under another condition than the organization', () => {
    const conditions = { StringEquals: { 'aws:PrincipalTag/team': 'shop' } };

    expect(
      warnings({}, (images) => images.addToResourcePolicy(statement(new iam.AnyPrincipal(), { conditions }))),
    ).toHaveLength(1);
  });

  test.each([
    ['a denial', statement(new iam.AnyPrincipal(), { effect: iam.Effect.DENY })],
    ['one account', statement(new iam.AccountPrincipal('444455556666'))],
  ])('not of %s', (_, harmless) => {
    expect(warnings({}, (images) => images.addToResourcePolicy(harmless))).toEqual([]);
  });
});

describe('tags that may move', () => {
  test('are excluded from immutability', () => {
    repository({ mutableTagPatterns: ['cache-*', 'nightly'] }).hasResourceProperties('AWS::ECR::Repository', {
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [
        { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'cache-*' },
        { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'nightly' },
      ],
    });
  });

  test.each([
    ['v1-cache', 'v*'],
    ['*', 'inuse-*'],
    ['*-web', 'inuse-*'],
    ['inuse-web-0123456789ab', 'inuse-*'],
    ['*v*', 'inuse-*'],
  ])('fail for %s, which could move a tag that must stay', (pattern, met) => {
    const stack = emptyStack();

    expect(() => new HardenedRepository(stack, 'Images', { mutableTagPatterns: [pattern] })).toThrow(
      `'mutableTagPatterns' must match no tag that '${met}' matches, got '${pattern}': a tag of a release or of an ` +
        "image that runs must never move, choose a prefix of its own such as 'cache-*' [Test/Images]",
    );
    expect(stack.node.children).toEqual([]);
  });

  test.each([
    [['a', 'b', 'c', 'd', 'e', 'f'], "'mutableTagPatterns' must hold at most 5 patterns, got 6 [Test/Images]"],
    [
      ['a*b*c*'],
      "'mutableTagPatterns' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and at most two '*', got 'a*b*c*' [Test/Images]",
    ],
  ])('fail for %j', (mutableTagPatterns, message) => {
    expect(() => repository({ mutableTagPatterns })).toThrow(message);
  });

  test('leave the rest of the posture as it is', () => {
    const stack = emptyStack();
    new HardenedRepository(stack, 'Images', {
      mutableTagPatterns: ['cache-*'],
      encryption: ImageEncryption.awsManagedKey(),
    });

    Template.fromStack(stack).hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'Retain',
      Properties: { ImageScanningConfiguration: { ScanOnPush: true }, LifecyclePolicy: Match.anyValue() },
    });
  });
});

describe('the key that AWS manages', () => {
  test("encrypts without a key of the repository's own", () => {
    const stack = emptyStack();
    const images = new HardenedRepository(stack, 'Images', { encryption: ImageEncryption.awsManagedKey() });

    const template = Template.fromStack(stack);
    expect(images.encryptionKey).toBeUndefined();
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.hasResourceProperties('AWS::ECR::Repository', {
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: Match.absent() },
    });
  });
});
