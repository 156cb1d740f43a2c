import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Token } from 'aws-cdk-lib/core';
import { fail } from '../shared/validate';

const EVERY_TAG = '*';

/**
 * Fails unless every pattern is one that ECR takes as an exclusion from immutable tags.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html
 */
export function requireMutableTagPatterns(path: string, prop: string, patterns: string[], everyTag: boolean): void {
  if (patterns.length > 5) {
    fail(path, `'${prop}' must hold at most 5 patterns, got ${patterns.length}`);
  }
  for (const pattern of patterns) {
    if (Token.isUnresolved(pattern)) {
      continue;
    }
    if (!/^[A-Za-z0-9._*-]{1,128}$/.test(pattern) || pattern.split('*').length > 3) {
      fail(
        path,
        `'${prop}' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and at most two '*', ` +
          `got '${pattern}'`,
      );
    }
    if (/^\*+$/.test(pattern) && !everyTag) {
      fail(
        path,
        `'${prop}' must leave some tags immutable, got '${pattern}': name the tags that may move, or make a template ` +
          'for PULL_THROUGH_CACHE alone',
      );
    }
  }
}

/** Mutability of a repository whose tags may only move where a pattern matches. */
export function tagMutability(
  patterns: string[],
): Pick<ecr.CfnRepositoryCreationTemplateProps, 'imageTagMutability' | 'imageTagMutabilityExclusionFilters'> {
  if (patterns.length === 0) {
    return { imageTagMutability: ecr.TagMutability.IMMUTABLE };
  }
  if (patterns.includes(EVERY_TAG)) {
    return { imageTagMutability: ecr.TagMutability.MUTABLE };
  }
  return {
    imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
    imageTagMutabilityExclusionFilters: patterns.map((pattern) => ({
      imageTagMutabilityExclusionFilterType: 'WILDCARD',
      imageTagMutabilityExclusionFilterValue: pattern,
    })),
  };
}
