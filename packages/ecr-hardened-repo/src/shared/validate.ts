import type * as kms from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, type Stack, Token } from 'aws-cdk-lib/core';
import { matchesTag, patternsOverlap } from '../retention/tag-pattern';

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

/** Fails when a tag that must stay where it is could match one of the patterns of tags that may move. */
export function requireTagsThatStay(path: string, prop: string, patterns: string[], staying: string[]): void {
  for (const pattern of patterns) {
    const met = staying.find((other) => patternsOverlap(other, pattern));
    if (met !== undefined) {
      throw new Error(
        `'${prop}' must match no tag that '${met}' matches, got '${pattern}': a tag of a release or of an image that ` +
          `runs must never move, choose a prefix of its own such as 'cache-*' [${path}]`,
      );
    }
  }
}

/** Fails unless a rule keeps the images with this tag. */
export function requireReleaseTag(path: string, name: string, tag: string, patterns: string[]): void {
  if (Token.isUnresolved(tag)) {
    throw new Error(
      `'${name}' must be known when the app is synthesized, got a token: only then can be told whether a rule keeps it. ` +
        `Without that check, use ecs.ContainerImage.fromEcrRepository() [${path}]`,
    );
  }
  if (!/^\w[\w.-]{0,127}$/.test(tag)) {
    throw new Error(
      `'${name}' must be 1 to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-', got '${tag}' [${path}]`,
    );
  }
  if (!patterns.some((pattern) => matchesTag(pattern, tag))) {
    throw new Error(
      `'${name}' must match a release pattern (${patterns.join(', ')}), got '${tag}', which no rule keeps: push the ` +
        `image under a release tag, add a pattern to 'releaseTagPatterns', or pin what runs (DeployedImagePins) and ` +
        `deploy it by imageByDigest() [${path}]`,
    );
  }
}

/** Fails unless the digest is one of SHA-256; a token passes. */
export function requireDigest(path: string, digest: string): void {
  if (!Token.isUnresolved(digest) && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`'digest' must be 'sha256:' and 64 lower-case hexadecimal digits, got '${digest}' [${path}]`);
  }
}

/** Fails for an empty list, which no tag matches. */
export function requireSomeTagPatterns(path: string, prop: string, patterns: string[] | undefined): void {
  if (patterns?.length === 0) {
    throw new Error(
      `'${prop}' must hold at least one pattern, got none: leave it out to be told of every push [${path}]`,
    );
  }
}
