import * as iam from 'aws-cdk-lib/aws-iam';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { type Construct, DependencyGroup } from 'constructs';

/** Processes of a site as one principal: what is granted to it reaches the role of each, and of those that come later. */
export class SitePrincipal implements iam.IPrincipal {
  public readonly assumeRoleAction = 'sts:AssumeRole';
  public readonly grantPrincipal: iam.IPrincipal = this;
  public readonly principalAccount: string;
  /** The same without the release, for rights to what waits for the release. */
  public readonly afterRelease: SitePrincipal;
  private readonly roles: iam.IRole[] = [];
  private readonly statements: iam.PolicyStatement[] = [];

  private constructor(site: Construct, afterRelease?: SitePrincipal) {
    this.principalAccount = Stack.of(site).account;
    this.afterRelease = afterRelease ?? this;
  }

  public static of(site: Construct): SitePrincipal {
    return new SitePrincipal(site, new SitePrincipal(site));
  }

  /** In a policy of the other side: the roles that there are at the end of synthesis. */
  public get policyFragment(): iam.PrincipalPolicyFragment {
    const AWS = Lazy.list({ produce: () => this.roles.map(({ roleArn }) => roleArn) });
    return new iam.PrincipalPolicyFragment({ AWS });
  }

  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.statements.push(statement);
    const policyDependable = new DependencyGroup();
    for (const role of this.roles) {
      const added = role.addToPrincipalPolicy(statement).policyDependable;
      if (added) policyDependable.add(added);
    }
    return { statementAdded: true, policyDependable };
  }

  public addToPolicy(statement: iam.PolicyStatement): boolean {
    return this.addToPrincipalPolicy(statement).statementAdded;
  }

  /** Takes in the role of one more process. */
  public addRole(role: iam.IRole, process: string): void {
    this.roles.push(role);
    for (const statement of this.statements) role.addToPrincipalPolicy(statement);
    if (this.afterRelease !== this && process !== 'release') this.afterRelease.addRole(role, process);
  }
}
