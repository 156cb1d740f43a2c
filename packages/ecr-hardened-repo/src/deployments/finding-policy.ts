import { Token } from 'aws-cdk-lib/core';
import type { FindingSeverity } from '../shared/finding-severity';

/** A finding that is known, and that does not stop a deployment until a day that you name. */
export interface AcceptedFinding {
  /** Id of the finding, such as `CVE-2025-12345`. */
  readonly id: string;

  /** Why it may stay. It is written to the log of every check. */
  readonly reason: string;

  /**
   * Last day, in UTC and as in `2027-03-31`, on which it is accepted; from the next day on it counts again. Only a
   * check looks at it: an app with an old date can still be synthesized, and so be rolled back to.
   */
  readonly expires: string;

  /**
   * Package for which it is accepted, as the scan names it.
   *
   * @default - every package that has the finding
   */
  readonly packageName?: string;
}

/** Options of `FindingPolicy.failOn()`. */
export interface FindingPolicyOptions {
  /**
   * Whether findings without a fix are let through. Only enhanced scanning says that there is none (`fixAvailable` is
   * `NO`); a finding of which that is not known counts, so under basic scanning this changes nothing.
   *
   * @default false
   */
  readonly onlyFixable?: boolean;

  /**
   * Whether findings without a known exploit are let through. Only enhanced scanning says that there is none
   * (`exploitAvailable` is `NO`); a finding of which that is not known counts, so under basic scanning this changes
   * nothing.
   *
   * @default false
   */
  readonly onlyExploitable?: boolean;

  /**
   * Findings that are let through, each with its reason and its last day.
   *
   * @default - none
   */
  readonly accept?: AcceptedFinding[];
}

/** Decides which findings of an image scan stop a deployment. */
export class FindingPolicy {
  /**
   * Findings of this severity and worse ones stop a deployment, unless an option lets them through.
   * `UNDEFINED` is the least severity: findings that nobody has rated yet count only for `failOn(UNDEFINED)`.
   *
   * @param severity least severity that stops a deployment
   * @param options findings that are let through all the same
   */
  public static failOn(severity: FindingSeverity, options: FindingPolicyOptions = {}): FindingPolicy {
    const accept = options.accept ?? [];
    for (const finding of accept) requireAcceptedFinding(finding);
    requireDistinct(accept);
    return new FindingPolicy(severity, options.onlyFixable ?? false, options.onlyExploitable ?? false, accept);
  }

  private constructor(
    private readonly severity: FindingSeverity,
    private readonly onlyFixable: boolean,
    private readonly onlyExploitable: boolean,
    private readonly accept: AcceptedFinding[],
  ) {}

  /**
   * The policy as the function of a gate reads it.
   *
   * @internal
   */
  public _toJson(): string {
    const { severity, onlyFixable, onlyExploitable } = this;
    const accept = this.accept.map(({ id, reason, expires, packageName }) => ({ id, reason, expires, packageName }));
    return JSON.stringify({ severity, onlyFixable, onlyExploitable, accept });
  }
}

function requireAcceptedFinding({ id, reason, expires }: AcceptedFinding): void {
  if (!Token.isUnresolved(id) && !/^[\w.:-]+$/.test(id)) {
    throw new Error(`'accept' must name each finding by its id, such as CVE-2025-12345, got '${id}'`);
  }
  if (!Token.isUnresolved(reason) && reason.trim() === '') {
    throw new Error(`'accept' must say why each finding may stay, got no reason for ${id}`);
  }
  if (!Token.isUnresolved(expires) && !isDate(expires)) {
    throw new Error(
      `'accept' must say by a date such as 2027-03-31 when each finding expires, got '${expires}' for ${id}`,
    );
  }
}

function requireDistinct(accept: AcceptedFinding[]): void {
  const names = accept.map(({ id, packageName }) => (packageName === undefined ? id : `${id} of ${packageName}`));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`'accept' must hold each finding once, got ${twice} twice`);
}

/** Whether `text` is a day of the calendar; `Date` alone would take 30 February for 2 March. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
