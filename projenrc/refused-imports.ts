/** The root's types are three times as many: every compiler that sees ours would read them. */
const ROOT = { 'aws-cdk-lib': 'take what the root has from aws-cdk-lib/core, and the rest from its submodule' };

/** Imports that Biome refuses in sources of packages. Rooms and packages are guarded by `tools/imports`. */
export const REFUSED_IMPORTS = {
  includes: ['packages/*/src/**'],
  linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { paths: ROOT } } } } },
} as never;
