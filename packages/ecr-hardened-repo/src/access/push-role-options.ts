import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';

/** Properties that `GitHubPushRole` and `GitLabPushRole` have in common. */
export interface PushRoleOptions {
  /** Repositories that the role may push to, all of the role's own account; at least one. */
  readonly repositories: ecr.IRepository[];

  /**
   * OpenID Connect provider of the issuer, which must list the audience among its client ids. An account has one for
   * each issuer.
   *
   * @default - the one that the role's account already has; without it nobody gets the role
   */
  readonly provider?: iam.IOIDCProviderRef;

  /**
   * Longest time for which a job may keep the role, from 1 to 12 hours.
   *
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * Name of the role.
   *
   * @default - CloudFormation makes one up
   */
  readonly roleName?: string;
}
