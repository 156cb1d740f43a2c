import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { type EcrUpstreamOptions, PullThroughCache, UpstreamRegistry } from '../../src';
import { emptyStack } from '../fixtures';
import { refusal, refused } from './refusal';

const TYPE = 'AWS::ECR::PullThroughCacheRule';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:';

function cacheOf(stack: Stack, upstream: UpstreamRegistry, repositoryPrefix = 'cache'): Template {
  new PullThroughCache(stack, 'Cache', { upstream, repositoryPrefix });
  return Template.fromStack(stack);
}

function secret(stack: Stack, arn = `${SECRET}ecr-pullthroughcache/hub-AbCdEf`): secretsmanager.ISecret {
  return secretsmanager.Secret.fromSecretCompleteArn(stack, 'Credentials', arn);
}

describe('an upstream without credentials', () => {
  test.each([
    ['ecr-public', 'public.ecr.aws', UpstreamRegistry.ecrPublic()],
    ['quay', 'quay.io', UpstreamRegistry.quay()],
    ['k8s', 'registry.k8s.io', UpstreamRegistry.kubernetes()],
  ])('is %s at %s', (name, url, upstream) => {
    cacheOf(emptyStack(), upstream).hasResourceProperties(TYPE, {
      UpstreamRegistry: name,
      UpstreamRegistryUrl: url,
      CredentialArn: Match.absent(),
      CustomRoleArn: Match.absent(),
    });
  });
});

describe('an upstream with credentials', () => {
  test.each<[string, string, (credentials: secretsmanager.ISecret) => UpstreamRegistry]>([
    ['docker-hub', 'registry-1.docker.io', UpstreamRegistry.dockerHub],
    ['github-container-registry', 'ghcr.io', UpstreamRegistry.gitHub],
    ['gitlab-container-registry', 'registry.gitlab.com', UpstreamRegistry.gitLab],
    ['chainguard', 'cgr.dev', UpstreamRegistry.chainguard],
    ['azure-container-registry', 'shop.azurecr.io', (credentials) => UpstreamRegistry.azure('shop', credentials)],
  ])('is %s at %s', (name, url, upstream) => {
    const stack = emptyStack();

    cacheOf(stack, upstream(secret(stack))).hasResourceProperties(TYPE, {
      UpstreamRegistry: name,
      UpstreamRegistryUrl: url,
      CredentialArn: `${SECRET}ecr-pullthroughcache/hub-AbCdEf`,
    });
  });

  test('takes a secret that the app makes', () => {
    const stack = emptyStack();
    const made = new secretsmanager.Secret(stack, 'Made', { secretName: 'ecr-pullthroughcache/hub' });

    cacheOf(stack, UpstreamRegistry.dockerHub(made)).hasResourceProperties(TYPE, {
      CredentialArn: { Ref: Match.stringLikeRegexp('^Made') },
    });
  });

  function refusedSecret(make: (stack: Stack) => secretsmanager.ISecret): string {
    const { message, made } = refusal((stack) => cacheOf(stack, UpstreamRegistry.dockerHub(make(stack))));
    expect(made).not.toContain(TYPE);
    return message;
  }

  test('fails for a secret with another name', () => {
    const message = (name: string) =>
      `'credentials' must be a secret whose name begins with 'ecr-pullthroughcache/', got '${name}' [Test/Cache]`;

    expect(refusedSecret((stack) => secret(stack, `${SECRET}hub-AbCdEf`))).toBe(message('hub'));
    expect(refusedSecret((stack) => new secretsmanager.Secret(stack, 'Made', { secretName: 'docker' }))).toBe(
      message('docker'),
    );
  });

  test('fails for a secret whose name CloudFormation makes up', () => {
    expect(refusedSecret((stack) => new secretsmanager.Secret(stack, 'Made'))).toBe(
      "'credentials' must be a secret whose name begins with 'ecr-pullthroughcache/', got one without a name of its " +
        "own: set its 'secretName' [Test/Cache]",
    );
  });

  test('fails for a secret that a key of yours encrypts', () => {
    expect(
      refusedSecret(
        (stack) =>
          new secretsmanager.Secret(stack, 'Made', {
            secretName: 'ecr-pullthroughcache/hub',
            encryptionKey: new kms.Key(stack, 'Key'),
          }),
      ),
    ).toBe(
      "'credentials' must be a secret that the key aws/secretsmanager encrypts, got one with a key of its own, " +
        "Test/Key: leave its 'encryptionKey' out [Test/Cache]",
    );
  });

  test('fails for a secret of another region or account', () => {
    const name = 'secret:ecr-pullthroughcache/hub-AbCdEf';

    expect(refusedSecret((stack) => secret(stack, `arn:aws:secretsmanager:us-east-1:111122223333:${name}`))).toBe(
      "'credentials' must be a secret in the cache's region eu-west-1, got one in us-east-1 [Test/Cache]",
    );
    expect(refusedSecret((stack) => secret(stack, `arn:aws:secretsmanager:eu-west-1:444455556666:${name}`))).toBe(
      "'credentials' must be a secret in the cache's account 111122223333, got one in 444455556666 [Test/Cache]",
    );
  });

  test('fails for a secret of which only the name is known', () => {
    expect(
      refusedSecret((stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Named', 'ecr-pullthroughcache/hub')),
    ).toBe(
      "'credentials' must be a secret with its complete ARN, got 'ecr-pullthroughcache/hub' by name: " +
        'use Secret.fromSecretCompleteArn [Test/Cache]',
    );
  });

  test('fails for an Azure registry with its domain', () => {
    expect(refusal((stack) => cacheOf(stack, UpstreamRegistry.azure('shop.azurecr.io', secret(stack))))).toEqual(
      refused("'registryName' must be a name without '.azurecr.io', got 'shop.azurecr.io' [Test/Cache]"),
    );
  });
});

describe('a private ECR registry', () => {
  test('is read in a role for its repositories and those of the cache', () => {
    const made = cacheOf(
      emptyStack(),
      UpstreamRegistry.ecr({ accountId: '444455556666', region: 'us-east-1', repositoryPrefix: 'base' }),
    );

    made.hasResourceProperties(TYPE, {
      UpstreamRegistry: 'ecr',
      UpstreamRegistryUrl: '444455556666.dkr.ecr.us-east-1.amazonaws.com',
      UpstreamRepositoryPrefix: 'base',
      CustomRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CacheRole'), 'Arn'] },
    });
    made.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'pullthroughcache.ecr.amazonaws.com' } },
        ],
      },
    });
    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: [
              'ecr:BatchGetImage',
              'ecr:BatchImportUpstreamImage',
              'ecr:CompleteLayerUpload',
              'ecr:GetDownloadUrlForLayer',
              'ecr:GetImageCopyStatus',
              'ecr:InitiateLayerUpload',
              'ecr:PutImage',
              'ecr:UploadLayerPart',
            ],
            Resource: [
              'arn:aws:ecr:eu-west-1:111122223333:repository/cache/*',
              'arn:aws:ecr:us-east-1:444455556666:repository/base/*',
            ],
          },
          { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
        ],
      },
    });
  });

  test('is read in a role that is given', () => {
    const stack = emptyStack();
    const role = iam.Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::111122223333:role/copy');

    const made = cacheOf(stack, UpstreamRegistry.ecr({ region: 'us-east-1', role }));

    made.resourceCountIs('AWS::IAM::Role', 0);
    made.hasResourceProperties(TYPE, {
      UpstreamRegistryUrl: '111122223333.dkr.ecr.us-east-1.amazonaws.com',
      UpstreamRepositoryPrefix: Match.absent(),
      CustomRoleArn: 'arn:aws:iam::111122223333:role/copy',
    });
  });

  test.each<[EcrUpstreamOptions, string]>([
    [
      { region: 'eu-west-1' },
      "'upstream' must be another registry than the cache's, got eu-west-1 of the same account: " +
        'name another region or account [Test/Cache]',
    ],
    [{ region: 'europe' }, "'region' must be a region such as eu-west-1, got 'europe' [Test/Cache]"],
    [
      { region: 'us-east-1', accountId: '4444' },
      "'accountId' must be an account id of 12 digits, got '4444' [Test/Cache]",
    ],
    [
      { region: 'us-east-1', repositoryPrefix: 'Base' },
      "'repositoryPrefix' must be ROOT or a namespace of 2 to 30 lowercase letters and digits, with '.', '_', '-' or " +
        "'/' between them, got 'Base' [Test/Cache]",
    ],
  ])('fails for %j', (options, message) => {
    expect(refusal((stack) => cacheOf(stack, UpstreamRegistry.ecr(options)))).toEqual(refused(message));
  });

  test('fails for a part of it under names that stay as they are', () => {
    const upstream = UpstreamRegistry.ecr({ region: 'us-east-1', repositoryPrefix: 'base' });

    expect(refusal((stack) => cacheOf(stack, upstream, 'ROOT'))).toEqual(
      refused(
        "'repositoryPrefix' of the upstream must be left out when the cache's is ROOT, got 'base': " +
          'give the cache a prefix [Test/Cache]',
      ),
    );
  });
});
