import { Component, JsonFile, type Project } from 'projen';
import { LANGUAGES } from './options';

/** Which targets every workspace has, what each reads and writes, and what comes before it: the base of Nx's cache. */
export class NxConfiguration extends Component {
  constructor(root: Project) {
    super(root);
    const sources = ['sources', '^sources'];
    const target = (dependsOn: string[], inputs: string[], outputs: string[]) => ({
      cache: true,
      dependsOn,
      inputs,
      outputs: outputs.map((path) => `{projectRoot}/${path}`),
    });
    const packaging = (language: string) =>
      target(['package'], [...sources, '{projectRoot}/README.md'], [`dist/${language}`]);
    new JsonFile(root, 'nx.json', {
      marker: false,
      obj: {
        $schema: './node_modules/nx/schemas/nx-schema.json',
        defaultBase: 'main',
        parallel: 2,
        cacheDirectory: '.nx/cache',
        analytics: false,
        neverConnectToCloud: true,
        tui: { enabled: false },
        namedInputs: {
          sources: [
            '{projectRoot}/src/**/*',
            '{projectRoot}/lambda/**/*',
            '{projectRoot}/python/*.py',
            '{projectRoot}/package.json',
            '{projectRoot}/tsconfig.json',
            '{projectRoot}/.projen/tasks.json',
            '{workspaceRoot}/projenrc/tsconfig.base.json',
          ],
        },
        targetDefaults: {
          compile: target(['^compile'], [...sources, '{projectRoot}/README.md'], ['lib', '.jsii', '.jsii.gz']),
          examples: target(
            ['compile'],
            [...sources, '{projectRoot}/README.md', '{projectRoot}/rosetta/*'],
            ['.jsii.tabl.json'],
          ),
          docgen: target(['compile'], sources, ['API.md']),
          test: target(
            ['compile', '^compile'],
            // the four before the last: tests compare the contract with the Django project's side of it, and run scripts
            [
              ...sources,
              '{projectRoot}/README.md',
              '{projectRoot}/docs/**/*',
              '{projectRoot}/test/**/*',
              '{projectRoot}/django/config/env.py',
              '{projectRoot}/django/README.md',
              '{projectRoot}/*.sh',
              '{projectRoot}/aws-checks/**/*',
              '{projectRoot}/benchmark/**/*',
              '{workspaceRoot}/projenrc/tools/unit-tests/*',
            ],
            ['test-reports/junit.xml'],
          ),
          synth: target(['^compile'], [...sources, '{projectRoot}/cdk.json'], ['cdk.out']),
          package: target(
            ['compile', 'examples', 'docgen'],
            [...sources, '{projectRoot}/README.md', '{projectRoot}/.npmignore', '{projectRoot}/rosetta/*'],
            ['dist/js'],
          ),
          ...Object.fromEntries(LANGUAGES.map((language) => [`package-${language}`, packaging(language)])),
          // Maven's local repository takes one writer
          'package-java': { ...packaging('java'), parallelism: false },
        },
      },
    });
  }
}
