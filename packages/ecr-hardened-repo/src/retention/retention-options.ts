import type { Duration } from 'aws-cdk-lib/core';

/** The images that a hardened repository keeps, and for how long. All of it must be known when the app is synthesized. */
export interface RetentionOptions {
  /**
   * Patterns of the tags that mark a release; `*` stands for any characters. An image that several patterns match is
   * judged by the first of them; an image whose tags match none is expired by rules that you add, if at all.
   *
   * @default ['v*']
   */
  readonly releaseTagPatterns?: string[];

  /**
   * Number of the newest images of each release pattern that are kept, by time of push. Older ones expire, unless they are
   * pinned (`DeployedImagePins`): choose more than you push while the slowest service stays on one release.
   *
   * @default 100
   */
  readonly retainReleases?: number;

  /**
   * Time after its push at which an image without any tag expires. Also what you deploy by digest needs a tag, or it expires.
   *
   * @default Duration.days(14)
   */
  readonly expireUntaggedAfter?: Duration;
}
