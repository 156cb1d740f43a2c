import type { ConstructPackage } from '../repository/construct-package';

/** A language in which the packages are consumed, with its real toolchain. */
export interface Language {
  readonly name: string;
  /** Nx target that makes the packages of this language. */
  readonly packaging: string;
  /** Whether it installs the aws-cdk-lib that the packages are built with; only then are templates comparable. */
  readonly pinned: boolean;
  /** What is missing on this machine and how to get it, if anything is. */
  missingTool(): Promise<string | undefined>;
  /** Makes a new project in `folder` and installs all packages. */
  install(folder: string, packages: ConstructPackage[]): Promise<void>;
  /** Runs the example of one package, which writes its cloud assembly to `outdir`. */
  synthesize(folder: string, library: ConstructPackage, outdir: string): Promise<void>;
}

/** The one version of a dependency that all packages are built with. */
export function builtWith(packages: ConstructPackage[], dependency: string): string {
  const versions = new Set(packages.map(({ manifest }) => manifest.devDependencies[dependency]));
  if (versions.size !== 1) {
    throw new Error(`all packages must be built with one ${dependency}, got ${[...versions].join(', ')}`);
  }
  return [...versions][0];
}

/** Environment of an example in a language other than TypeScript, where the same template was validated before. */
export function withoutValidation(outdir: string): Record<string, string> {
  return { CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' };
}
