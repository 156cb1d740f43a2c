import { Component, JsonFile, type javascript } from 'projen';
import { LANGUAGES } from './options';

/** Steps of the whole test that belong to no workspace: what each runs, and the report that it writes. */
const STEPS = {
  emulator: {
    command: 'python3 apps/reference-deployment/local/tests/run.py',
    report: 'apps/reference-deployment/test-reports/local.xml',
  },
  django: {
    command: 'python3 apps/reference-deployment/django/tests/run.py',
    report: 'apps/reference-deployment/test-reports/django.xml',
  },
  consumers: {
    command: 'node --import tsx projenrc/tools/consumers/main.ts',
    report: 'test-reports/consumers.xml',
  },
  verifiers: {
    command: 'node --import tsx projenrc/tools/verifiers/main.ts',
    report: 'test-reports/verifiers.xml',
  },
};

/** Which targets every workspace has, what each reads and writes, and what comes before it: the base of Nx's cache. */
export class NxConfiguration extends Component {
  constructor(root: javascript.NodeProject) {
    super(root);
    // the root's own scripts call nx, so that they cannot be its targets
    root.package.addField('nx', { name: 'repository', includedScripts: [], targets: stepTargets() });
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
          // rather too much: a step that runs once too often costs minutes, one that does not run costs trust
          repository: [
            ...['apps', 'packages', 'projenrc'].map((folder) => `{workspaceRoot}/${folder}/**/*`),
            '{workspaceRoot}/package-lock.json',
            ...['node', 'python3', 'podman'].map((tool) => ({ runtime: `${tool} --version` })),
          ],
        },
        targetDefaults: {
          compile: target(
            ['^compile'],
            [
              ...sources,
              '{projectRoot}/README.md',
              '{workspaceRoot}/projenrc/tools/{bundle,public-types}/*',
              '{workspaceRoot}/projenrc/tools/repository/unreachable-types.ts',
            ],
            ['lib', '.jsii', '.jsii.gz'],
          ),
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

function stepTargets() {
  const target = ({ command, report }: (typeof STEPS)[keyof typeof STEPS]) => ({
    // nx asks for colours, which would end up in what tests compare
    command: `env -u FORCE_COLOR ${command}`,
    cache: true,
    inputs: ['repository'],
    outputs: [`{workspaceRoot}/${report}`],
  });
  return Object.fromEntries(Object.entries(STEPS).map(([name, step]) => [name, target(step)]));
}
