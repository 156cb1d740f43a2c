import { JsonPatch, javascript, release, typescript } from 'projen';
import { ConstructLibrary } from './construct-library';
import { NxConfiguration } from './nx-configuration';
import { type AppOptions, type ConstructLibraryOptions, type ConstructMonorepoOptions, LANGUAGES } from './options';
import { ReferenceApp } from './reference-app';
import { REFUSED_IMPORTS } from './refused-imports';
import { ReleaseWorkflow } from './release-workflow';
import { JEST_IN_ANY_ORDER, jestProject, unitTestFiles } from './workspace';

/** The compiler options of every workspace, all within jsii's strict rule set. */
const COMPILER_OPTIONS = {
  target: 'ES2022',
  lib: ['es2022'],
  module: 'node16',
  types: ['jest', 'node'],
  strict: true,
  declaration: true,
  esModuleInterop: true,
  isolatedModules: true,
  noEmitOnError: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  resolveJsonModule: true,
  skipLibCheck: true,
};

/** Jest's project for the tests of `projenrc` itself; some read what the packages compiled. */
const REPOSITORY_TESTS = {
  displayName: 'projenrc',
  rootDir: '<rootDir>/projenrc',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
  ...unitTestFiles('<rootDir>/..'),
};

/** The Nx targets of a full build; Nx orders them by the dependencies between workspaces, and each comes after `compile`. */
const BUILD_TARGETS = 'examples docgen test synth package';

/** The root project: npm workspaces, the Nx task graph, and the tools that every workspace shares. */
export class ConstructMonorepo extends typescript.TypeScriptProject {
  constructor(public readonly settings: ConstructMonorepoOptions) {
    super({
      name: settings.name,
      authorName: settings.author,
      authorUrl: settings.authorAddress,
      authorOrganization: true,
      repository: settings.repositoryUrl,
      defaultReleaseBranch: 'main',
      packageManager: javascript.NodePackageManager.NPM,
      minNodeVersion: settings.minNodeVersion,
      workflowNodeVersion: '24',
      typescriptVersion: settings.typescriptVersion,
      projenrcTs: true,
      projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },
      tsconfig: { fileName: 'projenrc/tsconfig.base.json' },
      disableTsconfigDev: true,
      biome: true,
      biomeOptions: {
        version: '~2.5.15',
        biomeConfig: {
          files: { includes: ['{packages,apps}/*/{src,test,lambda,aws-checks,benchmark}/**/*.ts'] },
          linter: {
            rules: {
              style: { noNonNullAssertion: 'off' as never },
              suspicious: { noImportCycles: { level: 'error', options: { ignoreTypes: false } } as never },
            },
          },
          formatter: { indentStyle: 'space' as never, lineWidth: 120 },
          javascript: { formatter: { quoteStyle: 'single' as never } },
          overrides: [REFUSED_IMPORTS],
        },
      },
      devDeps: ['nx@~23.2.1', `constructs@${settings.constructsVersion}`],
      jest: false,
      release: false,
      package: false,
      sampleCode: false,
      entrypoint: '',
      npmignoreEnabled: false,
      depsUpgrade: false,
      pullRequestTemplate: false,
      vscode: false,
      githubOptions: { mergify: false },
      buildWorkflowOptions: { mutableBuild: false },
    });
    this.package.addField('private', true);
    this.package.addField('workspaces', ['packages/*', 'apps/*']);
    // 1.13 has no binaries for some platforms, which leaves the lockfile incomplete and `npm ci` refusing it
    this.package.addPackageResolutions('unrs-resolver@1.12.2');
    // the generated go.mod names the versions that are installed here: take those that aws-cdk-go itself names
    this.package.addPackageResolutions(
      '@aws-cdk/cloud-assembly-schema@54.11.0',
      '@aws-cdk/asset-node-proxy-agent-v6@2.1.2',
    );
    // every package sees only the dependencies it declares, as its users will
    this.npmrc.addConfig('install-strategy', 'linked');
    // the lockfile names no registry, so it works behind a mirror
    this.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
    // nothing but the results after a test run
    this.npmrc.addConfig('update-notifier', 'false');

    // projen writes the path inside npm's store, whose hash changes with the lockfile
    this.biome!.file.addOverride('$schema', './node_modules/@biomejs/biome/configuration_schema.json');
    this.tsconfig!.file.patch(
      JsonPatch.replace('/compilerOptions', COMPILER_OPTIONS),
      JsonPatch.remove('/include'),
      JsonPatch.remove('/exclude'),
    );
    this.keepTsxTidy();
    this.addTaskGraph();
    this.addReleaseTasks();
    this.addCommands();
    new ReleaseWorkflow(this);
  }

  /** The command `tsx` and its cache leave a folder in the temporary folder of the machine; its loader alone leaves none. */
  private keepTsxTidy() {
    this.tasks.addEnvironment('TSX_DISABLE_CACHE', '1');
    this.defaultTask!.reset('node --import tsx .projenrc.ts');
  }

  /** The commands of the README; they work in a fresh clone, where nothing is installed yet. */
  private addCommands() {
    this.package.setScript('demo', 'python3 apps/reference-deployment/local/demo.py');
    this.package.setScript('test', 'node projenrc/tools/steps/main.mjs');
    this.package.setScript('check', 'TSX_DISABLE_CACHE=1 node --import tsx projenrc/tools/checks/main.ts');
    this.package.setScript('bench', 'TSX_DISABLE_CACHE=1 node --import tsx projenrc/tools/bench/main.ts');
    // `npx jest PATH` and watch mode work at the root, too
    this.package.setScript('watch', 'jest --watch');
    const projects = () => [...this.subprojects.map(jestProject), REPOSITORY_TESTS];
    this.package.addField('jest', () => ({ ...JEST_IN_ANY_ORDER, projects: projects() }));
  }

  public addConstructLibrary(options: ConstructLibraryOptions): ConstructLibrary {
    return new ConstructLibrary(this, options);
  }

  public addApp(options: AppOptions): ReferenceApp {
    return new ReferenceApp(this, options);
  }

  private addTaskGraph() {
    new NxConfiguration(this);
    this.gitignore.exclude('/.nx/', '/.cache/', '/test-reports/', '__pycache__/', '.pytest_cache/', '.ruff_cache/');

    this.compileTask.reset('nx run-many -t compile');
    this.testTask.reset('nx run-many -t test', { receiveArgs: true });
    this.packageTask.reset('nx run-many -t package');
    // One Nx run instead of projen's phases one after another
    this.removeTask('build');
    const build = this.addTask('build', { description: 'Lints, compiles, tests and packages every workspace' });
    build.spawn(this.defaultTask!);
    build.spawn(this.biome!.task);
    build.exec('tsc --noEmit -p projenrc/tsconfig.json');
    build.exec('node --import tsx projenrc/tools/imports/main.ts');
    // what another step reads beside this one is not put back from the cache
    build.exec(`nx run-many -t ${BUILD_TARGETS} \${PACKAGES_COMPILED:+--exclude-task-dependencies}`);
    build.exec('jest --selectProjects projenrc --ci --reporters default --reporters jest-junit', {
      env: { JEST_JUNIT_OUTPUT_DIR: 'test-reports', JEST_JUNIT_OUTPUT_NAME: 'projenrc.xml' },
    });
    for (const task of ['watch', 'eject', 'pre-compile', 'post-compile']) {
      this.removeTask(task);
    }
  }

  /** Tasks that prepare a release in `packages/<name>/dist`; publishing it is the release workflow's job. */
  private addReleaseTasks() {
    this.addTask('bump', {
      description: 'Gives every library its next version',
      exec: 'nx run-many -t bump --parallel=1',
    });
    this.addTask('unbump', {
      description: 'Takes every library back to 0.0.0',
      exec: 'nx run-many -t unbump',
    });
    const addRelease = (name: string, description: string, targets: string) => {
      const task = this.addTask(name, { description, env: { RELEASE: 'true' } });
      // the trap takes the versions back whether the build succeeds, fails or is interrupted
      task.exec(`bash -c "trap 'projen unbump' EXIT; projen bump && nx run-many -t ${targets}"`);
      task.exec(release.Release.ANTI_TAMPER_CMD);
    };
    const otherLanguages = LANGUAGES.map((language) => `package-${language}`).join(' ');
    addRelease('release', 'Prepares a release of the npm packages', BUILD_TARGETS);
    addRelease(
      'release:all',
      'Prepares a release of the packages of every language',
      `${BUILD_TARGETS} ${otherLanguages}`,
    );
    this.addTask('release:tag', {
      description: 'Tags HEAD with the prepared versions that have no tag yet; pushes nothing',
      exec: 'nx run-many -t tag --parallel=1',
    });
  }
}
