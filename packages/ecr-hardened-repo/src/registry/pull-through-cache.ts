import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { requireOnlyOneInRegistry } from './private/only-one-in-registry';
import { ROOT, repositoriesOf, requireNamespace } from './private/registry-names';
import type { UpstreamRegistry } from './upstream-registry';

/** Properties of `PullThroughCache`. */
export interface PullThroughCacheProps {
  /** Registry whose images are copied. */
  readonly upstream: UpstreamRegistry;

  /**
   * Namespace of the copies: with `docker-hub`, `library/redis` becomes `docker-hub/library/redis`. `ROOT` keeps the
   * names as they are. 2 to 30 characters.
   */
  readonly repositoryPrefix: string;
}

/**
 * Copies the images of another registry into this one when they are first pulled, so that a deployment needs neither
 * that registry nor a way to it.
 *
 * - ECR makes a repository for every image: mutable, without a key of yours, and without a lifecycle policy, unless a
 *   `HardenedCreationTemplate` for `PULL_THROUGH_CACHE` has the same prefix.
 * - At most once a day ECR looks for a newer image under a tag that is pulled, if the repository lets tags move.
 * - The first pull may need a route to the internet, also where ECR has a VPC endpoint.
 * - AWS Lambda cannot pull through a cache; there are no caches in the regions of China and of GovCloud.
 *
 * A prefix has one rule in an account and region: a second one in the app is an error. Changing anything replaces it.
 *
 * @example
 * const cache = new PullThroughCache(this, 'Cache', {
 *   upstream: UpstreamRegistry.ecrPublic(),
 *   repositoryPrefix: 'ecr-public',
 * });
 */
export class PullThroughCache extends Construct {
  private readonly repositoryPrefix: string;

  constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);

    this.repositoryPrefix = props.repositoryPrefix;
    requireNamespace(this.node.path, 'repositoryPrefix', props.repositoryPrefix, 2, 30);
    requireOnlyOneInRegistry<ecr.CfnPullThroughCacheRule>(
      this,
      `the cache for '${props.repositoryPrefix}'`,
      ecr.CfnPullThroughCacheRule.CFN_RESOURCE_TYPE_NAME,
      (rule) => rule.ecrRepositoryPrefix === props.repositoryPrefix,
    );

    new ecr.CfnPullThroughCacheRule(this, 'Resource', {
      ecrRepositoryPrefix: props.repositoryPrefix,
      ...props.upstream._bind(this, props.repositoryPrefix),
    });
  }

  /**
   * URI under which an image of the upstream is pulled through the cache.
   *
   * @param image name and tag as the upstream has them, such as `library/redis:8.2`
   */
  public imageUri(image: string): string {
    const { account, region, urlSuffix } = Stack.of(this);
    const name = this.repositoryPrefix === ROOT ? image : `${this.repositoryPrefix}/${image}`;
    return `${account}.dkr.ecr.${region}.${urlSuffix}/${name}`;
  }

  /**
   * Lets `grantee` pull through the cache, which includes to copy an image and to make the repository for it.
   *
   * For a task on Fargate that is its execution role.
   *
   * @param grantee who pulls
   */
  public grantPull(grantee: iam.IGrantable): iam.Grant {
    const token = iam.Grant.addToPrincipal({ grantee, actions: ['ecr:GetAuthorizationToken'], resourceArns: ['*'] });
    return iam.Grant.addToPrincipal({
      grantee,
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:BatchImportUpstreamImage',
        'ecr:CreateRepository',
        'ecr:GetDownloadUrlForLayer',
      ],
      resourceArns: [
        Stack.of(this).formatArn({
          service: 'ecr',
          resource: 'repository',
          resourceName: repositoriesOf(this.repositoryPrefix),
        }),
      ],
    }).combine(token);
  }
}
