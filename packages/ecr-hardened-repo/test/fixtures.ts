import { App, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { HardenedRepository, type HardenedRepositoryProps } from '../src';

/** An empty stack with the flags that `cdk init` gives to users. */
export function emptyStack(): Stack {
  return new Stack(new App({ context: recommendedFlags }), 'Test', {
    env: { account: '111122223333', region: 'eu-west-1' },
  });
}

/** Synthesizes one repository. */
export function repository(props?: HardenedRepositoryProps): Template {
  const stack = emptyStack();
  new HardenedRepository(stack, 'Images', props);
  return Template.fromStack(stack);
}

/** Rules of the lifecycle policy in `template`. */
export function lifecycleRules(template: Template): unknown[] {
  const [resource] = Object.values(template.findResources('AWS::ECR::Repository'));
  return JSON.parse(resource.Properties.LifecyclePolicy.LifecyclePolicyText).rules;
}

/** Synthesizes the app of a stack; answers where the template of the stack is. */
export function templateFile(stack: Stack): string {
  return Stage.of(stack)!.synth().getStackArtifact(stack.artifactId).templateFullPath;
}
