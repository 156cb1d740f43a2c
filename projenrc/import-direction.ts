const PACKAGES_APART = {
  group: ['ecr-hardened-repo', 'django-fargate-construct', 'ecs-observability'],
  message: 'packages never import each other: they meet in an app, through the types of aws-cdk-lib',
};

const PARTS_BELOW = {
  group: ['./hardened-repository', './django-fargate-service', './ecs-service-observability', './index', '../index'],
  message: 'parts never import the file that composes them',
};

/** The root's types are three times as many: every compiler that sees ours would read them. */
const ROOT = { 'aws-cdk-lib': 'take what the root has from aws-cdk-lib/core, and the rest from its submodule' };

/** What sources of packages may not import; cycles are a rule of their own. Of two overrides the last one counts. */
export const IMPORT_DIRECTION = [
  forbidImports(['packages/*/src/**'], [PACKAGES_APART]),
  forbidImports(['packages/*/src/**', '!packages/*/src/index.ts'], [PACKAGES_APART, PARTS_BELOW]),
];

function forbidImports(includes: string[], patterns: (typeof PACKAGES_APART)[]) {
  return {
    includes,
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { paths: ROOT, patterns } } } } },
  } as never;
}
