/** Which images a repository may expire; everything else it keeps. */
export interface Retention {
  /** Patterns of the tags that mark a release, the first one decides. */
  readonly releaseTagPatterns: string[];
  /** How many of the newest images of each pattern are kept. */
  readonly retainReleases: number;
  /** Days after its push when an image without any tag expires. */
  readonly expireUntaggedAfterDays: number;
}

/**
 * Lifecycle policy of a repository, as ECR reads it.
 *
 * Only counts for tagged images, only ages for untagged ones: an age would expire the image of a service that is
 * seldom released. There is no rule for `any`, so an image whose tags match no pattern stays.
 */
export function lifecyclePolicy(retention: Retention): object {
  const { releaseTagPatterns, retainReleases, expireUntaggedAfterDays } = retention;
  const releases = releaseTagPatterns.map((pattern) => ({
    description: `Keep the newest ${retainReleases} images tagged ${pattern}`,
    // One rule for each pattern: in one list, an image would have to match all of them.
    selection: {
      tagStatus: 'tagged',
      tagPatternList: [pattern],
      countType: 'imageCountMoreThan',
      countNumber: retainReleases,
    },
  }));
  const untagged = {
    description: `Expire images without a tag ${expireUntaggedAfterDays} days after their push`,
    selection: {
      tagStatus: 'untagged',
      countType: 'sinceImagePushed',
      countUnit: 'days',
      countNumber: expireUntaggedAfterDays,
    },
  };
  return {
    rules: [...releases, untagged].map((rule, index) => ({
      rulePriority: index + 1,
      ...rule,
      action: { type: 'expire' },
    })),
  };
}
