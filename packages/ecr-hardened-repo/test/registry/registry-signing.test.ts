import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as signer from 'aws-cdk-lib/aws-signer';
import { RegistrySigning, type SigningRule } from '../../src';
import { emptyStack } from '../fixtures';
import { refusal } from './refusal';

const TYPE = 'AWS::ECR::SigningConfiguration';

function profile(stack: Stack, id = 'Profile', platform = signer.Platform.NOTATION_OCI_SHA384_ECDSA) {
  return new signer.SigningProfile(stack, id, { platform });
}

function refusedRule(rule: (stack: Stack) => SigningRule): string {
  const { message, made } = refusal((stack) => new RegistrySigning(stack, 'Signing', { rules: [rule(stack)] }));
  expect(made).toEqual(['AWS::Signer::SigningProfile']);
  return message;
}

describe('signing', () => {
  test('signs every image with a profile', () => {
    const stack = emptyStack();

    new RegistrySigning(stack, 'Signing', { rules: [{ signingProfile: profile(stack) }] });

    Template.fromStack(stack).hasResourceProperties(TYPE, {
      Rules: [
        {
          SigningProfileArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Profile'), 'Arn'] },
          RepositoryFilters: Match.absent(),
        },
      ],
    });
  });

  test('signs with one profile for each rule', () => {
    const stack = emptyStack();

    new RegistrySigning(stack, 'Signing', {
      rules: [
        { signingProfile: profile(stack, 'Shop'), repositoryFilters: ['shop/*'] },
        { signingProfile: profile(stack, 'Tools'), repositoryFilters: ['tools/*', '*-cli'] },
      ],
    });

    Template.fromStack(stack).hasResourceProperties(TYPE, {
      Rules: [
        {
          SigningProfileArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Shop'), 'Arn'] },
          RepositoryFilters: [{ Filter: 'shop/*', FilterType: 'WILDCARD_MATCH' }],
        },
        {
          SigningProfileArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Tools'), 'Arn'] },
          RepositoryFilters: [
            { Filter: 'tools/*', FilterType: 'WILDCARD_MATCH' },
            { Filter: '*-cli', FilterType: 'WILDCARD_MATCH' },
          ],
        },
      ],
    });
  });

  test('lets who pushes sign with the profiles of its rules, and do nothing else', () => {
    const stack = emptyStack();
    const role = new iam.Role(stack, 'Push', { assumedBy: new iam.AccountRootPrincipal() });
    const shared = profile(stack);
    const signing = new RegistrySigning(stack, 'Signing', {
      rules: [
        { signingProfile: shared, repositoryFilters: ['shop/*'] },
        { signingProfile: shared, repositoryFilters: ['web/*'] },
      ],
    });

    signing.grantSign(role);

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'signer:SignPayload',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Profile'), 'Arn'] },
          },
        ],
      },
    });
  });

  test('fails with a profile for Lambda', () => {
    expect(
      refusedRule((stack) => ({
        signingProfile: profile(stack, 'Profile', signer.Platform.AWS_LAMBDA_SHA384_ECDSA),
      })),
    ).toBe(
      "'signingProfile' must be of the platform Notation-OCI-SHA384-ECDSA, got AWSLambda-SHA384-ECDSA: " +
        'use Platform.NOTATION_OCI_SHA384_ECDSA [Test/Signing]',
    );
  });

  test('fails with a profile of another region', () => {
    expect(
      refusedRule((stack) => {
        const elsewhere = profile(stack);
        Object.defineProperty(elsewhere, 'env', { value: { account: '111122223333', region: 'us-east-1' } });
        return { signingProfile: elsewhere };
      }),
    ).toBe("'signingProfile' must be in the registry's region eu-west-1, got one in us-east-1 [Test/Signing]");
  });

  test('fails for a filter that ECR does not take', () => {
    expect(refusedRule((stack) => ({ signingProfile: profile(stack), repositoryFilters: ['shop/'] }))).toBe(
      "'repositoryFilters' must hold filters of lowercase letters, digits and '*', with single '.', '_', '-' or '/' " +
        "between them, got 'shop/' [Test/Signing]",
    );
  });

  test.each([0, 11])('fails with %d rules', (count) => {
    const { message } = refusal((stack) => {
      const signingProfile = profile(stack);
      return new RegistrySigning(stack, 'Signing', {
        rules: Array.from({ length: count }, () => ({ signingProfile })),
      });
    });

    expect(message).toBe(`'rules' must hold 1 to 10 rules, got ${count} [Test/Signing]`);
  });

  test('fails beside another one of the same account and region', () => {
    const stack = emptyStack();
    const rules = [{ signingProfile: profile(stack) }];
    new RegistrySigning(stack, 'Signing', { rules });

    expect(() => new RegistrySigning(stack, 'Second', { rules })).toThrow(
      'RegistrySigning must be the only one of its account and region, got another one at Test/Signing: ' +
        'keep one of them [Test/Second]',
    );
  });
});
