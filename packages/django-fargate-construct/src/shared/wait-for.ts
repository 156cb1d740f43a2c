import { Stack } from 'aws-cdk-lib/core';
import { Dependable, type IConstruct, type IDependable } from 'constructs';

/**
 * Makes a construct come after others of its own stack. What another stack holds comes first by being referred to; a
 * dependency on it as well would fix the order of the two stacks for good, and close a circle where the other one refers
 * to something here.
 */
export function waitFor(construct: IConstruct, ...others: IDependable[]): void {
  const stack = Stack.of(construct);
  const roots = others.flatMap((other) => Dependable.of(other).dependencyRoots);
  construct.node.addDependency(...roots.filter((root) => Stack.of(root) === stack));
}
