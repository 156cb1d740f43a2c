import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import {
  GitHubPushRole,
  type GitHubPushRoleProps,
  GitHubSubject,
  GitLabPushRole,
  type GitLabPushRoleProps,
  GitLabSubject,
} from '../../src';
import { emptyStack } from '../fixtures';
import { type PolicyDocument, resolved } from './policy-evaluation';

/** Account of the stack of `emptyStack`. */
export const ACCOUNT = '111122223333';

/** Issuer of GitHub's tokens, as AWS calls it. */
export const GITHUB = 'token.actions.githubusercontent.com';

/** A repository on GitHub, trusted by its name. */
export const SHOP = { owner: 'octo', repository: 'app' };

/** Makes a role that trusts the branch `main` and may push to the repository `shop`, unless told otherwise. */
export function pushFromGitHub(stack: Stack, props: Partial<GitHubPushRoleProps> = {}): GitHubPushRole {
  const repositories = props.repositories ?? [ecr.Repository.fromRepositoryName(stack, 'Shop', 'shop')];
  return new GitHubPushRole(stack, 'Push', { subjects: [GitHubSubject.branch(SHOP, 'main')], ...props, repositories });
}

/** Makes a role that trusts the branch `main` and may push to the repository `shop`, unless told otherwise. */
export function pushFromGitLab(stack: Stack, props: Partial<GitLabPushRoleProps> = {}): GitLabPushRole {
  const repositories = props.repositories ?? [ecr.Repository.fromRepositoryName(stack, 'Shop', 'shop')];
  const subjects = [GitLabSubject.branch('octo/app', 'main')];
  return new GitLabPushRole(stack, 'Push', { subjects, ...props, repositories });
}

/** Synthesizes one role for GitHub. */
export function githubRole(props?: Partial<GitHubPushRoleProps>): Template {
  const stack = emptyStack();
  pushFromGitHub(stack, props);
  return Template.fromStack(stack);
}

/** Synthesizes one role for GitLab. */
export function gitlabRole(props?: Partial<GitLabPushRoleProps>): Template {
  const stack = emptyStack();
  pushFromGitLab(stack, props);
  return Template.fromStack(stack);
}

/** Making a role fails with `message`, and the role is not there afterwards. */
export function expectNoRole(make: (stack: Stack) => unknown, message: string): void {
  const stack = emptyStack();

  expect(() => make(stack)).toThrow(new Error(message));
  expect(stack.node.tryFindChild('Push')).toBeUndefined();
}

/** The document in a property of the first resource of a type. */
export function document(template: Template, type: string, property: string): PolicyDocument {
  const [resource] = Object.values(template.findResources(type));
  return resolved(resource.Properties[property], {
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::Region': 'eu-west-1',
  });
}

/** Trust policy of the role in `template`. */
export function trustOf(template: Template): PolicyDocument {
  return document(template, 'AWS::IAM::Role', 'AssumeRolePolicyDocument');
}
