import * as ecr from 'aws-cdk-lib/aws-ecr';
import { type IAspect, Lazy } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { lifecyclePolicyText } from './lifecycle-policy';
import { standardRetention } from './standard-retention';

/**
 * Gives a repository the standard lifecycle policy, unless its owner wrote one.
 *
 * Decided at synthesis, because the owner may call `addLifecycleRule` after this. Where tags may move there is no
 * policy: the rule for untagged images would expire the image that a moved tag leaves behind, while it still runs.
 */
export function writeLifecyclePolicyUnlessWritten(repository: ecr.CfnRepository): void {
  const written = repository.lifecyclePolicy;
  repository.lifecyclePolicy = Lazy.uncachedAny({
    produce: (context) => {
      const policy = context.resolve(written);
      if (policy?.lifecyclePolicyText || repository.imageTagMutability !== ecr.TagMutability.IMMUTABLE) {
        return policy;
      }
      return { ...policy, lifecyclePolicyText: lifecyclePolicyText(standardRetention(repository.node.path, {})) };
    },
  });
}

/** Does so for the repository that `scope` makes under `id`, once it is there. */
export class LifecyclePolicyUnlessWritten implements IAspect {
  constructor(
    private readonly scope: IConstruct,
    private readonly id: string,
  ) {}

  public visit(node: IConstruct): void {
    if (ecr.CfnRepository.isCfnRepository(node) && node.node.scope === this.scope.node.tryFindChild(this.id)) {
      writeLifecyclePolicyUnlessWritten(node);
    }
  }
}
