import { CfnParameter, Mixins, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  HardenedRepository,
  type HardenedRepositoryProps,
  RepositoryHardeningMixin,
  type RepositoryHardeningMixinProps,
} from '../../src';
import { emptyStack, lifecycleRules, repository } from '../fixtures';

const TYPE = 'AWS::ECR::Repository';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/shared';

/** A construct of somebody else. */
class Pipeline extends Construct {
  public readonly images: ecr.Repository;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.images = new ecr.Repository(this, 'Images', {
      imageTagMutability: ecr.TagMutability.MUTABLE,
      imageScanOnPush: false,
    });
  }
}

function keyOf(arn = KEY): kms.IKey {
  return kms.Key.fromKeyArn(emptyStack(), 'Shared', arn);
}

function hardened(make: (stack: Stack) => void, props?: RepositoryHardeningMixinProps): Template {
  const stack = emptyStack();
  make(stack);
  Mixins.of(stack).apply(new RepositoryHardeningMixin(props));
  return Template.fromStack(stack);
}

const POSTURE = { ImageTagMutability: 'IMMUTABLE', ImageScanningConfiguration: { ScanOnPush: true } };

describe('the mixin', () => {
  test.each<[string, (stack: Stack) => void]>([
    ['an ecr.Repository', (stack) => new ecr.Repository(stack, 'Images')],
    ['a CfnRepository', (stack) => new ecr.CfnRepository(stack, 'Images')],
    ['a repository inside a construct of somebody else', (stack) => new Pipeline(stack, 'Pipeline')],
  ])('hardens %s', (_, make) => {
    const made = hardened(make);

    made.hasResource(TYPE, { Properties: POSTURE, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(lifecycleRules(made)).toEqual(lifecycleRules(repository()));
  });

  test('is no change the second time', () => {
    const stack = emptyStack();
    new Pipeline(stack, 'Pipeline');

    Mixins.of(stack).apply(new RepositoryHardeningMixin(), new RepositoryHardeningMixin());

    const made = Template.fromStack(stack);
    made.hasResourceProperties(TYPE, POSTURE);
    expect(lifecycleRules(made)).toEqual(lifecycleRules(repository()));
  });

  test('leaves other resources as they are', () => {
    const stack = emptyStack();
    const topic = new sns.CfnTopic(stack, 'Topic');
    const mixin = new RepositoryHardeningMixin();

    mixin.applyTo(topic);

    expect(mixin.supports(topic)).toBe(false);
    expect(Template.fromStack(stack).toJSON().Resources).toEqual({ Topic: { Type: 'AWS::SNS::Topic' } });
  });

  test.each<[string, HardenedRepositoryProps]>([
    ['by default', {}],
    ['that is deleted with its stack', { removalPolicy: RemovalPolicy.DESTROY }],
    ['with rules of its own', { releaseTagPatterns: ['release-*'], retainReleases: 5 }],
  ])('leaves a hardened repository as it is: %s', (_, props) => {
    const made = hardened((stack) => new HardenedRepository(stack, 'Images', props), { encryptionKey: keyOf() });

    expect(made.toJSON()).toEqual(repository(props).toJSON());
  });
});

describe('mutability', () => {
  test('stays immutable with its exclusions', () => {
    hardened(
      (stack) =>
        new ecr.Repository(stack, 'Images', {
          imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
          imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
        }),
    ).hasResourceProperties(TYPE, {
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [Match.anyValue()],
      LifecyclePolicy: Match.absent(),
    });
  });

  test('becomes immutable where only some tags were', () => {
    hardened(
      (stack) =>
        new ecr.Repository(stack, 'Images', {
          imageTagMutability: ecr.TagMutability.MUTABLE_WITH_EXCLUSION,
          imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('v*')],
        }),
    ).hasResourceProperties(TYPE, {
      ImageTagMutability: 'IMMUTABLE',
      ImageTagMutabilityExclusionFilters: Match.absent(),
    });
  });

  test('stays what a parameter says', () => {
    hardened((stack) => {
      const mutability = new CfnParameter(stack, 'Mutability');
      new ecr.CfnRepository(stack, 'Images', { imageTagMutability: mutability.valueAsString });
    }).hasResourceProperties(TYPE, { ImageTagMutability: { Ref: 'Mutability' }, LifecyclePolicy: Match.absent() });
  });
});

describe('encryption', () => {
  function encrypted(written: ecr.CfnRepository.EncryptionConfigurationProperty | undefined, key?: kms.IKey): unknown {
    const made = hardened((stack) => new ecr.CfnRepository(stack, 'Images', { encryptionConfiguration: written }), {
      encryptionKey: key,
    });
    return Object.values(made.findResources(TYPE))[0].Properties.EncryptionConfiguration;
  }

  test('stays as it is without a key, because changing it replaces the repository', () => {
    expect(encrypted(undefined)).toBeUndefined();
    expect(encrypted({ encryptionType: 'AES256' })).toEqual({ EncryptionType: 'AES256' });
  });

  test('is by a key that is given', () => {
    expect(encrypted(undefined, keyOf())).toEqual({ EncryptionType: 'KMS', KmsKey: KEY });
    expect(encrypted({ encryptionType: 'AES256' }, keyOf())).toEqual({ EncryptionType: 'KMS', KmsKey: KEY });
  });

  test.each(['KMS', 'KMS_DSSE'])('stays %s', (encryptionType) => {
    expect(encrypted({ encryptionType }, keyOf())).toEqual({ EncryptionType: encryptionType });
    expect(encrypted({ encryptionType, kmsKey: 'own' }, keyOf())).toEqual({
      EncryptionType: encryptionType,
      KmsKey: 'own',
    });
  });

  test('fails for a key of another region, and changes nothing', () => {
    const stack = emptyStack();
    new Pipeline(stack, 'Pipeline');
    const encryptionKey = keyOf('arn:aws:kms:us-east-1:111122223333:key/shared');

    expect(() => Mixins.of(stack).apply(new RepositoryHardeningMixin({ encryptionKey }))).toThrow(
      "'encryptionKey' must be a key of the repository's region eu-west-1, got one in us-east-1: " +
        'leave it out or make one there [Test/Pipeline/Images/Resource]',
    );
    Template.fromStack(stack).hasResourceProperties(TYPE, { ImageTagMutability: 'MUTABLE' });
  });
});

describe('what the owner wrote', () => {
  const ownText = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 },
        action: { type: 'expire' },
      },
    ],
  });

  test('stays as the lifecycle policy', () => {
    hardened(
      (stack) => new ecr.CfnRepository(stack, 'Images', { lifecyclePolicy: { lifecyclePolicyText: ownText } }),
    ).hasResourceProperties(TYPE, { LifecyclePolicy: { LifecyclePolicyText: ownText } });
  });

  test('stays as the lifecycle policy, also when it is written later', () => {
    const stack = emptyStack();
    const { images } = new Pipeline(stack, 'Pipeline');
    Mixins.of(stack).apply(new RepositoryHardeningMixin());

    images.addLifecycleRule({ maxImageCount: 9 });

    expect(lifecycleRules(Template.fromStack(stack))).toEqual([
      expect.objectContaining({ selection: expect.objectContaining({ tagStatus: 'any', countNumber: 9 }) }),
    ]);
  });

  test('stays as the registry of a lifecycle policy without rules', () => {
    hardened(
      (stack) => new ecr.CfnRepository(stack, 'Images', { lifecyclePolicy: { registryId: '111122223333' } }),
    ).hasResourceProperties(TYPE, {
      LifecyclePolicy: { RegistryId: '111122223333', LifecyclePolicyText: Match.stringLikeRegexp('untagged') },
    });
  });

  test('stays as the removal policy', () => {
    hardened(
      (stack) => new ecr.Repository(stack, 'Images', { removalPolicy: RemovalPolicy.DESTROY, emptyOnDelete: true }),
    ).hasResource(TYPE, { Properties: { EmptyOnDelete: true }, DeletionPolicy: 'Delete' });
  });
});
