import { App, Duration, type IPropertyInjector, PropertyInjectors, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import { HardenedRepository, ImageEncryption } from '../../src';
import { emptyStack, lifecycleRules, repository } from '../fixtures';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('the name', () => {
  test('is left to CloudFormation', () => {
    repository().hasResourceProperties('AWS::ECR::Repository', { RepositoryName: Match.absent() });
  });

  test('is the one given', () => {
    repository({ repositoryName: 'shop/web' }).hasResourceProperties('AWS::ECR::Repository', {
      RepositoryName: 'shop/web',
    });
  });

  test('fails when ECR would refuse it', () => {
    expect(() => repository({ repositoryName: 'Shop' })).toThrow('Invalid ECR repository name (value: Shop)');
    expect(() => repository({ repositoryName: 'shop.git' })).toThrow(
      /'repositoryName' must not end with .git, which ECR refuses, got 'shop.git' \[/,
    );
  });
});

describe('the key', () => {
  test('is made with rotation, and encrypts the images', () => {
    const template = repository();
    const [key] = Object.keys(template.findResources('AWS::KMS::Key', { Properties: { EnableKeyRotation: true } }));

    template.hasResourceProperties('AWS::ECR::Repository', {
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: { 'Fn::GetAtt': [key, 'Arn'] } },
    });
  });

  test('can be given', () => {
    const stack = emptyStack();
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0c0d';
    const key = kms.Key.fromKeyArn(stack, 'Shared', keyArn);
    const images = new HardenedRepository(stack, 'Images', { encryption: ImageEncryption.customerManagedKey(key) });

    const template = Template.fromStack(stack);
    expect(images.encryptionKey).toBe(key);
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.hasResourceProperties('AWS::ECR::Repository', {
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: keyArn },
    });
  });

  test('fails when it is of another region', () => {
    const stack = emptyStack();
    const key = kms.Key.fromKeyArn(stack, 'Shared', 'arn:aws:kms:us-east-1:111122223333:key/0c0d');

    expect(
      () => new HardenedRepository(stack, 'Images', { encryption: ImageEncryption.customerManagedKey(key) }),
    ).toThrow(
      "'encryption' must be a key of the repository's region eu-west-1, got one in us-east-1: " +
        'leave it out or make one there [Test/Images]',
    );
  });

  test('may be of any region while the region of the stack is unknown', () => {
    const stack = new Stack(new App(), 'Test');
    const key = kms.Key.fromKeyArn(stack, 'Shared', 'arn:aws:kms:us-east-1:111122223333:key/0c0d');
    const encryption = ImageEncryption.customerManagedKey(key);

    expect(new HardenedRepository(stack, 'Images', { encryption }).encryptionKey).toBe(key);
  });
});

describe('removal', () => {
  test('with DESTROY deletes the images and the key, too', () => {
    const template = repository({ removalPolicy: RemovalPolicy.DESTROY });
    const deleted = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' };

    template.hasResource('AWS::ECR::Repository', { ...deleted, Properties: { EmptyOnDelete: true } });
    template.hasResource('AWS::KMS::Key', deleted);
  });

  test('with RETAIN_ON_UPDATE_OR_DELETE keeps what was deployed', () => {
    const template = repository({ removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
    const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };

    template.hasResource('AWS::ECR::Repository', { ...kept, Properties: { EmptyOnDelete: false } });
    template.hasResource('AWS::KMS::Key', kept);
  });

  test('fails with SNAPSHOT', () => {
    expect(() => repository({ removalPolicy: RemovalPolicy.SNAPSHOT })).toThrow(
      "'removalPolicy' must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got SNAPSHOT: ECR takes no snapshots [Test/Images]",
    );
  });
});

describe('a repository', () => {
  test('lets a task pull from it, and only from it', () => {
    const stack = emptyStack();
    const images = new HardenedRepository(stack, 'Images');
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    task.addContainer('web', { image: ecs.ContainerImage.fromEcrRepository(images, DIGEST) });

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            Resource: { 'Fn::GetAtt': ['Images2D38C313', 'Arn'] },
          }),
        ]),
      },
    });
  });

  test('stays hardened when the app injects other properties', () => {
    const weaken: IPropertyInjector = {
      constructUniqueId: ecr.Repository.PROPERTY_INJECTION_ID,
      inject: (props) => ({
        ...props,
        imageTagMutability: ecr.TagMutability.MUTABLE_WITH_EXCLUSION,
        imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
        imageScanOnPush: false,
        encryption: ecr.RepositoryEncryption.AES_256,
        removalPolicy: RemovalPolicy.DESTROY,
        emptyOnDelete: true,
        lifecycleRules: [{ maxImageCount: 1 }],
      }),
    };
    const stack = emptyStack();
    PropertyInjectors.of(stack).add(weaken);
    new HardenedRepository(stack, 'Images');

    Template.fromStack(stack).hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'Retain',
      Properties: {
        EmptyOnDelete: false,
        ImageTagMutability: 'IMMUTABLE',
        ImageTagMutabilityExclusionFilters: Match.absent(),
        ImageScanningConfiguration: { ScanOnPush: true },
        EncryptionConfiguration: { EncryptionType: 'KMS' },
      },
    });
    expect(lifecycleRules(Template.fromStack(stack))).toEqual(lifecycleRules(repository()));
  });

  test('fails when a lifecycle rule is added', () => {
    const images = new HardenedRepository(emptyStack(), 'Images');

    expect(() => images.addLifecycleRule({ maxImageCount: 5 })).toThrow(
      'a hardened repository takes no lifecycle rules, got {"maxImageCount":5}: use addRetentionRule(), which puts ' +
        'them behind what protects releases and pinned images [Test/Images]',
    );
  });

  test('creates nothing when its input is wrong', () => {
    const stack = emptyStack();

    expect(() => new HardenedRepository(stack, 'Images', { expireUntaggedAfter: Duration.hours(1) })).toThrow();
    expect(stack.node.children).toEqual([]);
  });

  test('can be made a second time in one stack', () => {
    const stack = emptyStack();
    new HardenedRepository(stack, 'Web');
    new HardenedRepository(stack, 'Worker');

    expect(lifecycleRules(Template.fromStack(stack))).toHaveLength(3);
    Template.fromStack(stack).resourceCountIs('AWS::ECR::Repository', 2);
  });
});
