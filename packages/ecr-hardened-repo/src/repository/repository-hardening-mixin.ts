import * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Mixin, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { writeLifecyclePolicyUnlessWritten } from '../retention/default-lifecycle-policy';
import { requireSameRegion } from '../shared/validate';

/** Properties of `RepositoryHardeningMixin`. */
export interface RepositoryHardeningMixinProps {
  /**
   * Key that encrypts the images of repositories that KMS does not encrypt yet, in their region.
   *
   * CloudFormation replaces a repository that is already deployed, and its images stay behind: leave this out for those.
   *
   * @default - the encryption stays as it is
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * Mixin that hardens repositories which are already made, by you or by constructs of others, whatever their owner wrote.
 *
 * - Tags become immutable; exclusions from immutability stay.
 * - Images are scanned when they are pushed.
 * - A repository without any lifecycle policy gets that of `HardenedRepository`, if none of its tags may move. A policy
 *   that the owner wrote stays, also one that is written later.
 * - A repository without a removal policy is kept when it leaves the stack; a removal policy that was written stays.
 *
 * Who has access is not changed. Whatever pushes one tag twice, such as a build cache, fails afterwards: leave such
 * repositories out with a selector.
 *
 * @example
 * Mixins.of(this).apply(new RepositoryHardeningMixin());
 */
export class RepositoryHardeningMixin extends Mixin {
  private readonly encryptionKey?: kms.IKey;

  constructor(props: RepositoryHardeningMixinProps = {}) {
    super();
    this.encryptionKey = props.encryptionKey;
  }

  /**
   * Whether `construct` is a `CfnRepository`; that of an `ecr.Repository` is among its children.
   *
   * @param construct any construct
   */
  public supports(construct: IConstruct): boolean {
    return ecr.CfnRepository.isCfnRepository(construct);
  }

  /**
   * Called by CDK: hardens `construct` if it is a `CfnRepository`, and leaves others as they are.
   *
   * @param construct any construct
   */
  public applyTo(construct: IConstruct): void {
    if (!ecr.CfnRepository.isCfnRepository(construct)) {
      return;
    }
    this.encrypt(construct);
    makeImmutable(construct);
    construct.imageScanningConfiguration = { scanOnPush: true };
    writeLifecyclePolicyUnlessWritten(construct);
    if (construct.cfnOptions.deletionPolicy === undefined) {
      construct.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
  }

  private encrypt(repository: ecr.CfnRepository): void {
    const { encryptionConfiguration: written } = repository;
    const type = written && 'encryptionType' in written ? written.encryptionType : written;
    // KMS_DSSE is stronger, KMS with another key is somebody's choice, and a token may be either.
    if (!this.encryptionKey || (type !== undefined && type !== 'AES256')) {
      return;
    }
    const { path } = repository.node;
    requireSameRegion(path, 'encryptionKey', this.encryptionKey, Stack.of(repository));
    repository.encryptionConfiguration = { encryptionType: 'KMS', kmsKey: this.encryptionKey.keyArn };
  }
}

function makeImmutable(repository: ecr.CfnRepository): void {
  const { imageTagMutability: written } = repository;
  if (Token.isUnresolved(written) || written === ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION) {
    return;
  }
  repository.imageTagMutability = ecr.TagMutability.IMMUTABLE;
  repository.imageTagMutabilityExclusionFilters = undefined;
}
