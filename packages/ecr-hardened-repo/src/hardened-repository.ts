import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { lifecyclePolicy, type Retention } from './private/retention';
import {
  requireReleaseCount,
  requireRemovalPolicy,
  requireSameRegion,
  requireTagPatterns,
  requireWholeDays,
} from './private/validate';

/** Properties of `HardenedRepository`. */
export interface HardenedRepositoryProps {
  /**
   * Name of the repository.
   *
   * @default - CloudFormation makes one up
   */
  readonly repositoryName?: string;

  /**
   * Customer-managed key that encrypts the images. It cannot be changed later: CloudFormation would replace the
   * repository.
   *
   * @default - a new key that rotates every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Patterns of the tags that mark a release; `*` stands for any characters. An image that several patterns match is
   * judged by the first of them; an image whose tags match none is never expired.
   *
   * @default ['v*']
   */
  readonly releaseTagPatterns?: string[];

  /**
   * How many of the newest images of each release pattern are kept, by time of push. Older ones expire, whether or not
   * a task still runs them: choose more than you push while the slowest service stays on one release.
   *
   * @default 100
   */
  readonly retainReleases?: number;

  /**
   * How long after its push an image without any tag expires. Also what you deploy by digest needs a tag, or it expires.
   *
   * @default Duration.days(14)
   */
  readonly expireUntaggedAfter?: Duration;

  /**
   * What happens to the repository and the key made for it when they leave the stack. `DESTROY` deletes them with
   * every image, which suits environments that come and go.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * An ECR repository whose tags never move, whose images are scanned and encrypted, and which expires few of them.
 *
 * @example
 * const repository = new HardenedRepository(this, 'Images', { repositoryName: 'shop/web' });
 * const image = ecs.ContainerImage.fromEcrRepository(repository, 'v1.4.2');
 */
export class HardenedRepository extends ecr.Repository {
  /** Key that encrypts the images. */
  public readonly encryptionKey: kms.IKey;

  constructor(scope: Construct, id: string, props: HardenedRepositoryProps = {}) {
    const releaseTagPatterns = props.releaseTagPatterns ?? ['v*'];
    const retainReleases = props.retainReleases ?? 100;
    const expireUntaggedAfter = props.expireUntaggedAfter ?? Duration.days(14);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;

    const path = `${scope.node.path}/${id}`;
    requireTagPatterns(path, 'releaseTagPatterns', releaseTagPatterns);
    requireReleaseCount(path, 'retainReleases', retainReleases);
    requireWholeDays(path, 'expireUntaggedAfter', expireUntaggedAfter);
    requireRemovalPolicy(path, 'removalPolicy', removalPolicy);
    if (props.encryptionKey) {
      requireSameRegion(path, 'encryptionKey', props.encryptionKey.env.region, Stack.of(scope).region);
    }

    super(scope, id, { repositoryName: props.repositoryName });

    this.encryptionKey = props.encryptionKey ?? this.createKey(removalPolicy);
    this.harden({ releaseTagPatterns, retainReleases, expireUntaggedAfterDays: expireUntaggedAfter.toDays() });
    this.remove(removalPolicy);
  }

  /**
   * Always fails: `releaseTagPatterns`, `retainReleases` and `expireUntaggedAfter` say what expires.
   *
   * A rule added later could expire what these keep.
   */
  public addLifecycleRule(rule: ecr.LifecycleRule): void {
    throw new Error(
      `a hardened repository takes no lifecycle rules, got ${JSON.stringify(rule)}: set 'releaseTagPatterns', ` +
        `'retainReleases' or 'expireUntaggedAfter' instead [${this.node.path}]`,
    );
  }

  private createKey(removalPolicy: RemovalPolicy): kms.Key {
    return new kms.Key(this, 'Key', {
      description: `Encrypts the images of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  /** Writes on the resource itself, because a property injector of the app could change what `super` is given. */
  private harden(retention: Retention): void {
    const resource = this.node.defaultChild as ecr.CfnRepository;
    resource.imageTagMutability = ecr.TagMutability.IMMUTABLE;
    resource.imageTagMutabilityExclusionFilters = undefined;
    resource.imageScanningConfiguration = { scanOnPush: true };
    resource.encryptionConfiguration = { encryptionType: 'KMS', kmsKey: this.encryptionKey.keyArn };
    resource.lifecyclePolicy = { lifecyclePolicyText: Stack.of(this).toJsonString(lifecyclePolicy(retention)) };
  }

  private remove(policy: RemovalPolicy): void {
    const resource = this.node.defaultChild as ecr.CfnRepository;
    resource.applyRemovalPolicy(policy);
    // Without it, CloudFormation fails to delete a repository that holds an image.
    resource.emptyOnDelete = policy === RemovalPolicy.DESTROY;
  }
}
