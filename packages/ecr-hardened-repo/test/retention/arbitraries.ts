import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { type ImageDetail, ImageSelection, RetentionRule } from '../../src';
import { requireRetention } from '../../src/retention/retention-check';
import { daysAgo, digestOf } from './images';

const TAGS = ['inuse-web-', 'inuse-job-', 'v1.', 'v2.', 'hotfix-', 'hotfix-v', 'build-', 'main-', 'x'];
const PATTERNS = [
  'inuse-*',
  'inuse-w*',
  'v*',
  'v1.*',
  '*1',
  'hotfix-*',
  '*-v*',
  'build-*',
  'b*d-*',
  'main-*',
  '*',
  'x7',
];

/** Whole and half days, close together, so that many images are of the same age and on the edge of a rule. */
const age = fc.integer({ min: 0, max: 60 }).map((half) => half / 2);

/** Nothing in most images, and something in `some` of ten. */
function inSome<T>(some: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 10 - some, arbitrary: fc.constant(undefined) }, { weight: some, arbitrary });
}

/** What a repository may hold: tags of all kinds, indexes, signatures, and images in archive or back from it. */
export const histories: fc.Arbitrary<ImageDetail[]> = fc
  .array(
    fc.record({
      pushed: age,
      tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
      pulled: inSome(6, age),
      restored: inSome(2, age),
      inArchive: inSome(2, fc.integer({ min: 85, max: 130 })),
      parts: inSome(2, fc.array(fc.nat(), { minLength: 1, maxLength: 3 })),
      subject: inSome(1, fc.nat()),
    }),
    { maxLength: 25 },
  )
  .map((images) =>
    images.map((image, index): ImageDetail => {
      const other = (at: number) => digestOf(`${(index + 1 + (at % (images.length - 1))) % images.length}`);
      const alone = images.length < 2;
      return {
        imageDigest: digestOf(`${index}`),
        imagePushedAt: daysAgo(image.inArchive === undefined ? image.pushed : image.pushed + 130),
        imageTags: image.tags.map((tag) => `${tag}${index}`),
        lastRecordedPullTime: image.pulled === undefined ? undefined : daysAgo(image.pulled),
        lastActivatedAt: image.restored === undefined ? undefined : daysAgo(image.restored),
        archived: image.inArchive === undefined ? undefined : true,
        lastArchivedAt: image.inArchive === undefined ? undefined : daysAgo(image.inArchive),
        childDigests: alone ? undefined : image.parts?.map(other),
        subjectManifestDigest: image.subject === undefined || alone ? undefined : other(image.subject),
      };
    }),
  );

const selections: fc.Arbitrary<ImageSelection> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .uniqueArray(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 2 })
      .map((patterns) => ImageSelection.tagged(...patterns)),
  },
  { weight: 1, arbitrary: fc.constant(ImageSelection.untagged()) },
  { weight: 2, arbitrary: fc.constant(ImageSelection.any()) },
);

const days = (min: number, max: number) => fc.integer({ min, max }).map((count) => Duration.days(count));

/** A rule of any kind, some of which no policy takes. */
export const rules: fc.Arbitrary<RetentionRule> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 6 }), selections)
    .map(([count, images]) => RetentionRule.keepNewest(count, images)),
  fc.tuple(days(0, 20), selections).map(([days, images]) => RetentionRule.expireAfterPush(days, images)),
  fc.tuple(days(0, 20), selections).map(([days, images]) => RetentionRule.archiveAfterLastPull(days, images)),
  fc.tuple(days(88, 120), selections).map(([days, images]) => RetentionRule.expireArchived(days, images)),
);

/** `first`, and behind it those of `more` that the check accepts, one after the other. */
export function accepted(first: RetentionRule[], more: RetentionRule[]): RetentionRule[] {
  const policy = [...first];
  for (const rule of more) {
    try {
      requireRetention('Test', 'addRetentionRule', [...policy, rule]);
      policy.push(rule);
    } catch {
      // A user would see the error; here the policy goes on without the rule.
    }
  }
  return policy;
}
