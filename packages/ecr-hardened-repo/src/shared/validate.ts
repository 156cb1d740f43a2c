import type * as kms from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, type Stack, Token } from 'aws-cdk-lib/core';

/** Fails for a removal policy that a repository does not have. */
export function requireRemovalPolicy(path: string, prop: string, policy: RemovalPolicy): void {
  if (policy === RemovalPolicy.SNAPSHOT) {
    throw new Error(
      `'${prop}' must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got SNAPSHOT: ECR takes no snapshots [${path}]`,
    );
  }
}

/** Fails when a key is known to be in another region than the repository; ECR finds only keys of its own. */
export function requireSameRegion(path: string, prop: string, key: kms.IKey | undefined, stack: Stack): void {
  const [region, keyRegion] = [stack.region, key?.env.region];
  if (Token.isUnresolved(keyRegion) || Token.isUnresolved(region) || keyRegion === undefined || keyRegion === region) {
    return;
  }
  throw new Error(
    `'${prop}' must be a key of the repository's region ${region}, got one in ${keyRegion}: ` +
      `leave it out or make one there [${path}]`,
  );
}

/** Fails unless the digest is one of SHA-256; a token passes. */
export function requireDigest(path: string, digest: string): void {
  if (!Token.isUnresolved(digest) && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`'digest' must be 'sha256:' and 64 lower-case hexadecimal digits, got '${digest}' [${path}]`);
  }
}
