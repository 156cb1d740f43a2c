import { PropertyInjectors, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  HardenedRepository,
  type HardenedRepositoryProps,
  RepositoryDefaultsInjector,
  type RepositoryDefaultsInjectorProps,
} from '../../src';
import { emptyStack, lifecycleRules, repository } from '../fixtures';

const TYPE = 'AWS::ECR::Repository';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/shared';

function stackWithDefaults(props?: RepositoryDefaultsInjectorProps): Stack {
  const stack = emptyStack();
  PropertyInjectors.of(stack).add(new RepositoryDefaultsInjector(props));
  return stack;
}

function keyOf(arn = KEY): kms.IKey {
  return kms.Key.fromKeyArn(emptyStack(), 'Shared', arn);
}

function madeWith(props?: ecr.RepositoryProps, defaults?: RepositoryDefaultsInjectorProps): Template {
  const stack = stackWithDefaults(defaults);
  new ecr.Repository(stack, 'Images', props);
  return Template.fromStack(stack);
}

/** A construct of somebody else, that passes on what it is given, and writes a rule after the repository is made. */
class Pipeline extends Construct {
  constructor(scope: Construct, id: string, rule?: ecr.LifecycleRule, imageTagMutability?: ecr.TagMutability) {
    super(scope, id);
    const images = new ecr.Repository(this, 'Images', { imageTagMutability });
    if (rule) {
      images.addLifecycleRule(rule);
    }
  }
}

describe('hardened defaults', () => {
  test('harden what the owner left open', () => {
    const made = madeWith();

    made.hasResource(TYPE, {
      Properties: {
        ImageTagMutability: 'IMMUTABLE',
        ImageScanningConfiguration: { ScanOnPush: true },
        EncryptionConfiguration: Match.absent(),
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(lifecycleRules(made)).toEqual(lifecycleRules(repository()));
  });

  test('keep what the owner wrote, also where it is weaker', () => {
    const made = madeWith(
      {
        repositoryName: 'cache',
        imageTagMutability: ecr.TagMutability.MUTABLE,
        imageScanOnPush: false,
        encryption: ecr.RepositoryEncryption.AES_256,
        removalPolicy: RemovalPolicy.DESTROY,
        emptyOnDelete: true,
      },
      { encryptionKey: keyOf() },
    );

    made.hasResource(TYPE, {
      Properties: {
        RepositoryName: 'cache',
        ImageTagMutability: 'MUTABLE',
        ImageScanningConfiguration: { ScanOnPush: false },
        EncryptionConfiguration: Match.absent(),
        EmptyOnDelete: true,
      },
      DeletionPolicy: 'Delete',
    });
  });

  test('encrypt with a key that is given', () => {
    madeWith({}, { encryptionKey: keyOf() }).hasResourceProperties(TYPE, {
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: KEY },
    });
  });

  test("keep the owner's key", () => {
    const own = 'arn:aws:kms:eu-west-1:111122223333:key/own';

    madeWith({ encryptionKey: keyOf(own) }, { encryptionKey: keyOf() }).hasResourceProperties(TYPE, {
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: own },
    });
  });

  test('fail for a key of another region', () => {
    const encryptionKey = keyOf('arn:aws:kms:us-east-1:111122223333:key/shared');

    expect(() => madeWith({}, { encryptionKey })).toThrow(
      "'encryptionKey' must be a key of the repository's region eu-west-1, got one in us-east-1: " +
        'leave it out or make one there [Test/Images]',
    );
  });

  test('reach repositories inside a construct of somebody else', () => {
    const stack = stackWithDefaults();

    new Pipeline(stack, 'Pipeline');

    const made = Template.fromStack(stack);
    made.hasResourceProperties(TYPE, { ImageTagMutability: 'IMMUTABLE' });
    expect(lifecycleRules(made)).toEqual(lifecycleRules(repository()));
  });

  test('do not see a CfnRepository, nor one that is made before them', () => {
    const stack = emptyStack();
    new ecr.Repository(stack, 'Before');
    PropertyInjectors.of(stack).add(new RepositoryDefaultsInjector());
    new ecr.Repository(stack, 'Images');
    new ecr.CfnRepository(stack, 'Raw', { imageTagMutability: 'IMMUTABLE' });

    const policies = Object.entries(Template.fromStack(stack).findResources(TYPE)).filter(
      ([, { Properties }]) => Properties?.LifecyclePolicy,
    );

    expect(policies.map(([id]) => id)).toEqual([expect.stringMatching(/^Images/)]);
  });
});

describe("the owner's lifecycle policy", () => {
  const rule: ecr.LifecycleRule = { tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 3 };

  test('stays when it is a property', () => {
    expect(lifecycleRules(madeWith({ lifecycleRules: [rule] }))).toEqual([
      expect.objectContaining({ selection: expect.objectContaining({ countNumber: 3 }) }),
    ]);
  });

  test('stays, alone, when it is added later', () => {
    const stack = stackWithDefaults();

    new Pipeline(stack, 'Pipeline', rule);

    expect(lifecycleRules(Template.fromStack(stack))).toEqual([
      expect.objectContaining({ selection: expect.objectContaining({ countNumber: 3 }) }),
    ]);
  });

  test.each([ecr.TagMutability.MUTABLE, ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION])(
    'stays absent where tags may move: %s',
    (imageTagMutability) => {
      const exclusions = imageTagMutability === ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION;

      madeWith({
        imageTagMutability,
        imageTagMutabilityExclusionFilters: exclusions
          ? [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')]
          : undefined,
      }).hasResourceProperties(TYPE, { LifecyclePolicy: Match.absent() });
    },
  );
});

describe('a hardened repository', () => {
  test.each<[string, HardenedRepositoryProps]>([
    ['by default', {}],
    ['that is deleted with its stack', { removalPolicy: RemovalPolicy.DESTROY }],
    ['with rules of its own', { releaseTagPatterns: ['release-*'], retainReleases: 5 }],
  ])('stays as it is under hardened defaults: %s', (_, props) => {
    const stack = stackWithDefaults({ encryptionKey: keyOf() });

    new HardenedRepository(stack, 'Images', props);

    expect(Template.fromStack(stack).toJSON()).toEqual(repository(props).toJSON());
  });
});
