import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../../shared/validate';

/**
 * Beginning of the names of secrets that ECR reads.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
const NAME_PREFIX = 'ecr-pullthroughcache/';

/** Complete ARN of a secret that ECR can read for a pull through cache; fails for one that it is known not to read. */
export function requireCacheCredentials(scope: Construct, secret: secretsmanager.ISecret): string {
  const { path } = scope.node;
  const name = nameOf(secret);
  if (name === undefined) {
    fail(
      path,
      `'credentials' must be a secret whose name begins with '${NAME_PREFIX}', got one without a name of its own: ` +
        "set its 'secretName'",
    );
  }
  const written = Stack.of(scope).resolve(name);
  if (typeof written === 'string' && !written.startsWith(NAME_PREFIX)) {
    fail(path, `'credentials' must be a secret whose name begins with '${NAME_PREFIX}', got '${written}'`);
  }
  if (secret.encryptionKey) {
    fail(
      path,
      "'credentials' must be a secret that the key aws/secretsmanager encrypts, got one with a key of its own, " +
        `${secret.encryptionKey.node.path}: leave its 'encryptionKey' out`,
    );
  }
  requireSame(path, 'region', secret.env.region, Stack.of(scope).region);
  requireSame(path, 'account', secret.env.account, Stack.of(scope).account);
  if (secret.secretFullArn === undefined) {
    fail(
      path,
      `'credentials' must be a secret with its complete ARN, got '${name}' by name: ` +
        'use Secret.fromSecretCompleteArn',
    );
  }
  return secret.secretFullArn;
}

/** Name as it was written; the attribute of a secret made here is only known at deployment. */
function nameOf(secret: secretsmanager.ISecret): string | undefined {
  const resource = secret.node.defaultChild;
  if (!(resource instanceof secretsmanager.CfnSecret)) {
    return secret.secretName;
  }
  // Also a secret without a name has a token for one, which resolves to nothing.
  return Stack.of(resource).resolve(resource.name) === undefined ? undefined : resource.name;
}

function requireSame(path: string, what: string, got: string, own: string): void {
  if (!Token.isUnresolved(got) && !Token.isUnresolved(own) && got !== own) {
    fail(path, `'credentials' must be a secret in the cache's ${what} ${own}, got one in ${got}`);
  }
}
