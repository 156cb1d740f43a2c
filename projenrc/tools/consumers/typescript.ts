import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../repository/command';
import { type ConstructPackage, REPOSITORY } from '../repository/construct-package';
import { builtWith, type Language } from './language';

/** The strictest that a project can be: it checks the declarations of everything that it installs, too. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'node16',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: 'lib',
  },
  include: ['*.ts'],
};

/** With the versions that the packages are built with, the oldest that they support. */
export const typescript = consumer('typescript', true, (packages) => [
  `aws-cdk-lib@${builtWith(packages, 'aws-cdk-lib')}`,
  `constructs@${builtWith(packages, 'constructs')}`,
]);

/** With the newest versions that the packages support. */
export const typescriptNewest = consumer('typescript-newest', false, () => ['aws-cdk-lib@2', 'constructs@10']);

function consumer(name: string, pinned: boolean, peers: (packages: ConstructPackage[]) => string[]): Language {
  return {
    name,
    packaging: 'package',
    pinned,
    missingTool: async () => undefined,

    install: async (folder, packages) => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
      const { devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
      const tools = ['typescript', '@types/node'].map((tool) => `${tool}@${devDependencies[tool]}`);
      const tarballs = packages.map(({ tarball }) => tarball);
      await run(folder, 'npm', ['install', '--no-package-lock', ...tarballs, ...peers(packages), ...tools]);
      for (const library of packages) {
        writeFileSync(join(folder, `${library.name}.ts`), firstExample(folder, library));
      }
      await run(folder, 'npx', ['tsc']);
    },

    synthesize: async (folder, library, outdir) => {
      await run(folder, 'node', [`lib/${library.name}.js`], { CDK_OUTDIR: outdir });
    },
  };
}

function firstExample(folder: string, library: ConstructPackage): string {
  const readme = readFileSync(join(folder, 'node_modules', library.name, 'README.md'), 'utf8');
  const example = /^```ts nofixture\n(.*?)^```$/ms.exec(readme);
  if (!example) {
    throw new Error(`README.md of ${library.name} must begin with a whole app in a 'ts nofixture' block, got none`);
  }
  return example[1];
}
