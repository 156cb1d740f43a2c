import { awscdk, javascript } from 'projen';
import type { AppOptions, MonorepoRoot } from './options';
import { jestOptions, joinWorkspace, NO_AUTO_DISCOVERY, TS_JEST_OPTIONS } from './workspace';

/** A private CDK app in apps/ that consumes the libraries as its users would. */
export class ReferenceApp extends awscdk.AwsCdkTypeScriptApp {
  constructor(repo: MonorepoRoot, options: AppOptions) {
    const { settings } = repo;
    const { name, description } = options;
    super({
      ...NO_AUTO_DISCOVERY,
      parent: repo,
      outdir: `apps/${name}`,
      name,
      description,
      defaultReleaseBranch: 'main',
      packageManager: javascript.NodePackageManager.NPM,
      minNodeVersion: settings.minNodeVersion,
      cdkVersion: settings.cdkVersion,
      cdkVersionPinning: true,
      cdkCliVersion: settings.cdkCliVersion,
      constructsVersion: settings.constructsVersion,
      typescriptVersion: settings.typescriptVersion,
      deps: options.libraries.map((library) => `${library.name}@^0.0.0`),
      // custom resources take their clients from the Lambda runtime; the emulator's has only what is installed here
      devDeps: ['@aws-sdk/client-ec2', '@aws-sdk/client-ecs', '@aws-sdk/client-s3'],
      app: 'node --import tsx src/main.ts',
      context: {
        '@aws-cdk/core:validateAgainstDefaultRules': true,
        // a stack whose exports another one uses cannot be deleted before it
        '@aws-cdk/core:defaultCrossStackReferences': 'strong',
        profile: 'development',
        image: 'v1.0.0',
      },
      jestOptions: jestOptions(),
      tsJestOptions: TS_JEST_OPTIONS,
      typecheckTests: true,
      eslint: false,
      licensed: false,
      release: false,
      package: false,
      npmignoreEnabled: false,
      sampleCode: false,
    });
    this.package.addField('private', true);
    this.cdkConfig.json.addDeletionOverride('build');
    for (const task of ['build', 'compile', 'pre-compile', 'post-compile', 'package', 'synth:silent', 'bundle']) {
      this.removeTask(task);
    }
    this.cdkTasks.synth.reset('cdk synth --quiet');
    // it leaves a file in the temporary folder each time
    this.tasks.addEnvironment('CDK_DISABLE_CLI_TELEMETRY', '1');
    joinWorkspace(this, repo);
  }
}
