import { Duration, Lazy } from 'aws-cdk-lib';
import type { HardenedRepositoryProps } from '../../src';
import { lifecycleRules, repository } from '../fixtures';

function rules(props?: HardenedRepositoryProps): unknown[] {
  return lifecycleRules(repository(props));
}

function release(rulePriority: number, pattern: string, count: number) {
  return {
    rulePriority,
    description: `Keep the newest ${count} images tagged ${pattern}`,
    selection: {
      tagStatus: 'tagged',
      tagPatternList: [pattern],
      countType: 'imageCountMoreThan',
      countNumber: count,
    },
    action: { type: 'expire' },
  };
}

function untagged(rulePriority: number, days: number) {
  return {
    rulePriority,
    description: `Expire images without a tag ${days} days after their push`,
    selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: days },
    action: { type: 'expire' },
  };
}

const pins = release(1, 'inuse-*', 1000);

describe('the lifecycle policy', () => {
  test('keeps the newest 1000 deployed images, the newest 100 tagged v*, and untagged ones for 14 days', () => {
    expect(rules()).toEqual([pins, release(2, 'v*', 100), untagged(3, 14)]);
  });

  test('has a rule for each release pattern, in the order given', () => {
    expect(rules({ releaseTagPatterns: ['v1.*', 'v*', 'hotfix-*'], retainReleases: 30 })).toEqual([
      pins,
      release(2, 'v1.*', 30),
      release(3, 'v*', 30),
      release(4, 'hotfix-*', 30),
      untagged(5, 14),
    ]);
  });

  test('keeps untagged images as long as told', () => {
    expect(rules({ expireUntaggedAfter: Duration.hours(48) })).toEqual([pins, release(2, 'v*', 100), untagged(3, 2)]);
  });

  test.each<[string, HardenedRepositoryProps]>([
    ['releaseTagPatterns', { releaseTagPatterns: ['v*', Lazy.string({ produce: () => 'hotfix-*' })] }],
    ['releaseTagPatterns', { releaseTagPatterns: Lazy.list({ produce: () => ['v*', 'hotfix-*'] }) }],
    ['retainReleases', { retainReleases: Lazy.number({ produce: () => 50 }) }],
    ['expireUntaggedAfter', { expireUntaggedAfter: Duration.days(Lazy.number({ produce: () => 7 })) }],
  ])('fails when %s is not known when the app is synthesized', (prop, props) => {
    expect(() => repository(props)).toThrow(
      `'${prop}' must be known when the app is synthesized, because what expires is proved then, got a token: ` +
        'pass a plain value [Test/Images]',
    );
  });

  test('has room for the most patterns that ECR allows', () => {
    const releaseTagPatterns = Array.from({ length: 48 }, (_, line) => `line-${line}-*`);

    expect(rules({ releaseTagPatterns })).toHaveLength(50);
  });
});

describe('release patterns', () => {
  test.each([
    [[], "'releaseTagPatterns' must hold 1 to 48 patterns, got 0 [Test/Images]"],
    [
      Array.from({ length: 49 }, (_, line) => `line-${line}-*`),
      "'releaseTagPatterns' must hold 1 to 48 patterns, got 49 [Test/Images]",
    ],
    [
      ['release/*'],
      "'releaseTagPatterns' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and '*', got 'release/*' [Test/Images]",
    ],
    [
      [''],
      "'releaseTagPatterns' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and '*', got '' [Test/Images]",
    ],
    [['v*.*.*.*.*'], "'releaseTagPatterns' must hold patterns with at most four '*', got 'v*.*.*.*.*' [Test/Images]"],
    [
      ['v*', 'v*'],
      "'releaseTagPatterns' must hold no pattern that one before it covers, got 'v*' after 'v*': leave it out or put it first [Test/Images]",
    ],
    [
      ['*', 'v*'],
      "'releaseTagPatterns' must hold no pattern that one before it covers, got 'v*' after '*': leave it out or put it first [Test/Images]",
    ],
    [
      ['v*', 'hotfix-*', 'v1.*'],
      "'releaseTagPatterns' must hold no pattern that one before it covers, got 'v1.*' after 'v*': leave it out or put it first [Test/Images]",
    ],
    [
      ['inuse-web'],
      "'releaseTagPatterns' must leave no rule whose images one before it takes, got " +
        '"Keep the newest 100 images tagged inuse-web" behind "Keep the newest 1000 images tagged inuse-*": ' +
        'leave it out or put it before [Test/Images]',
    ],
  ])('fail for %j', (releaseTagPatterns, message) => {
    expect(() => repository({ releaseTagPatterns })).toThrow(message);
  });

  test.each([[['v1.*', 'v1*']], [['*-final', 'v*']], [['v.*', 'v1*']]])(
    'may overlap as long as each can match something of its own: %j',
    (releaseTagPatterns) => {
      expect(rules({ releaseTagPatterns })).toHaveLength(4);
    },
  );
});

describe('the number of releases', () => {
  test.each([2, 0, -1, 3.5, Number.NaN])('fails for %d', (retainReleases) => {
    expect(() => repository({ retainReleases })).toThrow(
      "'retainReleases' must be a whole number of at least 3 (the image that runs, the one to roll back to, " +
        `the one being deployed), got ${retainReleases} [Test/Images]`,
    );
  });

  test('may be 3', () => {
    expect(rules({ retainReleases: 3 })).toContainEqual(release(2, 'v*', 3));
  });
});

describe('the age of untagged images', () => {
  test.each([
    [Duration.hours(12), '12 hours'],
    [Duration.hours(36), '1 day 12 hours'],
    [Duration.days(0), '0 days'],
  ])('fails when it is not whole days', (expireUntaggedAfter, shown) => {
    expect(() => repository({ expireUntaggedAfter })).toThrow(
      `'expireUntaggedAfter' must be a whole number of days, at least 1, got ${shown} [Test/Images]`,
    );
  });
});
