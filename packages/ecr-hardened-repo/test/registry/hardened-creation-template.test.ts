import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CreationScenario, HardenedCreationTemplate, type HardenedCreationTemplateProps } from '../../src';
import { emptyStack, lifecycleRules, repository } from '../fixtures';
import { refusal, refused } from './refusal';

const TYPE = 'AWS::ECR::RepositoryCreationTemplate';
const { CREATE_ON_PUSH, PULL_THROUGH_CACHE, REPLICATION } = CreationScenario;

function template(props: Partial<HardenedCreationTemplateProps> = {}): Template {
  const stack = emptyStack();
  new HardenedCreationTemplate(stack, 'Template', { prefix: 'shop', appliedFor: [CREATE_ON_PUSH], ...props });
  return Template.fromStack(stack);
}

function policyRules(made: Template): unknown[] {
  const [resource] = Object.values(made.findResources(TYPE));
  return JSON.parse(resource.Properties.LifecyclePolicy).rules;
}

function refusedProps(props: Partial<HardenedCreationTemplateProps>) {
  return refusal(
    (stack) =>
      new HardenedCreationTemplate(stack, 'Template', { prefix: 'shop', appliedFor: [CREATE_ON_PUSH], ...props }),
  );
}

describe('a creation template', () => {
  test('makes repositories immutable, encrypted with a key of yours, and closed to others', () => {
    template().hasResourceProperties(TYPE, {
      Prefix: 'shop',
      AppliedFor: ['CREATE_ON_PUSH'],
      ImageTagMutability: 'IMMUTABLE',
      ImageTagMutabilityExclusionFilters: Match.absent(),
      EncryptionConfiguration: {
        EncryptionType: 'KMS',
        KmsKey: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TemplateKey'), 'Arn'] },
      },
      CustomRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TemplateRole'), 'Arn'] },
      RepositoryPolicy: Match.absent(),
      ResourceTags: Match.absent(),
    });
  });

  test('makes a key that rotates and outlives the stack', () => {
    template().hasResource('AWS::KMS::Key', {
      Properties: { EnableKeyRotation: true },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('uses a key that is given', () => {
    const stack = emptyStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Shared', 'arn:aws:kms:eu-west-1:111122223333:key/shared');

    new HardenedCreationTemplate(stack, 'Template', { prefix: 'shop', appliedFor: [CREATE_ON_PUSH], encryptionKey });

    const made = Template.fromStack(stack);
    made.resourceCountIs('AWS::KMS::Key', 0);
    made.hasResourceProperties(TYPE, { EncryptionConfiguration: { KmsKey: encryptionKey.keyArn } });
  });

  test('has the lifecycle policy of a hardened repository', () => {
    expect(policyRules(template())).toEqual(lifecycleRules(repository()));
  });

  test('has the lifecycle policy of a hardened repository with the same settings', () => {
    const retention = {
      releaseTagPatterns: ['release-*', '20*'],
      retainReleases: 7,
      expireUntaggedAfter: Duration.days(3),
    };

    expect(policyRules(template(retention))).toEqual(lifecycleRules(repository(retention)));
  });

  test('tags the repositories', () => {
    template({ resourceTags: { team: 'shop' } }).hasResourceProperties(TYPE, {
      ResourceTags: [{ Key: 'team', Value: 'shop' }],
    });
  });

  test('waits for the permissions of its role', () => {
    template().hasResource(TYPE, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^TemplateRoleDefaultPolicy')]),
    });
  });
});

describe('the role of a creation template', () => {
  const KEY_STATEMENT = {
    Effect: 'Allow',
    Action: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'],
    Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TemplateKey'), 'Arn'] },
  };

  function expectRole(props: Partial<HardenedCreationTemplateProps>, Action: unknown, repositories: string): void {
    template(props).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action, Resource: `arn:aws:ecr:eu-west-1:111122223333:repository/${repositories}` },
          KEY_STATEMENT,
        ],
      },
    });
  }

  test('is assumed by ECR', () => {
    template().hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecr.amazonaws.com' } }],
      },
    });
  });

  test('may create the repositories of its namespace and use the key', () => {
    expectRole({}, 'ecr:CreateRepository', 'shop/*');
  });

  test('may create every repository for ROOT', () => {
    expectRole({ prefix: 'ROOT' }, 'ecr:CreateRepository', '*');
  });

  test('may also replicate and tag where the template does', () => {
    expectRole(
      { appliedFor: [REPLICATION], resourceTags: { team: 'shop' } },
      ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'],
      'shop/*',
    );
  });
});

describe('tags that may move', () => {
  test('are those that a pattern matches', () => {
    template({ mutableTagPatterns: ['latest', '3.*'] }).hasResourceProperties(TYPE, {
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [
        { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'latest' },
        { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: '3.*' },
      ],
    });
  });

  test('may be all of a pull through cache', () => {
    template({ appliedFor: [PULL_THROUGH_CACHE], mutableTagPatterns: ['*'] }).hasResourceProperties(TYPE, {
      ImageTagMutability: 'MUTABLE',
      ImageTagMutabilityExclusionFilters: Match.absent(),
    });
  });

  test.each([[[CREATE_ON_PUSH]], [[PULL_THROUGH_CACHE, REPLICATION]]])('fail to be all for %j', (appliedFor) => {
    expect(refusedProps({ appliedFor, mutableTagPatterns: ['*'] })).toEqual(
      refused(
        "'mutableTagPatterns' must leave some tags immutable, got '*': name the tags that may move, or make a " +
          'template for PULL_THROUGH_CACHE alone [Test/Template]',
      ),
    );
  });

  test.each(['a*b*c*', 'v1/2', ''])("fail for the pattern '%s'", (pattern) => {
    expect(refusedProps({ mutableTagPatterns: [pattern] })).toEqual(
      refused(
        "'mutableTagPatterns' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and at most two '*', " +
          `got '${pattern}' [Test/Template]`,
      ),
    );
  });

  test('fail for more than five patterns', () => {
    expect(refusedProps({ mutableTagPatterns: ['a', 'b', 'c', 'd', 'e', 'f'] })).toEqual(
      refused("'mutableTagPatterns' must hold at most 5 patterns, got 6 [Test/Template]"),
    );
  });

  test.each([
    [undefined, 1],
    [[], 0],
    [['latest'], 0],
  ])('of a pull through cache are asked about: %j', (mutableTagPatterns, warnings) => {
    const stack = emptyStack();
    new HardenedCreationTemplate(stack, 'Template', {
      prefix: 'shop',
      appliedFor: [PULL_THROUGH_CACHE],
      mutableTagPatterns,
    });

    expect(
      Annotations.fromStack(stack).findWarning(
        '/Test/Template',
        Match.stringLikeRegexp('tags of the pull through cache stay at the image that was pulled first'),
      ),
    ).toHaveLength(warnings);
  });
});

describe('input of a creation template', () => {
  test.each(['Shop', 'shop/', '/shop', 'shop//web', '', 'a'.repeat(257)])("fails for the prefix '%s'", (prefix) => {
    expect(refusedProps({ prefix })).toEqual(
      refused(
        "'prefix' must be ROOT or a namespace of 1 to 256 lowercase letters and digits, with '.', '_', '-' or '/' " +
          `between them, got '${prefix}' [Test/Template]`,
      ),
    );
  });

  test('fails when it is for nothing', () => {
    expect(refusedProps({ appliedFor: [] })).toEqual(
      refused("'appliedFor' must hold 1 to 3 scenarios, got 0 [Test/Template]"),
    );
  });

  test('fails for a lifecycle policy that a hardened repository does not take', () => {
    expect(refusedProps({ releaseTagPatterns: [] }).message).toMatch(
      /^'releaseTagPatterns' must hold 1 to \d+ patterns/,
    );
    expect(refusedProps({ retainReleases: 1 }).message).toMatch(/^'retainReleases' must be a whole number/);
    expect(refusedProps({ expireUntaggedAfter: Duration.hours(1) }).message).toMatch(/^'expireUntaggedAfter' must be/);
  });

  test('fails for a key of another region', () => {
    const { message, made } = refusal((stack) => {
      const encryptionKey = kms.Key.fromKeyArn(stack, 'Shared', 'arn:aws:kms:us-east-1:111122223333:key/shared');
      new HardenedCreationTemplate(stack, 'Template', { prefix: 'shop', appliedFor: [CREATE_ON_PUSH], encryptionKey });
    });

    expect(message).toMatch(
      /^'encryptionKey' must be a key of the repository's region eu-west-1, got one in us-east-1/,
    );
    expect(made).toEqual([]);
  });

  test('fails for a namespace that has a template', () => {
    const app = new App();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const [first, second] = ['First', 'Second'].map((id) => new Stack(app, id, { env }));
    const props = { prefix: 'shop', appliedFor: [CREATE_ON_PUSH] };
    new HardenedCreationTemplate(first, 'Template', props);

    expect(() => new HardenedCreationTemplate(second, 'Other', { ...props, prefix: 'shop/web' })).not.toThrow();
    expect(() => new HardenedCreationTemplate(second, 'Template', props)).toThrow(
      "the template for 'shop' must be the only one of its account and region, got another one at First/Template: " +
        'keep one of them [Second/Template]',
    );
  });
});
