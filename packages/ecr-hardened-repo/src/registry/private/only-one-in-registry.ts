import { CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../../shared/validate';

/**
 * Fails when the app already holds a resource of 'type' for the registry of `scope`: the later deployment would
 * overwrite the earlier one, or fail.
 *
 * A registry is an account and a region. Where one of them is unknown until deployment, the stack stands for it.
 *
 * @param scope construct that is about to make the resource
 * @param what what a registry has only one of, for the message
 * @param type CloudFormation type of the resource
 * @param isSame whether a resource of that type is the same one; all of them are, if left out
 */
export function requireOnlyOneInRegistry<T extends CfnResource = CfnResource>(
  scope: Construct,
  what: string,
  type: string,
  isSame: (resource: T) => boolean = () => true,
): void {
  const registry = registryOf(scope);
  const other = scope.node.root.node
    .findAll()
    .find(
      (construct) =>
        CfnResource.isCfnResource(construct) &&
        construct.cfnResourceType === type &&
        registryOf(construct) === registry &&
        isSame(construct as T),
    );
  if (other) {
    const owner = other.node.id === 'Resource' && other.node.scope ? other.node.scope : other;
    fail(
      scope,
      `${what} must be the only one of its account and region, got another one at ${owner.node.path}: ` +
        'keep one of them',
    );
  }
}

function registryOf(construct: Construct | CfnResource): string {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) {
    stack = stack.nestedStackParent;
  }
  const known = !Token.isUnresolved(stack.account) && !Token.isUnresolved(stack.region);
  return known ? `${stack.account}/${stack.region}` : stack.node.addr;
}
