/** An image as `aws ecr describe-images` shows it, to simulate what a lifecycle policy does with it. */
export interface ImageDetail {
  /** Digest of its manifest, such as `sha256:…`. */
  readonly imageDigest: string;

  /**
   * Tags of the image.
   *
   * @default - no tag
   */
  readonly imageTags?: string[];

  /** Time of its push. */
  readonly imagePushedAt: Date;

  /**
   * Time of its last pull, as ECR notes it.
   *
   * @default - it was never pulled
   */
  readonly lastRecordedPullTime?: Date;

  /**
   * Time at which it was last restored from archive.
   *
   * @default - it was never restored
   */
  readonly lastActivatedAt?: Date;

  /**
   * Time at which it was last archived. Required of an archived image.
   *
   * @default - it was never archived
   */
  readonly lastArchivedAt?: Date;

  /**
   * Whether it is in archive, which is when its `imageStatus` is `ARCHIVED`.
   *
   * @default false
   */
  readonly archived?: boolean;

  /**
   * Digests of the images that it lists, when it is an index (a multi-platform image, or one with attestations). ECR
   * shows them in the manifest only. They stay as long as the index does.
   *
   * @default - it is not an index
   */
  readonly childDigests?: string[];

  /**
   * Digest of the image that it refers to, when it is a signature, an SBOM or the like. It goes when that image goes;
   * AWS does not say whether a rule could take it before, and the simulation does not.
   *
   * @default - it refers to no image
   */
  readonly subjectManifestDigest?: string;
}

/** The ways in which a lifecycle policy acts on an image. */
export enum RetentionAction {
  /** The image is deleted and cannot be brought back. */
  EXPIRE = 'EXPIRE',
  /** The image is archived and cannot be pulled until it is restored. */
  ARCHIVE = 'ARCHIVE',
}

/** An image that a lifecycle policy expires or archives, and the rule that does. */
export interface RetentionOutcome {
  /** Digest of its manifest. */
  readonly imageDigest: string;
  /** Its tags; empty when it has none. */
  readonly imageTags: string[];
  /** The way in which the policy acts on it. */
  readonly action: RetentionAction;
  /** Priority of the rule in the lifecycle policy; of an image that refers to another one, the rule of that one. */
  readonly rulePriority: number;
  /** Description of the rule in the lifecycle policy. */
  readonly ruleDescription: string;
}
