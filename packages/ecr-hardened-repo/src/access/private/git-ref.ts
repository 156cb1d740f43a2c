import { fail } from '../../shared/validate';

/** Characters that a ref of Git never holds, and `$`, with which IAM begins a variable. */
const NOT_IN_A_REF = /[\s\p{Cc}~^:?*[\\$]/u;

/** Fails unless 'name' is the name of one branch or one tag. */
export function requireRefName(path: string, kind: 'branch' | 'tag', name: string, wayOut: string): void {
  if (name !== '' && name.length <= 244 && !name.startsWith('refs/') && !NOT_IN_A_REF.test(name)) {
    return;
  }
  fail(
    path,
    `'subjects' must name each ${kind} in full, without 'refs/', white space and any of ~ ^ : ? * [ \\ $, ` +
      `got '${name}': ${wayOut}`,
  );
}
