import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConstructPackage } from '../repository/construct-package';
import { median } from './median';

const RUNS = 15;

/** What it costs to have a package. */
export interface PackageCost {
  readonly name: string;
  readonly packedBytes: number;
  /** Of requiring it where its dependencies are loaded already. */
  readonly wall: number;
  readonly cpu: number;
  readonly ownFiles: number;
  readonly submodules: string[];
  /** Files of its dependencies that requiring it loads. */
  readonly dependencyFiles: number;
}

/** Measures the packed size of a package, and, in fresh processes, what requiring it takes. */
export function costOf(library: ConstructPackage, cache: string): PackageCost {
  const run = (...args: string[]) =>
    JSON.parse(
      execFileSync(process.execPath, [join(__dirname, 'import-cost.cjs'), library.folder, ...args], {
        encoding: 'utf8',
      }),
    );
  const dependencies = run() as { submodules: string[]; files: string[] };
  const file = join(cache, `${library.name}.json`);
  writeFileSync(file, JSON.stringify(dependencies));
  const runs = Array.from({ length: RUNS }, () => run(file) as { wall: number; cpu: number; files: number });
  return {
    name: library.name,
    packedBytes: statSync(library.tarball).size,
    wall: median(runs.map(({ wall }) => wall)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    ownFiles: runs[0].files,
    submodules: dependencies.submodules,
    dependencyFiles: dependencies.files.length,
  };
}
