import type * as kms from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, type Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Fails synthesis with what is wrong, the value seen, and where: a construct, or its path while it is not made yet. */
export function fail(where: IConstruct | string, message: string): never {
  throw new Error(`${message} [${typeof where === 'string' ? where : where.node.path}]`);
}

/** Fails for a removal policy that a repository does not have. */
export function requireRemovalPolicy(path: string, prop: string, policy: RemovalPolicy): void {
  if (policy === RemovalPolicy.SNAPSHOT) {
    fail(path, `'${prop}' must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got SNAPSHOT: ECR takes no snapshots`);
  }
}

/**
 * Fails for a name that ECR refuses although it looks like one; CDK sees to its characters.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export function requireRepositoryName(path: string, prop: string, name: string | undefined): void {
  if (name === undefined || Token.isUnresolved(name) || !name.endsWith('.git')) return;
  fail(path, `'${prop}' must not end with .git, which ECR refuses, got '${name}'`);
}

/** Fails when a key is known to be in another region than the repository; ECR finds only keys of its own. */
export function requireSameRegion(path: string, prop: string, key: kms.IKey | undefined, stack: Stack): void {
  const [region, keyRegion] = [stack.region, key?.env.region];
  if (Token.isUnresolved(keyRegion) || Token.isUnresolved(region) || keyRegion === undefined || keyRegion === region) {
    return;
  }
  fail(
    path,
    `'${prop}' must be a key of the repository's region ${region}, got one in ${keyRegion}: ` +
      'leave it out or make one there',
  );
}

/** Fails unless the digest is one of SHA-256; a token passes. */
export function requireDigest(path: string, digest: string): void {
  if (!Token.isUnresolved(digest) && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    fail(path, `'digest' must be 'sha256:' and 64 lower-case hexadecimal digits, got '${digest}'`);
  }
}
