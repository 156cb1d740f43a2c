import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PullThroughCache, UpstreamRegistry } from '../../src';
import { emptyStack } from '../fixtures';
import { refusal, refused } from './refusal';

function cache(stack: Stack, repositoryPrefix = 'ecr-public', upstream = UpstreamRegistry.ecrPublic()) {
  return new PullThroughCache(stack, 'Cache', { upstream, repositoryPrefix });
}

function grantedTo(prefix: string): Template {
  const stack = emptyStack();
  const role = new iam.Role(stack, 'Execution', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  cache(stack, prefix).grantPull(role);
  return Template.fromStack(stack);
}

describe('a pull through cache', () => {
  test('copies images under its prefix', () => {
    const stack = emptyStack();

    cache(stack);

    Template.fromStack(stack).hasResource('AWS::ECR::PullThroughCacheRule', {
      Properties: {
        EcrRepositoryPrefix: 'ecr-public',
        UpstreamRegistry: 'ecr-public',
        UpstreamRegistryUrl: 'public.ecr.aws',
      },
    });
  });

  test('names the copies by its prefix', () => {
    const stack = emptyStack();

    expect(stack.resolve(cache(stack).imageUri('docker/library/redis:8'))).toEqual({
      'Fn::Join': [
        '',
        ['111122223333.dkr.ecr.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/ecr-public/docker/library/redis:8'],
      ],
    });
  });

  test('keeps the names for ROOT', () => {
    const stack = emptyStack();

    expect(stack.resolve(cache(stack, 'ROOT').imageUri('shop/web:v1'))).toEqual({
      'Fn::Join': ['', ['111122223333.dkr.ecr.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/shop/web:v1']],
    });
  });

  test.each([
    ['ecr-public', 'ecr-public/*'],
    ['ROOT', '*'],
  ])('lets a role pull and fill it: %s', (prefix, repositories) => {
    grantedTo(prefix).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
          {
            Effect: 'Allow',
            Action: [
              'ecr:BatchCheckLayerAvailability',
              'ecr:BatchGetImage',
              'ecr:BatchImportUpstreamImage',
              'ecr:CreateRepository',
              'ecr:GetDownloadUrlForLayer',
            ],
            Resource: `arn:aws:ecr:eu-west-1:111122223333:repository/${repositories}`,
          },
        ],
      },
    });
  });

  test.each(['Docker', 'docker/', 'd', 'a'.repeat(31)])("fails for the prefix '%s'", (prefix) => {
    expect(refusal((stack) => cache(stack, prefix))).toEqual(
      refused(
        "'repositoryPrefix' must be ROOT or a namespace of 2 to 30 lowercase letters and digits, with '.', '_', '-' " +
          `or '/' between them, got '${prefix}' [Test/Cache]`,
      ),
    );
  });

  test('fails for a prefix that has a cache', () => {
    const stack = emptyStack();
    const upstream = UpstreamRegistry.quay();
    cache(stack);

    expect(() => new PullThroughCache(stack, 'Quay', { upstream, repositoryPrefix: 'quay' })).not.toThrow();
    expect(() => new PullThroughCache(stack, 'Second', { upstream, repositoryPrefix: 'ecr-public' })).toThrow(
      "the cache for 'ecr-public' must be the only one of its account and region, got another one at Test/Cache: " +
        'keep one of them [Test/Second]',
    );
  });

  test('is made where account and region are not known', () => {
    const stack = new Stack(new App(), 'Test');

    cache(stack, 'shop', UpstreamRegistry.ecr({ region: 'eu-west-1' }));

    Template.fromStack(stack).hasResourceProperties('AWS::ECR::PullThroughCacheRule', {
      UpstreamRegistryUrl: Match.objectLike({
        'Fn::Join': ['', [{ Ref: 'AWS::AccountId' }, '.dkr.ecr.eu-west-1.amazonaws.com']],
      }),
    });
  });
});
