import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { type ImageDetail, ImageSelection, RetentionAction, RetentionRule } from '../../src';
import { requireImages } from '../../src/retention/image-check';
import { lifecyclePolicyText } from '../../src/retention/lifecycle-policy';
import { simulate } from '../../src/retention/simulation';
import { standardRetention } from '../../src/retention/standard-retention';
import { accepted, histories, rules } from './arbitraries';
import { daysAgo, digestOf, image, NOW } from './images';
import { readPolicy } from './policy-reader';

/** Histories for each property, some ten seconds in all. A failure prints the seed that repeats it. */
const RUNS = 2000;

/** Policies of up to 60 rules that are checked rule by rule. */
const LONG_POLICIES = 500;

const STANDARD = standardRetention('Test/Images', {
  releaseTagPatterns: ['v1.*', 'v*', 'hotfix-*'],
  retainReleases: 3,
  expireUntaggedAfter: Duration.days(14),
});

const policies = fc.array(rules, { maxLength: 8 }).map((more) => accepted([], more));
const extensions = fc.array(rules, { maxLength: 8 }).map((more) => accepted(STANDARD, more));

function check<A, B>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>, property: (a: A, b: B) => void, numRuns = RUNS): void {
  fc.assert(fc.property(a, b, property), { numRuns });
}

function run(policy: RetentionRule[], images: ImageDetail[]): Map<string, string> {
  requireImages('Test', images, NOW);
  return new Map(
    simulate(policy, images, NOW).map(({ imageDigest, action, rulePriority }) => [
      imageDigest,
      `${action === RetentionAction.ARCHIVE ? 'transition' : 'expire'} by ${rulePriority}`,
    ]),
  );
}

const has = (start: string) => (image: ImageDetail) => image.imageTags?.some((tag) => tag.startsWith(start)) ?? false;
const orderOf = (image: ImageDetail) => (image.lastActivatedAt ?? image.imagePushedAt).getTime();

/** Whether the image would go by a rule for the same images that takes whatever is old, if it were old and alone. */
function matches(rule: RetentionRule, image: ImageDetail): boolean {
  const inArchive = rule._terms.countType === 'sinceImageTransitioned';
  const probe = inArchive
    ? RetentionRule.expireArchived(Duration.days(90), rule._images)
    : RetentionRule.expireAfterPush(Duration.days(1), rule._images);
  const old = { imagePushedAt: daysAgo(999), lastArchivedAt: image.archived ? daysAgo(999) : undefined };
  return run([probe], [{ ...image, ...old, childDigests: undefined }]).size > 0;
}

/** Images that can be pulled and are not the signature of another one. */
const deployable = (image: ImageDetail) => !image.archived && image.subjectManifestDigest === undefined;

/** Whether fewer than `count` of the other `rivals` are as new as `image`. */
function isAmongNewest(count: number, rivals: ImageDetail[], image: ImageDetail): boolean {
  return rivals.filter((rival) => rival !== image && orderOf(rival) >= orderOf(image)).length < count;
}

describe('whatever rules are added, a hardened repository', () => {
  test('never expires or archives a pinned image', () => {
    check(extensions, histories, (policy, images) => {
      const touched = run(policy, images);

      for (const pinned of images.filter(deployable).filter(has('inuse-'))) {
        expect(touched.get(pinned.imageDigest)).toBeUndefined();
      }
    });
  });

  test('never expires or archives one of the newest releases of a pattern', () => {
    check(extensions, histories, (policy, images) => {
      const touched = run(policy, images);
      const standard = images.filter((candidate) => !candidate.archived);

      // An image with tags of two patterns is judged by the first; a pinned one by its pin.
      const patterns = ['v1.', 'v', 'hotfix-'];
      patterns.forEach((start, index) => {
        const releases = standard.filter(has(start));
        const earlier = [...patterns.slice(0, index), 'inuse-'];
        const own = releases.filter((release) => !earlier.some((other) => has(other)(release)));
        for (const release of own.filter(deployable).filter((candidate) => isAmongNewest(3, releases, candidate))) {
          expect(touched.get(release.imageDigest)).toBeUndefined();
        }
      });
    });
  });

  test('expires the rest of the releases, and nothing that only it keeps', () => {
    check(fc.constant(STANDARD), histories, (policy, images) => {
      const standard = images.filter((candidate) => !candidate.archived);
      const parts = new Set(standard.flatMap((index) => index.childDigests ?? []));
      const releases = standard.filter(has('v1.'));
      const touched = run(policy, images);

      for (const release of releases.filter(deployable).filter((one) => !has('inuse-')(one))) {
        if (!parts.has(release.imageDigest)) {
          expect(touched.has(release.imageDigest)).toBe(!isAmongNewest(3, releases, release));
        }
      }
    });
  });

  test('keeps 1000 pinned images, and expires the one before them', () => {
    const images = Array.from({ length: 1001 }, (_, index) => image(`${index}`, index / 10, [`inuse-web-${index}`]));
    const policy = accepted(STANDARD, [RetentionRule.expireAfterPush(Duration.days(1), ImageSelection.any())]);

    expect(policy).toHaveLength(STANDARD.length + 1);
    expect([...run(policy, images)]).toEqual([[digestOf('1000'), 'expire by 1']]);
  });
});

describe('a rule that is added', () => {
  test('changes nothing for an image that a rule before it matches', () => {
    check(fc.tuple(policies, rules), histories, ([policy, rule], images) => {
      const longer = accepted(policy, [rule]);
      const [before, after] = [run(policy, images), run(longer, images)];

      for (const each of images.filter((candidate) => candidate.subjectManifestDigest === undefined)) {
        if (policy.some((earlier) => matches(earlier, each))) {
          expect(after.get(each.imageDigest)).toBe(before.get(each.imageDigest));
        }
      }
    });
  });
});

describe('the simulation', () => {
  test('says what a second reader of the policy text says', () => {
    check(fc.oneof(policies, extensions), histories, (policy, images) => {
      const seen = images.map((image) => ({
        digest: image.imageDigest,
        tags: image.imageTags ?? [],
        inArchive: image.archived ?? false,
        pushed: image.imagePushedAt.getTime(),
        pulled: image.lastRecordedPullTime?.getTime(),
        restored: image.lastActivatedAt?.getTime(),
        archivedAt: image.lastArchivedAt?.getTime() ?? Number.NaN,
        parts: image.childDigests ?? [],
        subject: image.subjectManifestDigest,
      }));

      expect(run(policy, images)).toEqual(readPolicy(lifecyclePolicyText(policy), seen, NOW.getTime()));
    });
  });

  test('does not depend on the order of the images', () => {
    check(policies, histories, (policy, images) => {
      const sorted = (outcome: Map<string, string>) => [...outcome].sort(([a], [b]) => a.localeCompare(b));

      expect(sorted(run(policy, [...images].reverse()))).toEqual(sorted(run(policy, images)));
    });
  });
});

describe('a policy that is accepted', () => {
  const wide = fc
    .uniqueArray(fc.stringMatching(/^[A-Za-z0-9._*-]{1,130}$/), { minLength: 1, maxLength: 6 })
    .chain((patterns) =>
      rules.map((rule) =>
        patterns.length > 3 ? rule : RetentionRule.keepNewest(5, ImageSelection.tagged(...patterns)),
      ),
    );

  test('is within the limits of ECR', () => {
    check(
      fc.array(fc.oneof(rules, wide), { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      (more, standard) => {
        const policy = accepted(standard ? STANDARD : [], more);
        fc.pre(policy.length > 0);
        const text = lifecyclePolicyText(policy);
        const { rules: rendered } = JSON.parse(text);

        expect(text.length).toBeGreaterThanOrEqual(100);
        expect(text.length).toBeLessThanOrEqual(30_720);
        expect(rendered.length).toBeLessThanOrEqual(50);
        expect(rendered.map((rule: { rulePriority: number }) => rule.rulePriority)).toEqual(
          policy.map((_, index) => index + 1),
        );
        for (const storageClass of [undefined, 'archive']) {
          const all = rendered.filter((rule: Rendered) => rule.selection.storageClass === storageClass);
          const lists = all.map((rule: Rendered) =>
            JSON.stringify([...(rule.selection.tagPatternList ?? [rule.selection.tagStatus])].sort()),
          );
          expect(new Set(lists).size).toBe(lists.length);
          expect(all.slice(0, -1).map((rule: Rendered) => rule.selection.tagStatus)).not.toContain('any');
        }
        for (const rule of rendered) {
          expectWellFormed(rule);
        }
      },
      LONG_POLICIES,
    );
  });
});

interface Rendered {
  readonly selection: {
    readonly tagStatus: string;
    readonly tagPatternList?: string[];
    readonly storageClass?: string;
    readonly countType: string;
    readonly countUnit?: string;
    readonly countNumber: number;
  };
  readonly action: object;
}

/** What "Lifecycle policy properties in Amazon ECR" says of a rule by itself. */
function expectWellFormed({ selection, action }: Rendered): void {
  const { tagStatus, tagPatternList, storageClass, countType, countUnit, countNumber } = selection;
  expect(Number.isInteger(countNumber) && countNumber >= (storageClass === 'archive' ? 90 : 1)).toBe(true);
  expect(countUnit).toBe(countType === 'imageCountMoreThan' ? undefined : 'days');
  expect(storageClass).toBe(countType === 'sinceImageTransitioned' ? 'archive' : undefined);
  expect(action).toEqual(
    countType === 'sinceImagePulled' ? { type: 'transition', targetStorageClass: 'archive' } : { type: 'expire' },
  );
  expect(tagPatternList === undefined).toBe(tagStatus !== 'tagged');
  for (const pattern of tagPatternList ?? []) {
    expect(pattern).toMatch(/^[A-Za-z0-9._*-]{1,128}$/);
    expect(pattern.replace(/[^*]/g, '').length).toBeLessThanOrEqual(4);
  }
}
