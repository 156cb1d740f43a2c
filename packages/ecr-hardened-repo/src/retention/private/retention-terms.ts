import type { Duration } from 'aws-cdk-lib/core';

/** Acts on all but the newest `count` images. */
interface CountTerms {
  readonly countType: 'imageCountMoreThan';
  readonly count: number;
}

/** Acts on images whose push, last pull or archiving is longer ago than `age`. */
interface AgeTerms {
  readonly countType: 'sinceImagePushed' | 'sinceImagePulled' | 'sinceImageTransitioned';
  readonly age: Duration;
}

/** Condition on which a retention rule acts, in ECR's words. */
export type RetentionTerms = CountTerms | AgeTerms;
