import { DependencyType, JsonPatch, javascript, ProjenrcFile, type typescript } from 'projen';

/** Nothing in the repository is generated from the names of source files. */
export const NO_AUTO_DISCOVERY = {
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  integrationTestAutoDiscover: false,
};

/** Jest's options in a workspace; projen adds to them, so that each workspace needs its own. */
export function jestOptions(): javascript.JestOptions {
  return {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    extraCliOptions: ['--randomize'],
    jestConfig: { collectCoverage: false },
  };
}

/** Names the root's projenrc file in what projen generates for a workspace. */
class RootProjenrc extends ProjenrcFile {
  public readonly filePath = '../../.projenrc.ts';
}

/** Makes a workspace take from the root what it need not have of its own. */
export function joinWorkspace(workspace: typescript.TypeScriptProject, root: typescript.TypeScriptProject) {
  new RootProjenrc(workspace);

  // Compiler options: all but the folders come from tsconfig.base.json
  const { srcdir: rootDir, libdir: outDir } = workspace;
  workspace.tsconfig!.addExtends(root.tsconfig!);
  workspace.tsconfig!.file.patch(JsonPatch.replace('/compilerOptions', { rootDir, outDir }));

  // Development tools: the root installs one version of each
  for (const { name, version, type } of workspace.deps.all) {
    if (type === DependencyType.BUILD || type === DependencyType.TEST) {
      workspace.deps.removeDependency(name, type);
      if (!root.deps.tryGetDependency(name)) {
        root.addDevDeps(version ? `${name}@${version}` : name);
      }
    }
  }
  workspace.tasks.addEnvironment('PATH', '$(echo "$PWD/../../node_modules/.bin:$PATH")');
  workspace.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

  // Installation: npm installs every workspace from the root
  workspace.package.installTask.reset();
  workspace.package.installCiTask.reset();

  // Validating each synthesized template takes most of a test run; the reference app's synth does it once
  workspace.testTask.env('CDK_VALIDATION', 'false');
}
