import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { RetentionOptions } from '../retention/retention-options';
import type { ImageEncryption } from './image-encryption';

/** Properties of `HardenedRepository`. */
export interface HardenedRepositoryProps extends RetentionOptions {
  /**
   * Name of the repository.
   *
   * @default - CloudFormation makes one up
   */
  readonly repositoryName?: string;

  /**
   * Key that encrypts the images. It cannot be changed later: CloudFormation would replace the repository.
   *
   * @default ImageEncryption.customerManagedKey() - a new key that rotates every year
   */
  readonly encryption?: ImageEncryption;

  /**
   * Patterns of the tags that may move, at most five with at most two `*` each, such as `cache-*` for a build cache. No
   * tag of a release or a pin may be among them. An image that a tag moves away from is untagged, and expires as such.
   * You give up Security Hub ECR.2, Control Tower CT.ECR.PR.3, checkov CKV_AWS_51 and Trivy AWS-0031;
   * synthesis warns of it.
   *
   * @default - none: no tag ever moves
   */
  readonly mutableTagPatterns?: string[];

  /**
   * Fate of the repository and the key made for it when they leave the stack. `DESTROY` deletes them with
   * every image, which suits environments that come and go.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
