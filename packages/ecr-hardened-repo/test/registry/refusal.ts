import { CfnResource, type Stack } from 'aws-cdk-lib';
import { emptyStack } from '../fixtures';

/** How something failed, and the types of the resources that were made by then. */
export interface Refusal {
  readonly message: string;
  readonly made: string[];
}

/** Runs `make` in an empty stack, where it has to fail. */
export function refusal(make: (stack: Stack) => void): Refusal {
  const stack = emptyStack();
  try {
    make(stack);
  } catch (error) {
    const made = stack.node.findAll().filter(CfnResource.isCfnResource);
    return { message: (error as Error).message, made: made.map((resource) => resource.cfnResourceType) };
  }
  throw new Error('nothing was refused');
}

/** What `refusal` returns when nothing was made. */
export function refused(message: string): Refusal {
  return { message, made: [] };
}
