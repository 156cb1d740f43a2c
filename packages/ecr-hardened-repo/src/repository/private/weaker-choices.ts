import * as iam from 'aws-cdk-lib/aws-iam';
import { Annotations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** A choice weaker than the default, and the rules that the repository then no longer satisfies. */
interface WeakerChoice {
  readonly id: string;
  readonly effect: string;
  readonly givesUp: string;
}

export const MUTABLE_TAGS: WeakerChoice = {
  id: 'mutableTagPatterns',
  effect: 'lets tags move',
  givesUp: 'Security Hub ECR.2, Control Tower CT.ECR.PR.3, checkov CKV_AWS_51, Trivy AWS-0031',
};

export const AWS_MANAGED_KEY: WeakerChoice = {
  id: 'awsManagedKey',
  effect: 'encrypts by a key that AWS manages',
  givesUp: 'Security Hub ECR.5, Trivy AWS-0033',
};

const ORGANIZATION_PRINCIPAL: WeakerChoice = {
  id: 'organizationPrincipal',
  effect: "gives access to the principal '*' of an organization",
  givesUp: 'Trivy AWS-0032, cdk-nag AwsSolutions-ECR1',
};

const ANY_PRINCIPAL: WeakerChoice = {
  id: 'anyPrincipal',
  effect: "gives access to the principal '*'",
  givesUp: 'checkov CKV_AWS_32, Trivy AWS-0032, cdk-nag AwsSolutions-ECR1',
};

/** Warns when the app is synthesized. Who has decided so acknowledges the warning `ecr-hardened-repo:<id>`. */
export function warnOf(construct: IConstruct, { id, effect, givesUp }: WeakerChoice): void {
  Annotations.of(construct).addWarningV2(
    `ecr-hardened-repo:${id}`,
    `this repository ${effect} and does not satisfy ${givesUp}`,
  );
}

/** Warns when a statement gives access to everybody, or to everybody of an organization. */
export function warnOfPrincipals(construct: IConstruct, statement: iam.PolicyStatement): void {
  const { Effect, Principal, Condition } = statement.toStatementJson();
  if (Effect !== iam.Effect.ALLOW || !JSON.stringify(Principal ?? {}).includes('"*"')) {
    return;
  }
  warnOf(construct, Condition?.StringEquals?.['aws:PrincipalOrgID'] ? ORGANIZATION_PRINCIPAL : ANY_PRINCIPAL);
}
