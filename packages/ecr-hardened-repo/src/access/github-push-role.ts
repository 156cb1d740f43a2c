import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { GitHubSubject } from './github-subject';
import { allowPush, pushRoleProps, requirePushRole, requireSubjects, requireTrustFits } from './private/push-role';
import type { PushRoleOptions } from './push-role-options';

/** Properties of `GitHubPushRole`. */
export interface GitHubPushRoleProps extends PushRoleOptions {
  /** Jobs that get the role; at least one. */
  readonly subjects: GitHubSubject[];

  /**
   * URL of the issuer; an enterprise on GitHub can have its own.
   *
   * @default 'https://token.actions.githubusercontent.com'
   */
  readonly issuer?: string;

  /**
   * Audience that the job asks for.
   *
   * @default 'sts.amazonaws.com', as `aws-actions/configure-aws-credentials` does
   */
  readonly audience?: string;
}

/**
 * A role that jobs of GitHub Actions get with their ID token, to push to a few repositories and nothing else.
 *
 * It cannot pull layers, delete images or change a policy.
 *
 * @example
 * new GitHubPushRole(this, 'PushRole', {
 *   repositories: [new HardenedRepository(this, 'Images')],
 *   subjects: [
 *     GitHubSubject.environment(
 *       { owner: 'octo-org', repository: 'shop', ownerId: '123456', repositoryId: '456789' },
 *       'release',
 *     ),
 *   ],
 * });
 */
export class GitHubPushRole extends iam.Role {
  constructor(scope: Construct, id: string, props: GitHubPushRoleProps) {
    const issuer = props.issuer ?? 'https://token.actions.githubusercontent.com';
    const audience = props.audience ?? 'sts.amazonaws.com';

    const path = `${scope.node.path}/${id}`;
    requirePushRole(scope, path, props, issuer);
    requireSubjects(path, props.subjects);
    const subjects = props.subjects.flatMap((subject) => subject._trusted(path));

    super(scope, id, pushRoleProps(scope, props, { issuer, audience, subjects }));

    requireTrustFits(this);
    allowPush(this, props.repositories);
  }
}
