import type { Duration } from 'aws-cdk-lib/core';
import type { RetentionTerms } from './private/retention-terms';

/** The images that a retention rule is about. */
export class ImageSelection {
  /**
   * Images whose tags match **all** patterns, each pattern by any of the tags.
   *
   * `tagged('v*', 'prod-*')` selects an image tagged `v1` and `prod-1`, but neither one tagged `v1` only nor one tagged
   * `prod-1` only. For images that match one pattern or the other, add a rule for each pattern.
   *
   * @param patterns patterns of tags, at least one, of letters, digits, `.`, `_`, `-` and at most four `*`, each of which
   * stands for any characters or none
   */
  public static tagged(...patterns: string[]): ImageSelection {
    return new ImageSelection('tagged', patterns);
  }

  /** Images without any tag. ECR takes one such rule for a storage class. */
  public static untagged(): ImageSelection {
    return new ImageSelection('untagged', []);
  }

  /** All images that no rule before it matches. ECR wants such a rule to be the last one of its storage class. */
  public static any(): ImageSelection {
    return new ImageSelection('any', []);
  }

  private constructor(
    /** @internal */
    public readonly _tagStatus: 'tagged' | 'untagged' | 'any',
    /** @internal */
    public readonly _patterns: readonly string[],
  ) {}
}

/**
 * A rule of a lifecycle policy: which images ECR expires or archives, within a day after they qualify.
 *
 * An image is judged by the first rule that it matches, also when that rule leaves it alone; later rules never touch it.
 * Counts, ages and patterns must be known when the app is synthesized, because what expires is proved then.
 *
 * @example
 * repository.addRetentionRule(RetentionRule.expireAfterPush(Duration.days(30), ImageSelection.tagged('preview-*')));
 */
export class RetentionRule {
  /**
   * Expires all but the newest images. Newer means pushed later, not a higher version; a restored image counts from its
   * restoration.
   *
   * Images that a rule before it judges, and the images that an index lists, take up places, too.
   *
   * @param count how many images are kept, at least 1
   * @param images which images are counted and expired
   */
  public static keepNewest(count: number, images: ImageSelection): RetentionRule {
    return new RetentionRule(images, { countType: 'imageCountMoreThan', count });
  }

  /**
   * Expires images that were pushed longer ago, whether or not a task still runs them: rather count images that you
   * deploy.
   *
   * @param age whole days, at least 1
   * @param images which images expire
   */
  public static expireAfterPush(age: Duration, images: ImageSelection): RetentionRule {
    return new RetentionRule(images, { countType: 'sinceImagePushed', age });
  }

  /**
   * Archives images that were not pulled for longer, counted from the push of those that never were, and from the
   * restoration of those that were not pulled since.
   *
   * An archived image cannot be pulled (404) until you restore it, which takes up to 20 minutes. A task pulls its image
   * only when it starts, so a service that runs on for longer than `age` has its image archived and cannot scale out.
   * Archive costs as much as standard storage up to 150 TB a month, for at least 90 days, and each restoration costs more.
   *
   * @param age whole days, at least 1
   * @param images which images are archived
   */
  public static archiveAfterLastPull(age: Duration, images: ImageSelection): RetentionRule {
    return new RetentionRule(images, { countType: 'sinceImagePulled', age });
  }

  /**
   * Expires images that were archived longer ago, whoever archived them. It judges archived images only; the other rules
   * judge none of those.
   *
   * @param age whole days, at least 90, the shortest time that ECR lets a policy keep an image in archive
   * @param images which archived images expire
   */
  public static expireArchived(age: Duration, images: ImageSelection): RetentionRule {
    return new RetentionRule(images, { countType: 'sinceImageTransitioned', age });
  }

  private constructor(
    /** @internal */
    public readonly _images: ImageSelection,
    /** @internal */
    public readonly _terms: RetentionTerms,
  ) {}
}
