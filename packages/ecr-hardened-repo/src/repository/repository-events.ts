import type * as events from 'aws-cdk-lib/aws-events';
import type { FindingSeverity } from '../shared/finding-severity';

/** Options of `HardenedRepository.onImagePushed`. */
export interface OnImagePushedOptions extends events.OnEventOptions {
  /**
   * Patterns of the tags to be told of; `*` stands for any characters.
   *
   * @default - every push but that of a pin (`DeployedImagePins`), also of an image without a tag, such as one platform's
   * part of an image for several
   */
  readonly tagPatterns?: string[];
}

/** Options of `HardenedRepository.onScanFindings`. */
export interface OnScanFindingsOptions extends events.OnEventOptions {
  /**
   * The least severity to be told of.
   *
   * @default FindingSeverity.HIGH
   */
  readonly minSeverity?: FindingSeverity;

  /**
   * Whether each finding of enhanced scanning is an event of its own, also one that Amazon Inspector makes long after
   * the push, when a new vulnerability becomes known. The push of a bad image sends as many events as it has findings.
   *
   * @default false - one event when an image's first scan ends, with the number of findings
   */
  readonly eachFinding?: boolean;
}
