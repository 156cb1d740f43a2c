import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { GitLabSubject } from './gitlab-subject';
import { allowPush, pushRoleProps, requirePushRole, requireSubjects, requireTrustFits } from './private/push-role';
import type { PushRoleOptions } from './push-role-options';

/** Properties of `GitLabPushRole`. */
export interface GitLabPushRoleProps extends PushRoleOptions {
  /** Jobs that get the role; at least one. */
  readonly subjects: GitLabSubject[];

  /**
   * URL of the GitLab instance, or the issuer that it has set for ID tokens.
   *
   * @default 'https://gitlab.com'
   */
  readonly issuer?: string;

  /**
   * Audience that the job writes as `aud` under `id_tokens`.
   *
   * @default - the issuer
   */
  readonly audience?: string;
}

/**
 * A role that jobs of GitLab CI/CD get with their ID token, to push to a few repositories and nothing else.
 *
 * It cannot pull layers, delete images or change a policy.
 *
 * @example
 * new GitLabPushRole(this, 'PushRole', {
 *   repositories: [new HardenedRepository(this, 'Images')],
 *   subjects: [GitLabSubject.branch('octo-group/shop', 'main')],
 * });
 */
export class GitLabPushRole extends iam.Role {
  constructor(scope: Construct, id: string, props: GitLabPushRoleProps) {
    const issuer = props.issuer ?? 'https://gitlab.com';
    const audience = props.audience ?? issuer;

    const path = `${scope.node.path}/${id}`;
    requirePushRole(scope, path, props, issuer);
    requireSubjects(path, props.subjects);
    const subjects = props.subjects.flatMap((subject) => subject._trusted(path));

    super(scope, id, pushRoleProps(scope, props, { issuer, audience, subjects }));

    requireTrustFits(this);
    allowPush(this, props.repositories);
  }
}
