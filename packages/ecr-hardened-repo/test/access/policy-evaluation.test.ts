import { type AccessRequest, allows, type PolicyDocument, resolved } from './policy-evaluation';

const ALICE = { kind: 'AWS', name: 'arn:aws:iam::111122223333:user/alice' } as const;
const ROLE = 'arn:aws:iam::111122223333:role/build';

function policy(...statements: object[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements as PolicyDocument['Statement'] };
}

function allowing(more: object): PolicyDocument {
  return policy({ Effect: 'Allow', Action: 'ecr:PutImage', ...more });
}

const push: AccessRequest = { action: 'ecr:PutImage' };

describe('a policy', () => {
  test('allows what a statement allows, and no more', () => {
    const document = allowing({ Action: ['ecr:PutImage', 'ecr:Get*'] });

    expect(allows(document, { action: 'ECR:putimage' })).toBe(true);
    expect(allows(document, { action: 'ecr:GetAuthorizationToken' })).toBe(true);
    expect(allows(document, { action: 'ecr:PutImages' })).toBe(false);
    expect(allows(document, { action: 'ecr:BatchGetImage' })).toBe(false);
    expect(allows(policy(), push)).toBe(false);
  });

  test('denies what a statement denies, whatever another allows', () => {
    const deny = { Effect: 'Deny', Action: 'ecr:*' };

    expect(allows(policy({ Effect: 'Allow', Action: 'ecr:*' }, deny), push)).toBe(false);
    expect(allows(policy(deny, { Effect: 'Allow', Action: 'ecr:*' }), push)).toBe(false);
  });

  test('is for its resources', () => {
    const document = allowing({ Resource: ['arn:aws:ecr:eu-west-1:111122223333:repository/a', 'arn:x?y'] });
    const on = (resource?: string) => allows(document, { ...push, resource });

    expect(on('arn:aws:ecr:eu-west-1:111122223333:repository/a')).toBe(true);
    expect(on('arn:xzy')).toBe(true);
    expect(on('arn:aws:ecr:eu-west-1:111122223333:repository/ab')).toBe(false);
    expect(on('arn:xzzy')).toBe(false);
    expect(on()).toBe(false);
  });
});

describe('a principal', () => {
  test.each([
    ['*', ALICE, true],
    [{ AWS: '*' }, ALICE, true],
    [{ AWS: '*' }, { kind: 'Anonymous', name: '' } as const, true],
    [{ AWS: 'arn:aws:iam::111122223333:root' }, ALICE, true],
    [{ AWS: 'arn:aws:iam::444455556666:root' }, ALICE, false],
    [{ AWS: 'arn:aws:iam::111122223333:root' }, { kind: 'Anonymous', name: '' } as const, false],
    [{ AWS: [ROLE, ALICE.name] }, ALICE, true],
    [{ AWS: ROLE }, ALICE, false],
    [{ Service: 'lambda.amazonaws.com' }, { kind: 'Service', name: 'lambda.amazonaws.com' } as const, true],
    [{ Service: 'lambda.amazonaws.com' }, { kind: 'Service', name: 'ecs.amazonaws.com' } as const, false],
    [{ Service: ALICE.name }, ALICE, false],
    [{ Federated: 'arn:a' }, { kind: 'Federated', name: 'arn:a' } as const, true],
  ])('%j is the caller %j: %s', (principal, caller, expected) => {
    expect(allows(allowing({ Principal: principal }), { ...push, caller })).toBe(expected);
  });
});

describe('a condition', () => {
  test.each([
    ['StringEquals', 'main', 'main', true],
    ['StringEquals', 'main', 'Main', false],
    ['StringEquals', 'v*', 'v1', false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringLike', 'v*', 'v1:2', true],
    ['StringLike', 'v?', 'v12', false],
    ['StringLike', 'a.c', 'abc', false],
    ['ArnLike', 'arn:aws:lambda:eu-west-1:1:function:a', 'arn:aws:lambda:eu-west-1:1:function:a', true],
    ['ArnLike', 'arn:aws:lambda:eu-west-1:1:function:a:*', 'arn:aws:lambda:eu-west-1:1:function:a:7', true],
    ['ArnLike', 'arn:aws:lambda:eu-west-1:1:function:a:*', 'arn:aws:lambda:eu-west-1:1:function:ab', false],
    ['ArnLike', 'arn:aws:lambda:*:function:a', 'arn:aws:lambda:eu-west-1:1:function:a', false],
  ])('%s %j has %s: %s', (operator, expected, actual, result) => {
    const document = allowing({ Condition: { [operator]: { 'aws:Key': expected } } });

    expect(allows(document, { ...push, context: { 'AWS:key': actual } })).toBe(result);
  });

  test('does not hold for a key that the request lacks', () => {
    expect(allows(allowing({ Condition: { StringLike: { 'aws:Key': '*' } } }), push)).toBe(false);
  });

  test('holds only with all keys and all operators', () => {
    const document = allowing({ Condition: { StringEquals: { a: '1', b: '2' }, StringLike: { c: '3*' } } });
    const decide = (context: Record<string, string>) => allows(document, { ...push, context });

    expect(decide({ a: '1', b: '2', c: '3' })).toBe(true);
    expect(decide({ a: '1', b: '0', c: '3' })).toBe(false);
    expect(decide({ a: '1', b: '2', c: '0' })).toBe(false);
  });
});

describe('what the evaluator does not know', () => {
  test.each([
    [{ NotAction: 'ecr:*' }, 'this evaluator does not know the element NotAction'],
    [{ NotPrincipal: '*' }, 'this evaluator does not know the element NotPrincipal'],
    [{ Effect: 'Maybe' }, 'this evaluator does not know the effect Maybe'],
    [{ Principal: { CanonicalUser: 'a' } }, 'this evaluator does not know the principal CanonicalUser'],
    [{ Principal: { AWS: 'arn:aws:iam::*:root' } }, 'AWS takes no pattern as a principal, got arn:aws:iam::*:root'],
    [{ Condition: { StringNotEquals: { a: '1' } } }, 'this evaluator does not know the operator StringNotEquals'],
    [
      { Condition: { 'ForAllValues:StringEquals': { a: '1' } } },
      'this evaluator does not know the operator ForAllValues:StringEquals',
    ],
    [
      { Condition: { StringEquals: { a: `\${aws:PrincipalOrgID}` } } },
      `this evaluator does not know the variable in \${aws:PrincipalOrgID}`,
    ],
  ])('fails: %j', (more, message) => {
    const hidden = policy({ Effect: 'Allow', Action: 'ecr:*' }, { Effect: 'Allow', Action: 'ecr:Other', ...more });

    expect(() => allows(hidden, push)).toThrow(message);
  });
});

describe('intrinsic functions', () => {
  const known = { 'AWS::Partition': 'aws', 'Images.Arn': 'arn:aws:ecr:eu-west-1:111122223333:repository/shop' };

  test('get their values', () => {
    const value = {
      a: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':x']] }],
      b: { 'Fn::GetAtt': ['Images', 'Arn'] },
    };

    expect(resolved(value, known)).toEqual({ a: ['arn:aws:x'], b: known['Images.Arn'] });
  });

  test.each([
    [{ Ref: 'Other' }, 'this evaluator does not know the value of Other'],
    [{ 'Fn::GetAtt': ['Images', 'Uri'] }, 'this evaluator does not know the value of Images.Uri'],
    [{ 'Fn::Sub': 'a' }, 'this evaluator does not know the function Fn::Sub'],
  ])('fails for %j', (value, message) => {
    expect(() => resolved(value, known)).toThrow(message);
  });
});
