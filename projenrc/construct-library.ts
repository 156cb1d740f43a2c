import { awscdk, JsonPatch, javascript, ReleasableCommits, Version } from 'projen';
import { type ConstructLibraryOptions, LANGUAGES, type MonorepoRoot } from './options';
import { jestOptions, joinWorkspace, NO_AUTO_DISCOVERY, TS_JEST_OPTIONS } from './workspace';

/** What npm and Construct Hub find constructs for AWS CDK by. */
const KEYWORDS = ['aws', 'cdk', 'aws-cdk', 'awscdk'];

/** A jsii construct library in packages/, versioned on its own. */
export class ConstructLibrary extends awscdk.AwsCdkConstructLibrary {
  constructor(repo: MonorepoRoot, options: ConstructLibraryOptions) {
    const { settings } = repo;
    const { name, description } = options;
    super({
      ...NO_AUTO_DISCOVERY,
      parent: repo,
      outdir: `packages/${name}`,
      name,
      description,
      keywords: [...KEYWORDS, ...options.keywords],
      author: settings.author,
      authorAddress: settings.authorAddress,
      authorOrganization: true,
      repositoryUrl: settings.repositoryUrl,
      repositoryDirectory: `packages/${name}`,
      defaultReleaseBranch: 'main',
      packageManager: javascript.NodePackageManager.NPM,
      minNodeVersion: settings.minNodeVersion,
      cdkVersion: settings.cdkVersion,
      constructsVersion: settings.constructsVersion,
      jsiiVersion: settings.jsiiVersion,
      typescriptVersion: settings.typescriptVersion,
      publishToPypi: { distName: name, module: name.replaceAll('-', '_') },
      publishToMaven: {
        javaPackage: `${settings.javaPackage}.${name.replaceAll('-', '')}`,
        mavenGroupId: settings.javaPackage,
        mavenArtifactId: name,
      },
      publishToGo: { moduleName: settings.goModule },
      publishToNuget: {
        dotNetNamespace: `${settings.dotNetNamespace}.${pascal(name)}`,
        packageId: `${settings.dotNetNamespace}.${pascal(name)}`,
      },
      compressAssembly: true,
      jestOptions: jestOptions(),
      tsJestOptions: TS_JEST_OPTIONS,
      typecheckTests: true,
      eslint: false,
      release: false,
      sampleCode: false,
    });
    this.addDevDeps(...(options.testDeps ?? []));
    this.addBundle();
    this.addLambdas(options.lambdas ?? {});
    this.addExamples();
    if (options.benchmark) {
      this.tryFindObjectFile('test/tsconfig.json')!.addToArray('include', '../benchmark/**/*.ts');
    }
    this.addPackaging();
    this.addVersioning();
    joinWorkspace(this, repo);
    this.tsconfig!.file.patch(JsonPatch.add('/compilerOptions/noEmitHelpers', true));
    this.tryFindObjectFile('test/tsconfig.json')!.addOverride('compilerOptions.noEmitHelpers', false);
  }

  /**
   * Makes one file of the compiled ones: each file that an app loads takes it about a millisecond, as does each folder that
   * asks for a submodule of aws-cdk-lib. Names stay, for stack traces; comments go, as editors show those of the types.
   * TypeScript's helpers come once, from `helpers.ts`; jsii lets them out of each file under its minimal rules only.
   */
  private addBundle() {
    this.addDevDeps('esbuild');
    this.package.manifest.jsii.validateTsconfig = 'minimal';
    // what a removed source left there would be published
    this.compileTask.prependExec('rm -rf lib');
    this.compileTask.exec(
      'esbuild lib/index.js --bundle --packages=external --inject:../../projenrc/tools/bundle/helpers.ts --platform=node --target=es2022 --minify-whitespace --log-level=warning --allow-overwrite --outfile=lib/index.js',
    );
    this.compileTask.exec("find lib -name '*.js' ! -path lib/index.js -delete");
    this.compileTask.exec('node --import tsx ../../projenrc/tools/public-types/main.ts');
  }

  /** Bundles each Lambda function; the AWS SDK is the runtime's own, as its 500 kB would be most of a package. */
  private addLambdas(lambdas: Record<string, string[]>) {
    for (const [name, clients] of Object.entries(lambdas)) {
      this.addDevDeps('@types/aws-lambda', ...clients);
      this.compileTask.exec(
        `esbuild lambda/${name}/index.ts --bundle --minify --platform=node --target=node22 --external:@aws-sdk/* --log-level=warning --outfile=lib/lambda/${name}/index.js`,
      );
      this.npmignore!.exclude('/lambda/');
    }
    if (Object.keys(lambdas).length > 0) {
      // esbuild looks at no type
      this.tryFindObjectFile('test/tsconfig.json')!.addToArray('include', '../lambda/**/*.ts');
    }
  }

  /** Compiles the examples of README and doc comments; the tablet holds their translations. */
  private addExamples() {
    this.addTask('examples', {
      description: 'Compiles the examples in README.md and in doc comments',
      exec: 'jsii-rosetta extract --strict',
      // rosetta runs npm beside links to aws-cdk-lib; with the linked strategy that would empty its node_modules
      env: { npm_config_install_strategy: 'hoisted' },
    });
    this.gitignore.exclude('.jsii.gz', '.jsii.tabl.json');
    // the reference is on the repository's pages, and who translates the examples anew, as Construct Hub does, needs their
    // fixtures only; a package is installed a thousand times
    // of a folder python/, the programs alone
    this.npmignore!.exclude('/python/*', '!/python/*.py');
    this.npmignore!.exclude('.jsii.tabl.json', '/aws-checks/', '/benchmark/', '/docs/', '/API.md');
  }

  /**
   * `package` makes the npm tarball, `package-<language>` the package of another language with its own toolchain;
   * .NET's is sources only, so that its SDK is not needed.
   */
  private addPackaging() {
    this.removeTask('build');
    this.packageTask.reset('rm -rf dist/js');
    this.packageTask.exec('mkdir -p dist/js');
    this.packageTask.exec('npm pack --pack-destination dist/js');
    for (const task of ['package-all', 'package:js', ...LANGUAGES.map((language) => `package:${language}`)]) {
      this.removeTask(task);
    }
    const options: Record<string, string> = {
      java: ' --maven-local-repository ../../.cache/m2',
      dotnet: ' --code-only',
    };
    for (const language of LANGUAGES) {
      const task = this.addTask(`package-${language}`, { exec: `rm -rf dist/${language}` });
      task.exec(`jsii-pacmak --targets ${language}${options[language] ?? ''}`);
      // or each virtual machine leaves a folder in /tmp
      if (language === 'java') task.env('JAVA_TOOL_OPTIONS', '-XX:-UsePerfData');
    }
  }

  /** The next version comes from the library's own tags and from the commits that touch its folder. */
  private addVersioning() {
    const { bumpTask } = new Version(this, {
      versionInputFile: 'package.json',
      artifactsDirectory: 'dist',
      tagPrefix: `${this.name}@`,
      versionrcOptions: { path: '.' },
      releasableCommits: ReleasableCommits.featuresAndFixes('.'),
      bumpPackage: 'commit-and-tag-version@^12',
    });
    bumpTask.env('MIN_MAJOR', '1');
    bumpTask.prependExec('rm -rf dist');
    this.addTask('tag', {
      description: 'Tags HEAD with the version that was bumped to, unless that tag exists',
      condition: '! git rev-parse --quiet --verify "refs/tags/$(cat dist/releasetag.txt)"',
      exec: 'git tag --annotate "$(cat dist/releasetag.txt)" --cleanup=verbatim --file=dist/changelog.md',
    });
  }
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}
