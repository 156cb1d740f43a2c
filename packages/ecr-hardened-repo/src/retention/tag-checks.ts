import { Token } from 'aws-cdk-lib/core';
import { fail } from '../shared/validate';
import { matchesTag, patternsOverlap } from './tag-pattern';

/** Fails when a tag that must stay where it is could match one of the patterns of tags that may move. */
export function requireTagsThatStay(path: string, prop: string, patterns: string[], staying: string[]): void {
  for (const pattern of patterns) {
    const met = staying.find((other) => patternsOverlap(other, pattern));
    if (met !== undefined) {
      fail(
        path,
        `'${prop}' must match no tag that '${met}' matches, got '${pattern}': a tag of a release or of an image that ` +
          "runs must never move, choose a prefix of its own such as 'cache-*'",
      );
    }
  }
}

/** Fails unless a rule keeps the images with this tag. */
export function requireReleaseTag(path: string, name: string, tag: string, patterns: string[]): void {
  if (Token.isUnresolved(tag)) {
    fail(
      path,
      `'${name}' must be known when the app is synthesized, got a token: only then can be told whether a rule keeps it. ` +
        'Without that check, use ecs.ContainerImage.fromEcrRepository()',
    );
  }
  if (!/^\w[\w.-]{0,127}$/.test(tag)) {
    fail(
      path,
      `'${name}' must be 1 to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-', got '${tag}'`,
    );
  }
  if (!patterns.some((pattern) => matchesTag(pattern, tag))) {
    fail(
      path,
      `'${name}' must match a release pattern (${patterns.join(', ')}), got '${tag}', which no rule keeps: push the ` +
        "image under a release tag, add a pattern to 'releaseTagPatterns', or pin what runs (DeployedImagePins) and " +
        'deploy it by imageByDigest()',
    );
  }
}

/** Fails for an empty list, which no tag matches. */
export function requireSomeTagPatterns(path: string, prop: string, patterns: string[] | undefined): void {
  if (patterns?.length === 0) {
    fail(path, `'${prop}' must hold at least one pattern, got none: leave it out to be told of every push`);
  }
}
