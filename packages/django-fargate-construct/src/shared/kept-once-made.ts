import { CfnDeletionPolicy, CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Lets what is kept in a construct go when it was made by a stack operation that failed: it holds nothing yet, and would cost
 * money under a name that nobody knows. Deleted from a stack or replaced, it is kept as before.
 */
export function keptOnceMade(scope: IConstruct): void {
  for (const resource of scope.node.findAll().filter(CfnResource.isCfnResource)) {
    const { cfnOptions } = resource;
    if (cfnOptions.deletionPolicy === CfnDeletionPolicy.RETAIN) {
      cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    }
  }
}
