import { fail } from '../shared/validate';
import { requireRefName } from './private/git-ref';
import type { TrustedSubject } from './private/push-role';

/** A repository on GitHub. */
export interface GitHubRepository {
  /** Name of the user or organization, in GitHub's upper and lower case. */
  readonly owner: string;

  /** Name of the repository without its owner, in GitHub's upper and lower case. */
  readonly repository: string;

  /**
   * Number of the owner, as 'gh api repos/OWNER/REPOSITORY --jq .owner.id' prints it. Goes with `repositoryId`.
   *
   * @default - the repository is trusted by its name only, in tokens without numbers
   */
  readonly ownerId?: string;

  /**
   * Number of the repository, as 'gh api repos/OWNER/REPOSITORY --jq .id' prints it. Goes with `ownerId`.
   *
   * @default - the repository is trusted by its name only, in tokens without numbers
   */
  readonly repositoryId?: string;
}

/**
 * Jobs of GitHub Actions, named by the subject of their ID tokens; never a pattern, and never `pull_request`.
 *
 * Repositories that were created, renamed or transferred since July 15, 2026 have the numbers of owner and repository in
 * the subject, others do not until they opt in. With both numbers, a job is trusted in either form: without numbers in
 * the subject, AWS compares the number of the repository in the token. Without numbers, only the older form is trusted.
 */
export class GitHubSubject {
  /**
   * Jobs that deploy to an environment, from wherever its protection rules allow; without rules that is any branch, and
   * any pull request of the repository's own branches. The way to go for releases: let only the tags 'v*' deploy to it.
   *
   * @param repo repository of the workflow
   * @param name name of the environment, as the workflow writes it
   */
  public static environment(repo: GitHubRepository, name: string): GitHubSubject {
    return new GitHubSubject(repo, `environment:${name}`, (path) => requireEnvironment(path, name));
  }

  /**
   * Jobs without an environment in workflows of a branch, whatever starts them but a pull request. An event like
   * 'pull_request_target' or 'issue_comment' runs the workflow of the branch, too.
   *
   * @param repo repository of the workflow
   * @param name name of the branch without 'refs/heads/'
   */
  public static branch(repo: GitHubRepository, name: string): GitHubSubject {
    return new GitHubSubject(repo, `ref:refs/heads/${name}`, (path) =>
      requireRefName(path, 'branch', name, 'trust each branch, or an environment'),
    );
  }

  /**
   * Jobs without an environment in workflows of one tag. No pattern can stand for tags still to come.
   *
   * @param repo repository of the workflow
   * @param name name of the tag without 'refs/tags/'
   */
  public static tag(repo: GitHubRepository, name: string): GitHubSubject {
    return new GitHubSubject(repo, `ref:refs/tags/${name}`, (path) =>
      requireRefName(path, 'tag', name, 'trust an environment that only such tags may deploy to'),
    );
  }

  private constructor(
    private readonly repo: GitHubRepository,
    private readonly context: string,
    private readonly requireContext: (path: string) => void,
  ) {}

  /** @internal */
  public _trusted(path: string): TrustedSubject[] {
    requireRepository(path, this.repo);
    this.requireContext(path);

    const { owner, repository, ownerId, repositoryId } = this.repo;
    const byName = `repo:${owner}/${repository}:${this.context}`;
    if (ownerId === undefined || repositoryId === undefined) {
      return [{ subject: byName }];
    }
    return [
      { subject: `repo:${owner}@${ownerId}/${repository}@${repositoryId}:${this.context}` },
      { subject: byName, claims: { repository_id: repositoryId } },
    ];
  }
}

function requireRepository(path: string, { owner, repository, ownerId, repositoryId }: GitHubRepository): void {
  if (!/^[A-Za-z0-9][\w-]{0,38}$/.test(owner)) {
    fail(
      path,
      "'owner' must be the name of a GitHub user or organization, 1 to 39 letters, digits, '-' and '_', " +
        `got '${owner}'`,
    );
  }
  if (!/^[\w.-]{1,100}$/.test(repository)) {
    fail(
      path,
      "'repository' must be the name of a GitHub repository without its owner, 1 to 100 letters, digits, '.', '-' " +
        `and '_', got '${repository}'`,
    );
  }
  if ((ownerId === undefined) !== (repositoryId === undefined)) {
    fail(
      path,
      `'ownerId' and 'repositoryId' must be given both or neither, got '${ownerId ?? repositoryId}' as ` +
        `'${ownerId === undefined ? 'repositoryId' : 'ownerId'}' only`,
    );
  }
  for (const [prop, number] of Object.entries({ ownerId, repositoryId })) {
    if (number !== undefined && !/^[1-9][0-9]{0,18}$/.test(number)) {
      fail(
        path,
        `'${prop}' must be the number that GitHub has for ${owner}/${repository}, got '${number}': ` +
          `ask 'gh api repos/${owner}/${repository}'`,
      );
    }
  }
}

/** GitHub writes ':' as '%3A' in a subject. Another environment may bear that as its name, without any protection. */
function requireEnvironment(path: string, name: string): void {
  if (/^[^\p{Cc}:%*?$]{1,255}$/u.test(name)) {
    return;
  }
  fail(
    path,
    `'subjects' must name each environment in full, in 1 to 255 characters, none of them : % * ? $, ` +
      `got '${name}': trust each one, and give it a name without these`,
  );
}
