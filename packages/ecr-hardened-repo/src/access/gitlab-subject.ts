import { fail } from '../shared/validate';
import { requireRefName } from './private/git-ref';
import type { TrustedSubject } from './private/push-role';

/**
 * Jobs of GitLab CI/CD, named by the subject of their ID tokens; never a pattern.
 *
 * A pipeline of a merge request has the subject of its source branch, in the project that holds the branch. So another
 * branch and, since GitLab 18.2.2, a fork are refused. Projects that changed the components of their subjects are, too.
 */
export class GitLabSubject {
  /**
   * Jobs in pipelines of a branch, also those of merge requests from this branch into another. Protect the branch:
   * whoever may push to it gets the role.
   *
   * @param projectPath path of the project with its groups, such as 'group/subgroup/project'
   * @param name name of the branch
   */
  public static branch(projectPath: string, name: string): GitLabSubject {
    return new GitLabSubject(projectPath, 'branch', name);
  }

  /**
   * Jobs in pipelines of one tag. No pattern can stand for tags still to come.
   *
   * @param projectPath path of the project with its groups, such as 'group/subgroup/project'
   * @param name name of the tag
   */
  public static tag(projectPath: string, name: string): GitLabSubject {
    return new GitLabSubject(projectPath, 'tag', name);
  }

  private constructor(
    private readonly projectPath: string,
    private readonly refType: 'branch' | 'tag',
    private readonly name: string,
  ) {}

  /** @internal */
  public _trusted(path: string): TrustedSubject[] {
    if (!/^\w[\w.-]*(\/\w[\w.-]*)+$/.test(this.projectPath)) {
      fail(
        path,
        `'subjects' must name each project with its groups, such as 'group/project', got '${this.projectPath}'`,
      );
    }
    requireRefName(path, this.refType, this.name, 'trust each one, or push from a protected branch');
    return [{ subject: `project_path:${this.projectPath}:ref_type:${this.refType}:ref:${this.name}` }];
  }
}
