import type { typescript } from 'projen';

/** Languages that the libraries are packaged for beside JavaScript, by the names that jsii gives them. */
export const LANGUAGES = ['python', 'java', 'go', 'dotnet'];

/** Names and versions that the whole repository agrees on. */
export interface ConstructMonorepoOptions {
  readonly name: string;
  readonly author: string;
  /** Page of the organization that publishes the libraries. */
  readonly authorAddress: string;
  readonly repositoryUrl: string;
  /**
   * The oldest aws-cdk-lib that the libraries support; they are built and tested against it.
   * Every language's registry must have it: Maven's is the oldest.
   */
  readonly cdkVersion: string;
  readonly cdkCliVersion: string;
  readonly constructsVersion: string;
  readonly jsiiVersion: string;
  readonly typescriptVersion: string;
  readonly minNodeVersion: string;
  /** Java package and Maven group of the libraries. */
  readonly javaPackage: string;
  /** Go module that holds one package per library. */
  readonly goModule: string;
  /** First part of every library's .NET namespace and package id. */
  readonly dotNetNamespace: string;
}

/** The root project, as its parts see it. */
export type MonorepoRoot = typescript.TypeScriptProject & { readonly settings: ConstructMonorepoOptions };

/** A library or app of the repository. */
export interface WorkspaceOptions {
  readonly name: string;
  readonly description: string;
}

/** An app; only apps know more than one library. */
export interface AppOptions extends WorkspaceOptions {
  readonly libraries: readonly { readonly name: string }[];
}

/** A construct library of the repository. */
export interface ConstructLibraryOptions extends WorkspaceOptions {
  /** Words that npm's search and Construct Hub find the package by, beside those of AWS CDK. */
  readonly keywords: string[];
  /**
   * Folders under `lambda/` whose `index.ts` is bundled into `lib/lambda/<name>/index.js`, with the clients of the
   * AWS SDK that each uses.
   */
  readonly lambdas?: Record<string, string[]>;
  /** Whether `benchmark/` holds what `npm run bench` compares. */
  readonly benchmark?: boolean;
  /** What only its tests need. */
  readonly testDeps?: string[];
}
