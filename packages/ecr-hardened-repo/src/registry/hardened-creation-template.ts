import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { requireMutableTagPatterns, tagMutability } from '../repository/mutable-tags';
import { lifecyclePolicyText } from '../retention/lifecycle-policy';
import type { RetentionOptions } from '../retention/retention-options';
import { standardRetention } from '../retention/standard-retention';
import { imageKey } from '../shared/image-key';
import { requireSameRegion } from '../shared/validate';
import { requireOnlyOneInRegistry } from './private/only-one-in-registry';
import { repositoriesOf, requireCount, requireNamespace } from './private/registry-names';

/** An occasion on which ECR creates a repository by itself. */
export enum CreationScenario {
  /** The first pull of an image through a pull through cache. */
  PULL_THROUGH_CACHE = 'PULL_THROUGH_CACHE',
  /** The first image that replication copies. */
  REPLICATION = 'REPLICATION',
  /** The first push to a name that does not exist. Without a template for it, ECR refuses such a push. */
  CREATE_ON_PUSH = 'CREATE_ON_PUSH',
}

/** Properties of `HardenedCreationTemplate`. */
export interface HardenedCreationTemplateProps extends RetentionOptions {
  /**
   * Namespace of the repositories: `shop` stands for all whose name begins with `shop/`; the longest one that fits
   * applies. `ROOT` stands for those that no other template fits.
   */
  readonly prefix: string;

  /** Occasions on which ECR creates the repositories. */
  readonly appliedFor: CreationScenario[];

  /**
   * Key that encrypts the images, in the region of the template.
   *
   * @default - a new key that rotates every year and outlives the stack
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Patterns of the tags that may move, at most five; `*` for all only in a template for `PULL_THROUGH_CACHE` alone.
   *
   * Tags of a cache that may not move stay at the image that was pulled first: ECR does not fetch what the upstream
   * publishes under the same tag later, fixes included. Tags that may move follow the upstream within a day. The image
   * that they leave is then untagged and expires `expireUntaggedAfter` after its push, even where it still runs.
   *
   * @default - none; a warning says so in a template for PULL_THROUGH_CACHE
   */
  readonly mutableTagPatterns?: string[];

  /**
   * Tags of the repositories, as AWS resources.
   *
   * @default - none
   */
  readonly resourceTags?: { [key: string]: string };
}

/**
 * Makes the repositories that ECR creates by itself as hardened as `HardenedRepository`: immutable tags, a key of
 * yours, the same lifecycle policy, and no access for others.
 *
 * Only repositories that are created after this are made so; changing or deleting the template changes none of them.
 * A template says nothing about scanning: that is for `RegistryScanning`. A namespace has one template in an account
 * and region: a second one in the app is an error.
 *
 * @example
 * new HardenedCreationTemplate(this, 'Template', {
 *   prefix: 'shop',
 *   appliedFor: [CreationScenario.CREATE_ON_PUSH, CreationScenario.REPLICATION],
 * });
 */
export class HardenedCreationTemplate extends Construct {
  /** Key that encrypts the images. */
  public readonly encryptionKey: kms.IKey;
  /** Role in which ECR creates the repositories. */
  public readonly creationRole: iam.Role;

  constructor(scope: Construct, id: string, props: HardenedCreationTemplateProps) {
    super(scope, id);

    const appliedFor = [...new Set(props.appliedFor)];
    const onlyCaches = appliedFor.every((scenario) => scenario === CreationScenario.PULL_THROUGH_CACHE);

    const { path } = this.node;
    requireNamespace(path, 'prefix', props.prefix, 1, 256);
    requireCount(path, 'appliedFor', 'scenarios', appliedFor, 1, 3);
    const lifecyclePolicy = lifecyclePolicyText(standardRetention(path, props));
    requireMutableTagPatterns(path, 'mutableTagPatterns', props.mutableTagPatterns ?? [], onlyCaches);
    requireSameRegion(path, 'encryptionKey', props.encryptionKey, Stack.of(this));
    requireOnlyOneInRegistry<ecr.CfnRepositoryCreationTemplate>(
      this,
      `the template for '${props.prefix}'`,
      ecr.CfnRepositoryCreationTemplate.CFN_RESOURCE_TYPE_NAME,
      (template) => template.prefix === props.prefix,
    );

    this.encryptionKey =
      props.encryptionKey ??
      imageKey(
        this,
        `Encrypts the images that ECR creates repositories for under ${props.prefix}`,
        RemovalPolicy.RETAIN,
      );
    this.creationRole = this.createRole(props.prefix, appliedFor, props.resourceTags);
    const template = new ecr.CfnRepositoryCreationTemplate(this, 'Resource', {
      prefix: props.prefix,
      appliedFor,
      customRoleArn: this.creationRole.roleArn,
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: this.encryptionKey.keyArn },
      ...tagMutability(props.mutableTagPatterns ?? []),
      lifecyclePolicy,
      resourceTags: props.resourceTags && Object.entries(props.resourceTags).map(([key, value]) => ({ key, value })),
    });
    // The first pull or push would fail while the role may not use the key yet.
    template.node.addDependency(this.creationRole);
    if (appliedFor.includes(CreationScenario.PULL_THROUGH_CACHE) && props.mutableTagPatterns === undefined) {
      this.warnOfTagsThatStay();
    }
  }

  private createRole(prefix: string, appliedFor: CreationScenario[], tags?: { [key: string]: string }): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ecr.amazonaws.com'),
      description: `Creates the repositories under ${prefix}`,
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'ecr:CreateRepository',
          ...(appliedFor.includes(CreationScenario.REPLICATION) ? ['ecr:ReplicateImage'] : []),
          ...(tags ? ['ecr:TagResource'] : []),
        ],
        resources: [
          Stack.of(this).formatArn({ service: 'ecr', resource: 'repository', resourceName: repositoriesOf(prefix) }),
        ],
      }),
    );
    this.encryptionKey.grant(role, 'kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant');
    return role;
  }

  private warnOfTagsThatStay(): void {
    Annotations.of(this).addWarningV2(
      'ecr-hardened-repo:cachedTagsStay',
      "tags of the pull through cache stay at the image that was pulled first, and get no fixes: name those that follow the upstream in 'mutableTagPatterns', or set it to [] if this is what you want",
    );
  }
}
