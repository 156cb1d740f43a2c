import { type ImageDetail, RetentionAction, type RetentionOutcome } from './image-detail';
import { type LifecycleRule, type LifecycleSelection, lifecycleRules } from './lifecycle-policy';
import type { RetentionRule } from './retention-rule';
import { matchesTag } from './tag-pattern';

const DAY = 24 * 60 * 60 * 1000;

/**
 * Outcomes of one evaluation of the lifecycle policy at `now` for `images`, in their order.
 *
 * It follows "Lifecycle policy evaluation rules" and "Lifecycle policy properties" of the ECR user guide. Where these say
 * nothing, it says that an image goes: it is there to prove that an image stays.
 */
export function simulate(
  rules: readonly RetentionRule[],
  images: readonly ImageDetail[],
  now: Date,
): RetentionOutcome[] {
  const bound = boundDigests(images);
  const identified = new Set<string>();
  const taken = new Map<string, LifecycleRule>();
  for (const rule of lifecycleRules(rules)) {
    // A rule sees what the rules before it took "as if they hadn't been expired or archived", but cannot touch it.
    const matching = images.filter((image) => selects(rule.selection, image));
    for (const { imageDigest } of due(rule.selection, matching, now)) {
      if (!identified.has(imageDigest) && !bound.has(imageDigest)) {
        taken.set(imageDigest, rule);
      }
    }
    // Also what a rule leaves alone is out of reach of the rules behind it.
    for (const { imageDigest } of matching) {
      identified.add(imageDigest);
    }
  }
  takeReferrers(images, taken);
  return images.flatMap((image) => outcome(image, taken.get(image.imageDigest)));
}

/** Whether the image matches the tag requirement of the rule, in the storage class that the rule is about. */
function selects(selection: LifecycleSelection, image: ImageDetail): boolean {
  if ((selection.storageClass === 'archive') !== (image.archived ?? false)) {
    return false;
  }
  const tags = image.imageTags ?? [];
  switch (selection.tagStatus) {
    case 'tagged':
      return (selection.tagPatternList ?? []).every((pattern) => tags.some((tag) => matchesTag(pattern, tag)));
    case 'untagged':
      return tags.length === 0;
    case 'any':
      return true;
  }
}

/** Images that the rule would act on if it were the only one. */
function due(selection: LifecycleSelection, matching: ImageDetail[], now: Date): ImageDetail[] {
  if (selection.countType === 'imageCountMoreThan') {
    return allButNewest(selection.countNumber, matching);
  }
  // "Older than": in AWS's example "Filtering on all images", B, an image pushed 1 day ago outlives 1 day. AWS does not say
  // whether it rounds to whole days; without rounding, none goes later than here.
  const limit = now.getTime() - selection.countNumber * DAY;
  return matching.filter((image) => agedSince(selection, image) < limit);
}

/**
 * Images that at least `count` others are not older than. AWS does not say which of two images goes that were pushed at
 * the same time: here both do.
 *
 * Images that an index lists and images that refer to another one are counted, as AWS does not exempt them.
 */
function allButNewest(count: number, matching: ImageDetail[]): ImageDetail[] {
  const newest = matching.map(orderedBy).sort((a, b) => b - a);
  return matching.filter((image) => orderedBy(image) <= (newest[count] ?? Number.NEGATIVE_INFINITY));
}

/** "If an image was archived and then restored […], the image's last_activated_at is used instead of pushed_at_time." */
function orderedBy({ lastActivatedAt, imagePushedAt }: ImageDetail): number {
  return (lastActivatedAt ?? imagePushedAt).getTime();
}

function agedSince({ countType }: LifecycleSelection, image: ImageDetail): number {
  const { imagePushedAt, lastArchivedAt } = image;
  switch (countType) {
    case 'sinceImagePulled':
      return lastUse(image).getTime();
    case 'sinceImageTransitioned':
      // An archived image without the time has been refused, see `requireImages`.
      return (lastArchivedAt ?? imagePushedAt).getTime();
    default:
      // AWS speaks of last_activated_at for the order and for pulls only, so a restored image is as old as its push.
      return imagePushedAt.getTime();
  }
}

/** Last pull; restoration when it was not pulled since; push when it was never pulled. */
function lastUse({ imagePushedAt, lastRecordedPullTime, lastActivatedAt }: ImageDetail): Date {
  if (lastActivatedAt && (!lastRecordedPullTime || lastRecordedPullTime < lastActivatedAt)) {
    return lastActivatedAt;
  }
  return lastRecordedPullTime ?? imagePushedAt;
}

/** Images that no rule takes by themselves: those that an index in standard storage lists, and those with a subject. */
function boundDigests(images: readonly ImageDetail[]): Set<string> {
  const present = new Set(images.map((image) => image.imageDigest));
  const parts = images.filter((image) => !image.archived).flatMap((image) => image.childDigests ?? []);
  const referrers = images.filter(({ subjectManifestDigest }) => present.has(subjectManifestDigest ?? ''));
  return new Set([...parts, ...referrers.map((image) => image.imageDigest)]);
}

/** "Lifecycle policies automatically expire or archive those artifacts" with their subject, and in turn what refers to them. */
function takeReferrers(images: readonly ImageDetail[], taken: Map<string, LifecycleRule>): void {
  const referrers = new Map<string, ImageDetail[]>();
  for (const image of images) {
    if (image.subjectManifestDigest !== undefined) {
      referrers.set(image.subjectManifestDigest, [...(referrers.get(image.subjectManifestDigest) ?? []), image]);
    }
  }
  // The iteration also reaches what is added while it runs, so that the referrers of referrers go, too.
  for (const [subject, rule] of taken) {
    for (const { imageDigest } of referrers.get(subject) ?? []) {
      taken.set(imageDigest, rule);
    }
  }
}

function outcome(image: ImageDetail, rule: LifecycleRule | undefined): RetentionOutcome[] {
  const isArchiving = rule?.action.type === 'transition';
  if (rule === undefined || (isArchiving && image.archived)) {
    return [];
  }
  return [
    {
      imageDigest: image.imageDigest,
      imageTags: image.imageTags ?? [],
      action: isArchiving ? RetentionAction.ARCHIVE : RetentionAction.EXPIRE,
      rulePriority: rule.rulePriority,
      ruleDescription: rule.description,
    },
  ];
}
