import { ImageSelection, RetentionRule } from '../../src';
import { days, daysAgo, image, outcomes, repositoryOf } from './images';

const { tagged, untagged, any } = ImageSelection;
const { keepNewest, expireAfterPush, archiveAfterLastPull, expireArchived } = RetentionRule;

// The headings, contents and results of "Examples of lifecycle policies in Amazon ECR" in the ECR user guide.
describe("AWS's examples", () => {
  const multipleRules = repositoryOf({
    A: [10, ['beta-1', 'prod-1']],
    B: [9, ['beta-2', 'prod-2']],
    C: [8, ['beta-3']],
  });

  test('Filtering on multiple rules, Example A: image A is expired', () => {
    expect(outcomes([keepNewest(1, tagged('prod*')), keepNewest(1, tagged('beta*'))], multipleRules)).toEqual([
      'A: EXPIRE by 1',
    ]);
  });

  test('Filtering on multiple rules, Example B: images A and B are expired', () => {
    expect(outcomes([keepNewest(1, tagged('beta*')), keepNewest(1, tagged('prod*'))], multipleRules)).toEqual([
      'A: EXPIRE by 1',
      'B: EXPIRE by 1',
    ]);
  });

  test('Filtering on multiple tags in a single rule, Example A: image C is expired', () => {
    const images = repositoryOf({
      A: [12, ['alpha-1']],
      B: [11, ['beta-1']],
      C: [10, ['alpha-2', 'beta-2']],
      D: [4, ['alpha-3']],
      E: [3, ['beta-3']],
      F: [2, ['alpha-4', 'beta-4']],
    });

    expect(outcomes([expireAfterPush(days(5), tagged('alpha*', 'beta*'))], images)).toEqual(['C: EXPIRE by 1']);
  });

  test('Filtering on multiple tags in a single rule, Example B: images A and B are expired', () => {
    const images = repositoryOf({
      A: [10, ['alpha-1', 'beta-1', 'gamma-1']],
      B: [9, ['alpha-2', 'beta-2']],
      C: [8, ['alpha-3', 'beta-3', 'gamma-2']],
    });

    expect(outcomes([keepNewest(1, tagged('alpha*', 'beta*'))], images)).toEqual(['A: EXPIRE by 1', 'B: EXPIRE by 1']);
  });

  test('Filtering on all images, Example A: images A, B and C are expired', () => {
    const images = repositoryOf({ A: [4, ['alpha-1']], B: [3, ['beta-1']], C: [2, []], D: [1, ['alpha-2']] });

    expect(outcomes([keepNewest(1, any())], images)).toEqual(['A: EXPIRE by 1', 'B: EXPIRE by 1', 'C: EXPIRE by 1']);
  });

  test('Filtering on all images, Example B: images A, B and D are expired', () => {
    const images = repositoryOf({
      A: [4, ['alpha-1', 'beta-1']],
      B: [3, []],
      C: [2, ['alpha-2']],
      D: [1, ['git-hash']],
      E: [1, []],
    });
    const rules = [keepNewest(1, tagged('alpha*')), expireAfterPush(days(1), untagged()), keepNewest(1, any())];

    expect(outcomes(rules, images)).toEqual(['A: EXPIRE by 1', 'B: EXPIRE by 2', 'D: EXPIRE by 3']);
  });

  test('Combining archive and expire rules: each rule sees its own storage class', () => {
    const images = {
      A: image('A', 800, ['v1'], { archived: true, lastArchivedAt: daysAgo(366) }),
      B: image('B', 800, ['v2'], { archived: true, lastArchivedAt: daysAgo(365) }),
      C: image('C', 31, ['v3']),
      D: image('D', 30, ['v4']),
    };

    expect(outcomes([archiveAfterLastPull(days(30), any()), expireArchived(days(365), any())], images)).toEqual([
      'A: EXPIRE by 2',
      'C: ARCHIVE by 1',
    ]);
  });
});

describe('tag patterns', () => {
  test.each([
    ['prod*', 'prod', true],
    ['prod*', 'production-team1', true],
    ['prod*', 'my-prod', false],
    ['*prod*', 'repo-production', true],
    ['*prod*', 'prod-team', true],
    ['*test*1*2*3', 'a-test-1-2-3', true],
    ['test*1*2*3*', 'test-1-3-2', false],
    ['v1.*', 'v1x0', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['latest', 'latest', true],
    ['latest', 'latest-1', false],
    ['*-final', 'v1-final', true],
    ['*-final', 'v1-final-2', false],
    ['*', 'anything', true],
  ])('%s and %s: %p', (pattern, tag, matches) => {
    const rules = [expireAfterPush(days(1), tagged(pattern))];

    expect(outcomes(rules, { A: image('A', 2, [tag]) })).toEqual(matches ? ['A: EXPIRE by 1'] : []);
  });

  test('of one rule may be matched by one tag, but match no image without tags', () => {
    const rules = [expireAfterPush(days(1), tagged('a*', '*z'))];

    expect(outcomes(rules, repositoryOf({ A: [2, ['a-z']], B: [2, []] }))).toEqual(['A: EXPIRE by 1']);
  });
});

describe('the age of an image', () => {
  test('is more than so many days, without rounding', () => {
    const images = repositoryOf({ A: [14, []], B: [14.00001, []], C: [13.9, []] });

    expect(outcomes([expireAfterPush(days(14), untagged())], images)).toEqual(['B: EXPIRE by 1']);
  });

  test('since its last pull counts from its push when it was never pulled', () => {
    const images = {
      A: image('A', 91, ['v1']),
      B: image('B', 91, ['v2'], { lastRecordedPullTime: daysAgo(89) }),
      C: image('C', 200, ['v3'], { lastRecordedPullTime: daysAgo(91) }),
    };

    expect(outcomes([archiveAfterLastPull(days(90), any())], images)).toEqual(['A: ARCHIVE by 1', 'C: ARCHIVE by 1']);
  });

  test('since its last pull counts from its restoration when it was not pulled since', () => {
    const restored = { lastArchivedAt: daysAgo(150), lastActivatedAt: daysAgo(100) };
    const images = {
      A: image('A', 300, ['v1'], { ...restored, lastRecordedPullTime: daysAgo(200) }),
      B: image('B', 300, ['v2'], { ...restored, lastRecordedPullTime: daysAgo(80) }),
      C: image('C', 300, ['v3'], restored),
      D: image('D', 300, ['v4'], { lastActivatedAt: daysAgo(89), lastRecordedPullTime: daysAgo(200) }),
      E: image('E', 300, ['v5'], { lastActivatedAt: daysAgo(89) }),
    };

    expect(outcomes([archiveAfterLastPull(days(90), any())], images)).toEqual(['A: ARCHIVE by 1', 'C: ARCHIVE by 1']);
  });

  test('since its push stays that of its push when it was restored', () => {
    const images = { A: image('A', 300, ['v1'], { lastActivatedAt: daysAgo(1) }) };

    expect(outcomes([expireAfterPush(days(30), any())], images)).toEqual(['A: EXPIRE by 1']);
  });

  test('in archive counts from its archiving', () => {
    const images = {
      A: image('A', 300, [], { archived: true, lastArchivedAt: daysAgo(91) }),
      B: image('B', 300, [], { archived: true, lastArchivedAt: daysAgo(90) }),
    };

    expect(outcomes([expireArchived(days(90), untagged())], images)).toEqual(['A: EXPIRE by 1']);
  });
});

describe('a count', () => {
  test('takes a restored image for as new as its restoration', () => {
    const images = {
      A: image('A', 300, ['v1'], { lastActivatedAt: daysAgo(1) }),
      B: image('B', 2, ['v2']),
    };

    expect(outcomes([keepNewest(1, tagged('v*'))], images)).toEqual(['B: EXPIRE by 1']);
  });

  test('takes both of two images that were pushed at the same time, because AWS does not say which', () => {
    const images = repositoryOf({ A: [2, ['v1']], B: [2, ['v2']], C: [1, ['v3']], D: [3, ['v4']] });

    expect(outcomes([keepNewest(2, tagged('v*'))], images)).toEqual([
      'A: EXPIRE by 1',
      'B: EXPIRE by 1',
      'D: EXPIRE by 1',
    ]);
    expect(outcomes([keepNewest(3, tagged('v*'))], images)).toEqual(['D: EXPIRE by 1']);
  });

  test('does not see archived images', () => {
    const archived = { archived: true, lastArchivedAt: daysAgo(1) };
    const images = { A: image('A', 3, ['v1']), B: image('B', 2, ['v2'], archived), C: image('C', 1, ['v3'], archived) };

    expect(outcomes([keepNewest(1, tagged('v*'))], images)).toEqual([]);
  });

  test('sees the images that an index lists', () => {
    const images = {
      old: image('old', 9, ['v1']),
      index: image('index', 1, ['v2'], { childDigests: [image('amd64', 1).imageDigest] }),
      amd64: image('amd64', 1, ['v2-amd64']),
    };

    expect(outcomes([keepNewest(2, tagged('v*'))], images)).toEqual(['old: EXPIRE by 1']);
  });
});

describe('an index', () => {
  const parts = { amd64: image('amd64', 30), arm64: image('arm64', 30, []) };
  const childDigests = Object.values(parts).map(({ imageDigest }) => imageDigest);
  const rules = [keepNewest(1, tagged('v*')), expireAfterPush(days(14), untagged()), expireArchived(days(90), any())];

  test('keeps the images that it lists', () => {
    expect(outcomes(rules, { index: image('index', 30, ['v1'], { childDigests }), ...parts })).toEqual([]);
  });

  test('goes before the images that it lists', () => {
    const index = image('index', 30, ['v1'], { childDigests });

    expect(outcomes(rules, { index, ...parts, next: image('next', 1, ['v2']) })).toEqual(['index: EXPIRE by 1']);
    expect(outcomes(rules, parts)).toEqual(['amd64: EXPIRE by 2', 'arm64: EXPIRE by 2']);
  });

  test('does not keep them from archive', () => {
    const index = image('index', 30, ['v1'], { childDigests, archived: true, lastArchivedAt: daysAgo(1) });

    expect(outcomes(rules, { index, ...parts })).toEqual(['amd64: EXPIRE by 2', 'arm64: EXPIRE by 2']);
  });
});

describe('a signature', () => {
  const image1 = image('image1', 30, ['v1']);
  const signature = image('signature', 30, [], { subjectManifestDigest: image1.imageDigest });
  const timestamp = image('timestamp', 30, [], { subjectManifestDigest: signature.imageDigest });
  const signed = { timestamp, signature, image1 };
  const rules = [
    keepNewest(1, tagged('v*')),
    expireAfterPush(days(14), untagged()),
    archiveAfterLastPull(days(20), any()),
  ];

  test('stays with its image', () => {
    expect(outcomes(rules, signed)).toEqual([]);
  });

  test('goes with its image, and what refers to it too', () => {
    expect(outcomes(rules, { ...signed, image2: image('image2', 1, ['v2']) })).toEqual([
      'timestamp: EXPIRE by 1',
      'signature: EXPIRE by 1',
      'image1: EXPIRE by 1',
    ]);
  });

  test('is archived with its image, unless it is in archive', () => {
    const other = image('other', 30, ['other']);
    const subject = { subjectManifestDigest: other.imageDigest };
    const archived = { archived: true, lastArchivedAt: daysAgo(1) };

    expect(
      outcomes(rules, { other, a: image('a', 30, [], subject), b: image('b', 30, [], { ...subject, ...archived }) }),
    ).toEqual(['other: ARCHIVE by 3', 'a: ARCHIVE by 3']);
  });

  test('is judged by itself when its image is gone', () => {
    expect(outcomes(rules, { signature })).toEqual(['signature: EXPIRE by 2']);
  });

  test('stays when it and another one refer to each other, which no registry can hold', () => {
    const other = image('other', 30, [], { subjectManifestDigest: signature.imageDigest });
    const loop = image('signature', 30, [], { subjectManifestDigest: other.imageDigest });

    expect(outcomes(rules, { loop, other })).toEqual([]);
  });
});
