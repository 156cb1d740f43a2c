import { Duration, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HardenedRepository, ImageSelection, RetentionRule } from '../../src';
import { emptyStack, lifecycleRules } from '../fixtures';

const { tagged, untagged, any } = ImageSelection;
const { keepNewest, expireAfterPush, archiveAfterLastPull, expireArchived } = RetentionRule;

function images(): HardenedRepository {
  return new HardenedRepository(emptyStack(), 'Images');
}

function rulesOf(repository: HardenedRepository): unknown[] {
  return lifecycleRules(Template.fromStack(repository.stack));
}

/** Adds rules and returns what stands in the template behind the three of the repository. */
function added(...rules: RetentionRule[]): unknown[] {
  const repository = images();
  for (const rule of rules) {
    repository.addRetentionRule(rule);
  }
  return rulesOf(repository).slice(3);
}

/** Adds all rules, of which the last one is refused, and returns why; nothing of it is left in the template. */
function refusal(...rules: RetentionRule[]): string {
  const repository = images();
  const last = rules.pop()!;
  for (const rule of rules) {
    repository.addRetentionRule(rule);
  }
  let message = 'accepted';
  try {
    repository.addRetentionRule(last);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(rulesOf(repository)).toHaveLength(3 + rules.length);
  return message;
}

describe('a rule', () => {
  test('can keep the newest images', () => {
    expect(added(keepNewest(20, tagged('build-*', 'main-*')), keepNewest(500, any()))).toEqual([
      {
        rulePriority: 4,
        description: 'Keep the newest 20 images tagged build-* and main-*',
        selection: {
          tagStatus: 'tagged',
          tagPatternList: ['build-*', 'main-*'],
          countType: 'imageCountMoreThan',
          countNumber: 20,
        },
        action: { type: 'expire' },
      },
      {
        rulePriority: 5,
        description: 'Keep the newest 500 images',
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 500 },
        action: { type: 'expire' },
      },
    ]);
  });

  test('can expire images some days after their push', () => {
    expect(added(expireAfterPush(Duration.hours(24), tagged('preview-*')))).toEqual([
      {
        rulePriority: 4,
        description: 'Expire images tagged preview-* 1 day after their push',
        selection: {
          tagStatus: 'tagged',
          tagPatternList: ['preview-*'],
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: 1,
        },
        action: { type: 'expire' },
      },
    ]);
  });

  test('can archive images that are not pulled, and expire them from archive', () => {
    expect(
      added(archiveAfterLastPull(Duration.days(180), any()), expireArchived(Duration.days(90), untagged())),
    ).toEqual([
      {
        rulePriority: 4,
        description: 'Archive images that were not pulled for 180 days',
        selection: { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 180 },
        action: { type: 'transition', targetStorageClass: 'archive' },
      },
      {
        rulePriority: 5,
        description: 'Expire archived images without a tag 90 days after they were archived',
        selection: {
          tagStatus: 'untagged',
          storageClass: 'archive',
          countType: 'sinceImageTransitioned',
          countUnit: 'days',
          countNumber: 90,
        },
        action: { type: 'expire' },
      },
    ]);
  });

  test('may say of archived images what another one says of the rest', () => {
    expect(
      added(
        keepNewest(5, tagged('a-*')),
        keepNewest(5, any()),
        expireArchived(Duration.days(100), tagged('a-*')),
        expireArchived(Duration.days(100), untagged()),
        expireArchived(Duration.days(100), any()),
      ),
    ).toHaveLength(5);
  });

  test('may ask for more than one before it, or for less of it', () => {
    expect(
      added(
        keepNewest(5, tagged('a-*', '*-x')),
        keepNewest(5, tagged('a-*')),
        keepNewest(5, tagged('*')),
        keepNewest(5, any()),
      ),
    ).toHaveLength(4);
  });
});

describe('the count', () => {
  test.each([0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('fails for %d', (count) => {
    expect(refusal(keepNewest(count, any()))).toBe(
      `'count' must be a whole number of at least 1, got ${count} [Test/Images]`,
    );
  });
});

describe('the age', () => {
  test.each([
    [expireAfterPush(Duration.hours(12), any()), 1, '12 hours'],
    [archiveAfterLastPull(Duration.days(0), any()), 1, '0 days'],
    [expireArchived(Duration.days(89), any()), 90, '89 days'],
    [expireArchived(Duration.hours(90 * 24 + 1), any()), 90, '90 days 1 hour'],
  ])('fails when it is not whole days or too few of them (%#)', (rule, least, shown) => {
    expect(refusal(rule)).toBe(`'age' must be a whole number of days, at least ${least}, got ${shown} [Test/Images]`);
  });
});

describe('patterns', () => {
  test.each([
    [
      tagged(),
      "'images' must hold at least one pattern of tags, got none: name one or select ImageSelection.any() [Test/Images]",
    ],
    [
      tagged('shop/web'),
      "'images' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and '*', got 'shop/web' [Test/Images]",
    ],
    [
      tagged('a'.repeat(129)),
      `'images' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and '*', got '${'a'.repeat(129)}' [Test/Images]`,
    ],
    [
      tagged('test*1*2*3*4*5*6'),
      "'images' must hold patterns with at most four '*', got 'test*1*2*3*4*5*6' [Test/Images]",
    ],
    [
      tagged('a-*', 'a-1*'),
      "'images' must hold no pattern that another one covers, got 'a-1*' and 'a-*': an image must match all of them, " +
        "so leave out 'a-*', or add a rule for each [Test/Images]",
    ],
    [
      tagged('a-*', 'b-*', 'a-*'),
      "'images' must hold no pattern that another one covers, got 'a-*' and 'a-*': an image must match all of them, " +
        "so leave out 'a-*', or add a rule for each [Test/Images]",
    ],
  ])('fail when ECR would refuse them, or they mean something else (%#)', (selection, message) => {
    expect(refusal(keepNewest(5, selection))).toBe(message);
  });

  test('may have four stars and 128 characters', () => {
    expect(added(keepNewest(5, tagged('*test*1*2*3', 'a'.repeat(128))))).toHaveLength(1);
  });
});

describe('what is not known when the app is synthesized', () => {
  const number = Lazy.number({ produce: () => 100 });

  test.each([
    ['count', keepNewest(number, any())],
    ['age', expireAfterPush(Duration.days(number), any())],
    ['images', keepNewest(5, tagged('a-*', Lazy.string({ produce: () => 'b-*' })))],
    ['images', keepNewest(5, tagged(...Lazy.list({ produce: () => ['a-*', 'b-*'] })))],
  ])('fails as %s', (prop, rule) => {
    expect(refusal(rule)).toBe(
      `'${prop}' must be known when the app is synthesized, because what expires is proved then, got a token: ` +
        'pass a plain value [Test/Images]',
    );
  });
});

describe('rules together', () => {
  const pins = 'Keep the newest 1000 images tagged inuse-*';

  test('fail when there is a rule for untagged images already', () => {
    expect(refusal(keepNewest(5, untagged()))).toBe(
      `'addRetentionRule' must leave one rule for untagged images, got "Keep the newest 5 images without a tag" behind ` +
        '"Expire images without a tag 14 days after their push": change the first or leave one of them out [Test/Images]',
    );
    expect(
      refusal(expireArchived(Duration.days(90), untagged()), expireArchived(Duration.days(100), untagged())),
    ).toContain("'addRetentionRule' must leave one rule for untagged images");
  });

  test.each([
    [keepNewest(9, any()), 'Keep the newest 9 images'],
    [keepNewest(9, tagged('a-*')), 'Keep the newest 9 images tagged a-*'],
    [archiveAfterLastPull(Duration.days(9), any()), 'Archive images that were not pulled for 9 days'],
  ])('fail behind a rule for any image (%#)', (rule, description) => {
    expect(refusal(keepNewest(5, any()), rule)).toBe(
      `'addRetentionRule' must leave the rule for any image last, got "${description}" behind ` +
        '"Keep the newest 5 images": put it before, or leave one of them out [Test/Images]',
    );
  });

  test('fail behind a rule for any archived image', () => {
    expect(
      refusal(expireArchived(Duration.days(90), any()), expireArchived(Duration.days(100), tagged('a-*'))),
    ).toContain('must leave the rule for any image last');
  });

  test.each([
    [[], keepNewest(5, tagged('inuse-*')), pins],
    [[], keepNewest(5, tagged('inuse-web-*')), pins],
    [[], keepNewest(5, tagged('*-web', 'inuse-*-1')), pins],
    [
      [keepNewest(5, tagged('a-*', 'b-*'))],
      keepNewest(6, tagged('b-*', 'a-*')),
      'Keep the newest 5 images tagged a-* and b-*',
    ],
    [
      [keepNewest(5, tagged('a-*', '*-z'))],
      keepNewest(6, tagged('a-b-z')),
      'Keep the newest 5 images tagged a-* and *-z',
    ],
    [
      [keepNewest(5, tagged('*'))],
      expireAfterPush(Duration.days(6), tagged('a-*')),
      'Keep the newest 5 images tagged *',
    ],
  ])('fail when one can never act (%#)', (before, rule, earlier) => {
    const message = refusal(...before, rule);

    expect(message).toMatch(
      /^'addRetentionRule' must leave no rule whose images one before it takes, got ".*" behind /,
    );
    expect(message).toContain(`behind "${earlier}": leave it out or put it before [Test/Images]`);
  });

  test('fail when they are more than 50', () => {
    const most = Array.from({ length: 47 }, (_, index) => keepNewest(5, tagged(`a-${index}`)));

    expect(added(...most)).toHaveLength(47);
    expect(refusal(...most, keepNewest(5, any()))).toBe(
      "'addRetentionRule' must leave at most 50 rules in the lifecycle policy, got 51: " +
        'leave out a rule or a release pattern [Test/Images]',
    );
  });

  test('fail when their text is too long for ECR', () => {
    const long = (index: number) => tagged(...['a', 'b', 'c'].map((start) => `${start}${index}`.padEnd(126, 'x')));
    const rules = Array.from({ length: 31 }, (_, index) => keepNewest(5, long(index)));

    expect(refusal(...rules)).toMatch(
      /^'addRetentionRule' must leave at most 30720 characters in the lifecycle policy, got 3\d{4}: use fewer or shorter patterns \[Test\/Images\]$/,
    );
  });
});
