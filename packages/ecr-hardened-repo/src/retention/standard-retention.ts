import { Duration } from 'aws-cdk-lib/core';
import { PIN_TAG_PREFIX } from '../shared/pin-tag';
import { requireReleaseCount, requireRetention, requireTagPatterns, requireWholeDays } from './retention-check';
import type { RetentionOptions } from './retention-options';
import { ImageSelection, RetentionRule } from './retention-rule';

/** Tags that mark an image as deployed; `DeployedImagePins` puts them on it, and nothing takes them off. */
export const PIN_TAG_PATTERN = `${PIN_TAG_PREFIX}*`;

/** Pinned images that are kept: far more than a rollback reaches back, and few enough to be no bill. */
const MOST_PINS = 1000;

/** Patterns of the tags that mark a release, with the default applied. */
export function releaseTagPatterns({ releaseTagPatterns = ['v*'] }: RetentionOptions): string[] {
  return releaseTagPatterns;
}

/**
 * Rules that every hardened repository has, in front of all others. Fails when ECR would refuse them.
 *
 * Pins come first, so that no release pattern decides on a deployed image. Only counts for tagged images, only ages for
 * untagged ones: an age would expire the image of a service that is seldom released. There is no rule for `any`, so an
 * image whose tags match no pattern stays.
 */
export function standardRetention(path: string, props: RetentionOptions): RetentionRule[] {
  const { retainReleases = 100, expireUntaggedAfter = Duration.days(14) } = props;
  const patterns = releaseTagPatterns(props);
  requireTagPatterns(path, 'releaseTagPatterns', patterns);
  requireReleaseCount(path, 'retainReleases', retainReleases);
  requireWholeDays(path, 'expireUntaggedAfter', expireUntaggedAfter);
  const rules = [
    RetentionRule.keepNewest(MOST_PINS, ImageSelection.tagged(PIN_TAG_PATTERN)),
    // One rule for each pattern: in one list, an image would have to match all of them.
    ...patterns.map((pattern) => RetentionRule.keepNewest(retainReleases, ImageSelection.tagged(pattern))),
    RetentionRule.expireAfterPush(expireUntaggedAfter, ImageSelection.untagged()),
  ];
  requireRetention(path, 'releaseTagPatterns', rules);
  return rules;
}
