import type { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegistryPolicy } from '../../src';
import { emptyStack } from '../fixtures';

function policy() {
  const stack = emptyStack();
  return { stack, policy: new RegistryPolicy(stack, 'Policy') };
}

function arn(repositories: string): string {
  return `arn:aws:ecr:eu-west-1:111122223333:repository/${repositories}`;
}

describe('a registry policy', () => {
  test('lets an account copy its images here, and nothing else', () => {
    const { stack, policy: registry } = policy();

    registry.allowReplication({ accountIds: ['444455556666'] });

    Template.fromStack(stack).hasResourceProperties('AWS::ECR::RegistryPolicy', {
      PolicyText: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
            Principal: { AWS: 'arn:aws:iam::444455556666:root' },
            Resource: arn('*'),
          },
        ],
      },
    });
  });

  test('lets an account copy only the repositories with a prefix', () => {
    const { stack, policy: registry } = policy();

    registry.allowReplication({ accountIds: ['444455556666'], repositoryPrefixes: ['shop/', 'web'] });

    Template.fromStack(stack).hasResourceProperties('AWS::ECR::RegistryPolicy', {
      PolicyText: { Statement: [Match.objectLike({ Resource: [arn('shop/*'), arn('web*')] })] },
    });
  });

  test('takes statements of your own', () => {
    const { stack, policy: registry } = policy();

    registry.addStatement(
      new iam.PolicyStatement({
        principals: [new iam.AccountPrincipal('444455556666')],
        actions: ['ecr:BatchImportUpstreamImage'],
        resources: ['*'],
      }),
    );

    Template.fromStack(stack).hasResourceProperties('AWS::ECR::RegistryPolicy', {
      PolicyText: { Statement: [Match.objectLike({ Action: 'ecr:BatchImportUpstreamImage' })] },
    });
  });

  test('fails at synthesis when it allows nothing', () => {
    const { stack } = policy();

    expect(() => (stack.node.root as App).synth()).toThrow(
      'a RegistryPolicy must allow something, got no statement: call allowReplication() [Test/Policy]',
    );
  });

  test.each([
    [{ accountIds: [] }, "'accountIds' must hold 1 to 100 accounts, got 0 [Test/Policy]"],
    [{ accountIds: ['*'] }, "'accountIds' must be an account id of 12 digits, got '*' [Test/Policy]"],
    [
      { accountIds: ['444455556666'], repositoryPrefixes: ['*'] },
      "'repositoryPrefixes' must hold prefixes of 2 to 256 lowercase letters, digits, '.', '_', '-' and '/', " +
        "got '*' [Test/Policy]",
    ],
  ])('fails for %j, and allows nothing', (source, message) => {
    const { stack, policy: registry } = policy();

    expect(() => registry.allowReplication(source)).toThrow(message);
    expect(() => (stack.node.root as App).synth()).toThrow('got no statement');
  });

  test('fails beside another one of the same account and region', () => {
    const { stack } = policy();

    expect(() => new RegistryPolicy(stack, 'Second')).toThrow(
      'RegistryPolicy must be the only one of its account and region, got another one at Test/Policy: ' +
        'keep one of them [Test/Second]',
    );
  });
});
