import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Resource, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** A secret, or a field of its JSON, as a task takes it; its role may decrypt it whoever made the key. */
export function ecsSecret(secret: ISecret, field?: string): ecs.Secret {
  const { arn, hasField } = ecs.Secret.fromSecretsManager(secret, field);
  return { arn, hasField, grantRead: (grantee) => grantSecret(secret, grantee) };
}

/**
 * Lets somebody read a secret. CDK gives the right to decrypt it in the key's own policy: one that is imported has none here, and
 * one of another stack would come to depend on this one. The key trusts its account, so that the reader's policy suffices.
 */
export function grantSecret(secret: ISecret, grantee: iam.IGrantable): iam.Grant {
  const { encryptionKey } = secret;
  if (!encryptionKey || isBeside(encryptionKey, grantee)) return secret.grantRead(grantee);
  const read = iam.Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    // one that is known by its name lacks the six characters at the end of its ARN
    resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  const decrypt = iam.Grant.addToPrincipal({
    grantee,
    actions: ['kms:Decrypt'],
    resourceArns: [encryptionKey.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(secret).region}.amazonaws.com` } },
  });
  return read.combine(decrypt);
}

/** Whether a key is made in the same stack as who shall use it. */
function isBeside(key: IKey, { grantPrincipal }: iam.IGrantable): boolean {
  const reader: unknown = grantPrincipal;
  return Resource.isOwnedResource(key) && Construct.isConstruct(reader) && Stack.of(key) === Stack.of(reader);
}
