import { createHash } from 'node:crypto';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';

/**
 * Actions that a client needs to pull.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
 */
const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/**
 * Actions that Lambda needs to pull.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
 */
const LAMBDA_PULL_ACTIONS = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/**
 * Statement of a repository policy: these accounts may let their principals pull.
 *
 * Tokens pass: IAM takes nothing but an account's number here.
 */
export function pullFromAccounts(scope: IConstruct, accountIds: string[]): iam.PolicyStatement {
  const path = scope.node.path;
  requireSome(path, 'accountIds', accountIds);
  for (const account of accountIds) {
    if (!Token.isUnresolved(account) && !/^[0-9]{12}$/.test(account)) {
      fail(path, `'accountIds' must hold account ids of 12 digits, got '${account}'`);
    }
  }
  return new iam.PolicyStatement({
    sid: sid(scope, 'PullFromAccounts', accountIds),
    principals: accountIds.map((account) => new iam.AccountPrincipal(account)),
    actions: PULL_ACTIONS,
  });
}

/**
 * Statement of a repository policy: principals of every account in the organization may pull, as far as their own
 * policies allow.
 *
 * Tokens pass: whoever sets the value names an organization of their choice anyway.
 */
export function pullFromOrganization(scope: IConstruct, organizationId: string): iam.PolicyStatement {
  if (!Token.isUnresolved(organizationId) && !/^o-[a-z0-9]{10,32}$/.test(organizationId)) {
    fail(scope, `'organizationId' must be 'o-' and 10 to 32 lowercase letters and digits, got '${organizationId}'`);
  }
  return new iam.PolicyStatement({
    sid: sid(scope, 'PullFromOrganization', [organizationId]),
    principals: [new iam.AnyPrincipal()],
    actions: PULL_ACTIONS,
    conditions: { StringEquals: { 'aws:PrincipalOrgID': organizationId } },
  });
}

/**
 * Statement of a repository policy: Lambda may pull for these functions, and for their versions.
 *
 * Partition, region and account may be tokens, the rest must be known: the ARN of a function in the app is not, and
 * would make function and repository wait for each other.
 */
export function pullByLambda(scope: IConstruct, functionArns: string[]): iam.PolicyStatement {
  const path = scope.node.path;
  requireSome(path, 'functionArns', functionArns);
  for (const arn of functionArns) {
    requireFunctionArn(path, arn);
  }
  return new iam.PolicyStatement({
    sid: sid(scope, 'PullByLambda', functionArns),
    principals: [new iam.ServicePrincipal('lambda.amazonaws.com')],
    actions: LAMBDA_PULL_ACTIONS,
    // No `aws:SourceAccount`: AWS does not say that Lambda sends it to ECR, and the ARN holds the account.
    conditions: { ArnLike: { 'aws:SourceArn': functionArns.flatMap((arn) => [arn, `${arn}:*`]) } },
  });
}

function requireFunctionArn(path: string, arn: string): void {
  const [prefix, partition = '', service, region = '', account = '', resource, name = '', ...rest] = arn.split(':');
  const known = (part: string, form: RegExp) => Token.isUnresolved(part) || form.test(part);
  if (
    prefix === 'arn' &&
    known(partition, /^aws[a-z-]*$/) &&
    service === 'lambda' &&
    known(region, /^[a-z]{2,}(-[a-z]+)+-[0-9]+$/) &&
    known(account, /^[0-9]{12}$/) &&
    resource === 'function' &&
    /^[\w-]{1,64}$/.test(name) &&
    rest.length === 0
  ) {
    return;
  }
  fail(
    path,
    "'functionArns' must hold ARNs such as 'arn:aws:lambda:eu-west-1:111122223333:function:resize', without version " +
      `and wildcard, got '${arn}': give the function a name and write its ARN out`,
  );
}

function requireSome(path: string, prop: string, values: string[]): void {
  if (values.length < 1) {
    fail(path, `'${prop}' must hold at least one value, got 0`);
  }
}

/** The same for the same values in every synthesis, and another one for others. */
function sid(scope: IConstruct, prefix: string, values: string[]): string {
  const resolved = JSON.stringify(Stack.of(scope).resolve(values));
  return prefix + createHash('sha256').update(resolved).digest('hex').slice(0, 8);
}
