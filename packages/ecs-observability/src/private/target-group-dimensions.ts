import type { DimensionsMap } from 'aws-cdk-lib/aws-cloudwatch';
import type { IApplicationLoadBalancer, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Fn } from 'aws-cdk-lib/core';
import { fail } from './validate';

/** Dimensions under which CloudWatch knows a target group behind one load balancer. Fails when nobody knows that load balancer. */
export function targetGroupDimensions(
  targetGroup?: IApplicationTargetGroup,
  loadBalancer?: IApplicationLoadBalancer,
): DimensionsMap | undefined {
  if (!targetGroup) {
    if (loadBalancer) {
      fail(loadBalancer, `'loadBalancer' needs 'targetGroup', got none: pass the target group of the service too`);
    }
    return undefined;
  }
  if (!loadBalancer) {
    return attachedDimensions(targetGroup);
  }
  return {
    ...loadBalancer.metrics.requestCount().dimensions,
    // arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<id>, of which the last part is the name
    TargetGroup: Fn.select(5, Fn.split(':', targetGroup.targetGroupArn)),
  };
}

/** aws-cdk-lib makes a metric only once it knows the load balancer, and throws before. */
function attachedDimensions(targetGroup: IApplicationTargetGroup): DimensionsMap | undefined {
  try {
    return targetGroup.metrics.requestCount().dimensions;
  } catch {
    fail(
      targetGroup,
      `'loadBalancer' must be given for this target group, got none: it is neither attached to a listener yet nor imported with 'loadBalancerArns'`,
    );
  }
}
