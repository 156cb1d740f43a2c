import { App, Aws, Lazy, Stack } from 'aws-cdk-lib';
import { pullByLambda, pullFromAccounts, pullFromOrganization } from '../../src/access/pull-statements';
import { emptyStack } from '../fixtures';

const RESIZE = 'arn:aws:lambda:eu-west-1:111122223333:function:resize';
const ANYTHING = Lazy.string({ produce: () => '*' });

describe('accounts', () => {
  test('may pull', () => {
    const stack = emptyStack();

    expect(stack.resolve(pullFromAccounts(stack, ['444455556666', '777788889999']).toStatementJson())).toEqual({
      Sid: expect.stringMatching(/^PullFromAccounts[0-9a-f]{8}$/),
      Effect: 'Allow',
      Principal: {
        AWS: ['arn:aws:iam::444455556666:root', 'arn:aws:iam::777788889999:root'],
      },
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    });
  });

  test('may be known only when the stack is deployed', () => {
    const stack = emptyStack();

    expect(stack.resolve(pullFromAccounts(stack, [Aws.ACCOUNT_ID]).toStatementJson()).Principal).toEqual({
      AWS: { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':root']] },
    });
  });

  test.each(['*', '44445555666', '4444-5555-6666', 'arn:aws:iam::444455556666:root', ''])('fail for %j', (account) => {
    expect(() => pullFromAccounts(emptyStack(), ['444455556666', account])).toThrow(
      new Error(`'accountIds' must hold account ids of 12 digits, got '${account}' [Test]`),
    );
  });

  test('fail without any', () => {
    expect(() => pullFromAccounts(emptyStack(), [])).toThrow(
      new Error("'accountIds' must hold at least one value, got 0 [Test]"),
    );
  });
});

describe('an organization', () => {
  test('may pull', () => {
    const stack = emptyStack();

    expect(stack.resolve(pullFromOrganization(stack, 'o-a1b2c3d4e5').toStatementJson())).toEqual({
      Sid: expect.stringMatching(/^PullFromOrganization[0-9a-f]{8}$/),
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
    });
  });

  test('may be known only when the stack is deployed', () => {
    const stack = emptyStack();
    const id = Lazy.string({ produce: () => 'o-a1b2c3d4e5' });

    expect(stack.resolve(pullFromOrganization(stack, id).toStatementJson()).Condition).toEqual({
      StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' },
    });
  });

  test.each(['*', 'o-*', 'o-a1b2c3d4e', 'o-A1B2C3D4E5', 'r-a1b2c3d4e5', '', `\${aws:PrincipalOrgID}`])(
    'fails for %j',
    (id) => {
      expect(() => pullFromOrganization(emptyStack(), id)).toThrow(
        new Error(`'organizationId' must be 'o-' and 10 to 32 lowercase letters and digits, got '${id}' [Test]`),
      );
    },
  );
});

describe('Lambda', () => {
  test('may pull for functions and their versions', () => {
    const stack = emptyStack();

    expect(stack.resolve(pullByLambda(stack, [RESIZE]).toStatementJson())).toEqual({
      Sid: expect.stringMatching(/^PullByLambda[0-9a-f]{8}$/),
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Condition: { ArnLike: { 'aws:SourceArn': [RESIZE, `${RESIZE}:*`] } },
    });
  });

  test('may pull for a named function wherever the stack goes', () => {
    const stack = new Stack(new App(), 'Anywhere');
    const arn = `arn:${Aws.PARTITION}:lambda:${stack.region}:${stack.account}:function:resize`;

    expect(stack.resolve(pullByLambda(stack, [arn]).toStatementJson()).Condition.ArnLike['aws:SourceArn'][0]).toEqual({
      'Fn::Join': [
        '',
        ['arn:', 'AWS::Partition', ':lambda:', 'AWS::Region', ':', 'AWS::AccountId', ':function:resize'].map((part) =>
          part.startsWith('AWS::') ? { Ref: part } : part,
        ),
      ],
    });
  });

  test.each([
    '*',
    'resize',
    ANYTHING,
    `${RESIZE}:7`,
    `${RESIZE}:*`,
    'arn:aws:lambda:eu-west-1:111122223333:function',
    'arn:aws:lambda:eu-west-1:111122223333:function:',
    'arn:aws:lambda:eu-west-1:111122223333:function:*',
    'arn:aws:lambda:eu-west-1:*:function:resize',
    'arn:aws:lambda:*:111122223333:function:resize',
    'arn:*:lambda:eu-west-1:111122223333:function:resize',
    'arn:aws:lambda:eu-west-1:111122223333:layer:resize',
    'arn:aws:ecs:eu-west-1:111122223333:function:resize',
    `arn:aws:lambda:eu-west-1:111122223333:function:${ANYTHING}`,
  ])('fails for %j', (arn) => {
    expect(() => pullByLambda(emptyStack(), [RESIZE, arn])).toThrow(
      new Error(
        "'functionArns' must hold ARNs such as 'arn:aws:lambda:eu-west-1:111122223333:function:resize', without version " +
          `and wildcard, got '${arn}': give the function a name and write its ARN out [Test]`,
      ),
    );
  });

  test('fails without any function', () => {
    expect(() => pullByLambda(emptyStack(), [])).toThrow(
      new Error("'functionArns' must hold at least one value, got 0 [Test]"),
    );
  });
});

describe('the id of a statement', () => {
  test('is the same in every synthesis, and another one for other values', () => {
    const ids = [['444455556666'], ['777788889999'], [Aws.ACCOUNT_ID], ['444455556666']].map(
      (accounts) => pullFromAccounts(emptyStack(), accounts).sid,
    );

    expect(ids).toEqual([
      'PullFromAccounts6423e757',
      'PullFromAccounts2cb57dfd',
      'PullFromAccounts83f6d734',
      'PullFromAccounts6423e757',
    ]);
  });
});
