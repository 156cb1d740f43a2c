import { relative } from 'node:path';
import { DependencyType, JsonPatch, javascript, type Project, ProjenrcFile, typescript } from 'projen';

/** Nothing in the repository is generated from the names of source files. */
export const NO_AUTO_DISCOVERY = {
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  integrationTestAutoDiscover: false,
};

/** Where a test is started, in its workspace or at the root, makes no difference. */
export const TS_JEST_OPTIONS: typescript.TsJestOptions = {
  transformOptions: { tsconfig: typescript.TsJestTsconfig.fromFile('<rootDir>/test/tsconfig.json') },
};

/** Set-up of unit tests, by the path that leads to the root of the repository: one temporary folder, no validation. */
export function unitTestFiles(root: string) {
  const folder = `${root}/projenrc/tools/unit-tests`;
  return {
    cacheDirectory: `${root}/.cache/jest`,
    globalSetup: `${folder}/global-setup.ts`,
    globalTeardown: `${folder}/global-teardown.ts`,
    setupFiles: [`${folder}/without-validation.ts`],
  };
}

/**
 * What every way to start Jest takes from its configuration, the task, an editor and watch mode alike: any order, and a
 * limit that only a test reaches which hangs, however busy the machine is.
 */
export const JEST_IN_ANY_ORDER = { randomize: true, testTimeout: 300_000 };

/** Jest's options in a workspace; projen adds to them, so that each workspace needs its own. */
export function jestOptions(): javascript.JestOptions {
  return {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    jestConfig: {
      ...JEST_IN_ANY_ORDER,
      collectCoverage: false,
      ...unitTestFiles('<rootDir>/../..'),
    },
  };
}

/** The tests of a workspace as one of the projects that Jest runs at the root: its options but for those of a whole run. */
export function jestProject(workspace: Project) {
  const { testMatch, transform, clearMocks, testPathIgnorePatterns } = (workspace as typescript.TypeScriptProject).jest!
    .config;
  const rootDir = `<rootDir>/${relative(workspace.root.outdir, workspace.outdir)}`;
  const files = unitTestFiles('<rootDir>/../..');
  return { displayName: workspace.name, rootDir, testMatch, transform, clearMocks, testPathIgnorePatterns, ...files };
}

/** Names the root's projenrc file in what projen generates for a workspace. */
class RootProjenrc extends ProjenrcFile {
  public readonly filePath = '../../.projenrc.ts';
}

/** Makes a workspace take from the root what it need not have of its own. */
export function joinWorkspace(workspace: typescript.TypeScriptProject, root: typescript.TypeScriptProject) {
  new RootProjenrc(workspace);

  // Compiler options: all but the folders come from projenrc/tsconfig.base.json
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
  workspace.tasks.addEnvironment('TSX_DISABLE_CACHE', '1');
  workspace.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

  // Installation: npm installs every workspace from the root
  workspace.package.installTask.reset();
  workspace.package.installCiTask.reset();
}
