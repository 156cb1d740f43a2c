import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../../shared/validate';
import type { PushRoleOptions } from '../push-role-options';

/**
 * Actions that AWS lists for a push, and 'DescribeImages', with which a job sees that a tag is taken.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
 */
const PUSH_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  // Clients ask for the manifest before they push it. Without 'GetDownloadUrlForLayer' no layer can be pulled.
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:DescribeImages',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/** A subject that gets the role when its token has these other claims, too. */
export interface TrustedSubject {
  readonly subject: string;
  readonly claims?: Record<string, string>;
}

/** Whose ID tokens a role trusts. */
export interface Federation {
  /** URL of the issuer. */
  readonly issuer: string;
  readonly audience: string;
  readonly subjects: TrustedSubject[];
}

/** Fails unless the repositories are there to push to, and the provider is the issuer's. */
export function requirePushRole(scope: Construct, path: string, props: PushRoleOptions, issuer: string): void {
  if (props.repositories.length < 1) {
    fail(path, "'repositories' must hold at least one repository, got 0");
  }
  const account = Stack.of(scope).account;
  for (const repository of props.repositories) {
    const owner = repository.env.account;
    if (!Token.isUnresolved(owner) && !Token.isUnresolved(account) && owner !== account) {
      fail(path, `'repositories' must be of the role's account ${account}, got one of ${owner}: make the role there`);
    }
  }
  // The issuer becomes part of a condition's key, which has to be known; IAM takes no port and no query.
  if (!/^https:\/\/[a-z0-9.-]+(\/[\w.~-]+)*$/.test(issuer)) {
    fail(path, `'issuer' must be an https URL without port, query and trailing slash, got '${issuer}'`);
  }
  const arn = props.provider?.oidcProviderRef.oidcProviderArn;
  if (arn !== undefined && !Token.isUnresolved(arn) && !arn.endsWith(`:oidc-provider/${name(issuer)}`)) {
    fail(path, `'provider' must be the provider of ${issuer}, got ${arn}: pass its 'issuer', too`);
  }
}

/** Fails unless there is a subject. */
export function requireSubjects(path: string, subjects: unknown[]): void {
  if (subjects.length < 1) {
    fail(path, "'subjects' must hold at least one subject, got 0: a role without any would trust nobody");
  }
}

/** Properties of a role that jobs get with an ID token. */
export function pushRoleProps(scope: Construct, props: PushRoleOptions, federation: Federation): iam.RoleProps {
  const { issuer, audience, subjects } = federation;
  const provider =
    props.provider?.oidcProviderRef.oidcProviderArn ??
    Stack.of(scope).formatArn({ service: 'iam', region: '', resource: 'oidc-provider', resourceName: name(issuer) });

  const principals = byClaims(subjects).map(([claims, trusted]) => {
    // Equal, never like: a pattern could also match what somebody else may choose.
    const equal: Record<string, string | string[]> = {
      [`${name(issuer)}:aud`]: audience,
      [`${name(issuer)}:sub`]: trusted,
    };
    for (const [claim, value] of Object.entries(claims)) {
      equal[`${name(issuer)}:${claim}`] = value;
    }
    return new iam.WebIdentityPrincipal(provider, { StringEquals: equal });
  });
  return {
    assumedBy: new iam.CompositePrincipal(...principals),
    description: `Pushes images with ID tokens of ${issuer}`,
    maxSessionDuration: props.maxSessionDuration,
    roleName: props.roleName,
  };
}

/**
 * Characters of a trust policy, unless AWS raises the quota, to 4,096 at most.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (role trust policy length)
 */
const MAX_TRUST_POLICY = 2048;

/** Fails synthesis for more subjects than fit into the trust policy of one role. */
export function requireTrustFits(role: iam.Role): void {
  role.node.addValidation({
    validate: () => {
      const { length } = JSON.stringify(Stack.of(role).resolve(role.assumeRolePolicy));
      if (length <= MAX_TRUST_POLICY) return [];
      return [
        `'subjects' must fit into a trust policy of ${MAX_TRUST_POLICY} characters, got ${length}: make several roles with fewer subjects each`,
      ];
    },
  });
}

/** Lets 'role' push to 'repositories', and see which of their tags are taken. */
export function allowPush(role: iam.Role, repositories: ecr.IRepository[]): void {
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'Login',
      actions: ['ecr:GetAuthorizationToken'],
      // The token is for the registry; AWS knows no resource for it.
      resources: ['*'],
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'Push',
      actions: PUSH_ACTIONS,
      resources: repositories.map((repository) => repository.repositoryArn),
    }),
  );
}

/** Name that AWS has for an issuer, in ARNs and in keys of conditions. */
function name(issuer: string): string {
  return issuer.slice('https://'.length);
}

/** Subjects that need the same other claims, together. */
function byClaims(subjects: TrustedSubject[]): [Record<string, string>, string[]][] {
  const groups = new Map<string, [Record<string, string>, string[]]>();
  for (const { subject, claims = {} } of subjects) {
    const key = JSON.stringify(claims);
    const [, trusted] = groups.get(key) ?? [claims, []];
    groups.set(key, [claims, [...trusted, subject]]);
  }
  return [...groups.values()];
}
