import { join } from 'node:path';
import { workspaces } from '../repository/construct-package';

/** A check of sources: one command, which exits with 0 when it finds nothing. */
export interface Check {
  readonly name: string;
  /** Folder from the root of the repository. */
  readonly folder: string;
  readonly command: readonly string[];
  /** The same command, which mends what it can. */
  readonly fix?: readonly string[];
}

/** What the checks keep for the next time. */
const CACHE = join('.cache', 'checks');

/** Folders of Python, each with its own mypy configuration. */
const PYTHON = [
  'apps/reference-deployment/local',
  'apps/reference-deployment/django',
  'packages/django-fargate-construct/python',
];

/**
 * Lint, format and imports of TypeScript, and then its types; those of a workspace are those of its tests, too.
 * The types of the reference app are those that the packages have compiled, which is done first unless it has been.
 */
export function typeScriptChecks(repository: string, compiled = false): { sources: Check[]; types: Check[] } {
  const lint = ['biome', 'check', '--error-on-warnings'];
  return {
    sources: [
      { name: 'lint and format', folder: '.', command: lint, fix: [...lint, '--write'] },
      { name: 'imports', folder: '.', command: ['node', '--import', 'tsx', 'projenrc/tools/imports/main.ts'] },
      ...(compiled ? [] : [{ name: 'compile', folder: '.', command: ['nx', 'run-many', '-t', 'compile'] }]),
    ],
    types: ['projenrc', 'projenrc/tools/steps', ...workspaces().map((folder) => `${folder}/test`)].map((folder) => ({
      name: 'types',
      folder,
      command: typeCheck(join(repository, CACHE, folder)),
    })),
  };
}

/** Checks the types of a project; what it keeps in `cache` makes the next time quicker. */
function typeCheck(cache: string): string[] {
  return ['tsc', '--noEmit', '-p', '.', '--incremental', '--tsBuildInfoFile', join(cache, 'tsbuildinfo')];
}

/** Lint, format and types of Python. */
export function pythonChecks(repository: string, python: string): Check[] {
  const ruff = (...args: string[]) => [python, '-m', 'ruff', ...args, '--no-cache', '.'];
  return PYTHON.flatMap((folder) => [
    { name: 'lint', folder, command: ruff('check'), fix: ruff('check', '--fix') },
    { name: 'format', folder, command: ruff('format', '--check'), fix: ruff('format') },
    {
      name: 'types',
      folder,
      command: [python, '-m', 'mypy', `--cache-dir=${join(repository, CACHE, folder)}`],
    },
  ]);
}
