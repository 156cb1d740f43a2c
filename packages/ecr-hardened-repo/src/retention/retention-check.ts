import { type Duration, Token } from 'aws-cdk-lib/core';
import { fail } from '../shared/validate';
import { type LifecycleRule, type LifecycleSelection, lifecyclePolicyText, lifecycleRules } from './lifecycle-policy';
import type { ImageSelection, RetentionRule } from './retention-rule';
import { coversPattern } from './tag-pattern';

/**
 * Rules that ECR takes in a policy.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
 */
const MOST_RULES = 50;

/**
 * Characters that ECR takes in a policy. One rule alone is longer than the 100 that it wants.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html
 */
const MOST_CHARACTERS = 30_720;

/** Two of the rules of a hardened repository are for pins and for untagged images. */
const MOST_PATTERNS = MOST_RULES - 2;

/** The image that runs, the one to roll back to, and the one that is pushed but not yet deployed. */
const FEWEST_RELEASES = 3;

/**
 * Days for which ECR keeps, and charges, an image in archive; a policy cannot expire it sooner.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html
 */
const FEWEST_DAYS_IN_ARCHIVE = 90;

/** Fails unless every pattern is one that ECR accepts and that can match an image which no pattern before it takes. */
export function requireTagPatterns(path: string, prop: string, patterns: readonly string[]): void {
  requireKnown(path, prop, patterns);
  if (patterns.length < 1 || patterns.length > MOST_PATTERNS) {
    fail(path, `'${prop}' must hold 1 to ${MOST_PATTERNS} patterns, got ${patterns.length}`);
  }
  patterns.forEach((pattern, index) => {
    requireTagPattern(path, prop, pattern);
    const earlier = patterns.slice(0, index).find((other) => coversPattern(other, pattern));
    if (earlier !== undefined) {
      fail(
        path,
        `'${prop}' must hold no pattern that one before it covers, got '${pattern}' after '${earlier}': ` +
          'leave it out or put it first',
      );
    }
  });
}

/** Fails unless 'count' leaves the images that a service needs while it is being released. */
export function requireReleaseCount(path: string, prop: string, count: number): void {
  requireKnown(path, prop, count);
  if (!Number.isSafeInteger(count) || count < FEWEST_RELEASES) {
    fail(
      path,
      `'${prop}' must be a whole number of at least ${FEWEST_RELEASES} (the image that runs, the one to roll back to, ` +
        `the one being deployed), got ${count}`,
    );
  }
}

/** Fails unless 'age' is a whole number of days, ECR's only unit. */
export function requireWholeDays(path: string, prop: string, age: Duration, least = 1): void {
  requireKnown(path, prop, age);
  const days = age.toDays({ integral: false });
  if (!Number.isSafeInteger(days) || days < least) {
    fail(path, `'${prop}' must be a whole number of days, at least ${least}, got ${age.toHumanString()}`);
  }
}

/**
 * Fails unless ECR accepts the lifecycle policy that consists of 'rules', and every rule can act on some image.
 *
 * 'prop' is what the last rules came from, and what an error about several rules is about.
 */
export function requireRetention(path: string, prop: string, rules: readonly RetentionRule[]): void {
  for (const rule of rules) {
    requireSelection(path, rule._images);
    requireTerms(path, rule);
  }
  if (rules.length > MOST_RULES) {
    fail(
      path,
      `'${prop}' must leave at most ${MOST_RULES} rules in the lifecycle policy, got ${rules.length}: ` +
        'leave out a rule or a release pattern',
    );
  }
  lifecycleRules(rules).forEach((rule, index, all) => {
    for (const earlier of all.slice(0, index)) {
      requireOwnImages(path, prop, earlier, rule);
    }
  });
  const { length } = lifecyclePolicyText(rules);
  if (length > MOST_CHARACTERS) {
    fail(
      path,
      `'${prop}' must leave at most ${MOST_CHARACTERS} characters in the lifecycle policy, got ${length}: ` +
        'use fewer or shorter patterns',
    );
  }
}

function requireSelection(path: string, images: ImageSelection): void {
  requireKnown(path, 'images', images._patterns);
  if (images._tagStatus === 'tagged' && images._patterns.length === 0) {
    fail(path, "'images' must hold at least one pattern of tags, got none: name one or select ImageSelection.any()");
  }
  images._patterns.forEach((pattern, index) => {
    requireTagPattern(path, 'images', pattern);
    const wider = images._patterns.find((other, at) => at !== index && coversPattern(other, pattern));
    if (wider !== undefined) {
      fail(
        path,
        `'images' must hold no pattern that another one covers, got '${pattern}' and '${wider}': an image must match ` +
          `all of them, so leave out '${wider}', or add a rule for each`,
      );
    }
  });
}

function requireTerms(path: string, { _terms: terms }: RetentionRule): void {
  if (terms.countType === 'imageCountMoreThan') {
    requireCount(path, 'count', terms.count);
  } else {
    requireWholeDays(path, 'age', terms.age, terms.countType === 'sinceImageTransitioned' ? FEWEST_DAYS_IN_ARCHIVE : 1);
  }
}

function requireCount(path: string, prop: string, count: number): void {
  requireKnown(path, prop, count);
  if (!Number.isSafeInteger(count) || count < 1) {
    fail(path, `'${prop}' must be a whole number of at least 1, got ${count}`);
  }
}

/** Fails when 'earlier' matches all that 'rule' matches, which ECR refuses or which makes 'rule' idle. */
function requireOwnImages(path: string, prop: string, earlier: LifecycleRule, rule: LifecycleRule): void {
  const [before, selection] = [earlier.selection, rule.selection];
  if (before.storageClass !== selection.storageClass) {
    return;
  }
  const seen = `got "${rule.description}" behind "${earlier.description}"`;
  if (before.tagStatus === 'any') {
    fail(path, `'${prop}' must leave the rule for any image last, ${seen}: put it before, or leave one of them out`);
  }
  if (before.tagStatus === 'untagged' && selection.tagStatus === 'untagged') {
    fail(path, `'${prop}' must leave one rule for untagged images, ${seen}: change the first or leave one of them out`);
  }
  if (coversSelection(before, selection)) {
    fail(path, `'${prop}' must leave no rule whose images one before it takes, ${seen}: leave it out or put it before`);
  }
}

/** Whether an image that has a tag for each pattern of 'narrow' has one for each pattern of 'wide', too. */
function coversSelection(wide: LifecycleSelection, narrow: LifecycleSelection): boolean {
  const patterns = narrow.tagPatternList ?? [];
  return (
    wide.tagPatternList?.every((pattern) => patterns.some((narrower) => coversPattern(pattern, narrower))) ?? false
  );
}

function requireTagPattern(path: string, prop: string, pattern: string): void {
  if (!/^[A-Za-z0-9._*-]{1,128}$/.test(pattern)) {
    fail(path, `'${prop}' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and '*', got '${pattern}'`);
  }
  if (pattern.split('*').length > 5) {
    fail(path, `'${prop}' must hold patterns with at most four '*', got '${pattern}'`);
  }
}

function requireKnown(path: string, prop: string, value: number | readonly string[] | Duration): void {
  const parts = Array.isArray(value) ? [value, ...value] : [value];
  if (parts.some((part) => Token.isUnresolved(part)) || isUnresolvedDuration(value)) {
    fail(
      path,
      `'${prop}' must be known when the app is synthesized, because what expires is proved then, got a token: ` +
        'pass a plain value',
    );
  }
}

function isUnresolvedDuration(value: number | readonly string[] | Duration): boolean {
  return typeof value === 'object' && 'isUnresolved' in value && value.isUnresolved();
}
