import { Token } from 'aws-cdk-lib/core';

/** A host name as DNS and browsers compare it: in small letters, and without the dot of the root at its end. */
export function hostName(name: string): string {
  return Token.isUnresolved(name) ? name : name.replace(/\.$/, '').toLowerCase();
}

/** The name in the address of a site: the first that is one host's, and not a wildcard's. */
export function mainName(names: string[]): string {
  return names.find((name) => !isWildcard(name)) ?? names[0];
}

/** Whether a name stands for every name below another one, as `*.example.com` does. */
export function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}
