import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A key for images, which rotates every year and gives grants to AWS services only. */
export function imageKey(scope: Construct, description: string, removalPolicy: RemovalPolicy): kms.Key {
  const key = new kms.Key(scope, 'Key', { description, enableKeyRotation: true, removalPolicy });
  // ECR asks for its grants in the name of whoever creates the repository; nobody needs a grant of another kind.
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'GrantsForServicesOnly',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: { BoolIfExists: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
    }),
  );
  return key;
}
