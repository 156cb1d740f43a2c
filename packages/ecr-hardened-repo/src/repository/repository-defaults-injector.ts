import * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Aspects, type InjectionContext, type IPropertyInjector, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { LifecyclePolicyUnlessWritten } from '../retention/default-lifecycle-policy';
import { requireSameRegion } from '../shared/validate';

/** Properties of `RepositoryDefaultsInjector`. */
export interface RepositoryDefaultsInjectorProps {
  /**
   * Key that encrypts the images of repositories whose owner chose no encryption, in their region.
   *
   * CloudFormation replaces a repository that is already deployed, and its images stay behind: leave this out for those.
   *
   * @default - the encryption stays as its owner left it
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * Property injector that hardens every `ecr.Repository` made in a scope, also by constructs of others, where its owner
 * left things open: immutable tags, scan on push, a removal policy that keeps it, and the lifecycle policy of
 * `HardenedRepository`.
 *
 * What the owner wrote stays, weaker or not; `RepositoryHardeningMixin` overrules it. A repository whose owner lets tags move
 * gets no lifecycle policy: it would expire images that a moved tag left behind.
 *
 * Repositories made as `CfnRepository`, and those made before this is added, are not seen.
 *
 * @example
 * PropertyInjectors.of(this).add(new RepositoryDefaultsInjector());
 */
export class RepositoryDefaultsInjector implements IPropertyInjector {
  /** Class whose properties are injected. */
  public readonly constructUniqueId: string = ecr.Repository.PROPERTY_INJECTION_ID;

  private readonly encryptionKey?: kms.IKey;

  constructor(props: RepositoryDefaultsInjectorProps = {}) {
    this.encryptionKey = props.encryptionKey;
  }

  /**
   * Called by CDK: what the owner wrote, and hardened defaults for the rest.
   *
   * @param originalProps the owner's `ecr.RepositoryProps`
   * @param context where the repository is made
   */
  // biome-ignore lint/suspicious/noExplicitAny: the interface of CDK says so
  public inject(originalProps: any, context: InjectionContext): any {
    const written: ecr.RepositoryProps = originalProps ?? {};
    // Not as properties: a rule that the owner adds later would stand beside them, and ECR refuses two for untagged images.
    Aspects.of(context.scope).add(new LifecyclePolicyUnlessWritten(context.scope, context.id));
    return {
      ...written,
      ...this.encryption(written, context),
      imageTagMutability: written.imageTagMutability ?? ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: written.imageScanOnPush ?? true,
      removalPolicy: written.removalPolicy ?? RemovalPolicy.RETAIN,
    };
  }

  private encryption(written: ecr.RepositoryProps, { scope, id }: InjectionContext): ecr.RepositoryProps {
    if (!this.encryptionKey || written.encryption || written.encryptionKey) {
      return {};
    }
    const path = `${scope.node.path}/${id}`;
    requireSameRegion(path, 'encryptionKey', this.encryptionKey, Stack.of(scope));
    return { encryptionKey: this.encryptionKey };
  }
}
