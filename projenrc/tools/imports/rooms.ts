/** A folder of sources whose imports go one way. */
export interface SourceTree {
  /** Folder, from the root of the repository. */
  readonly folder: string;
  /**
   * The rooms from top to bottom: a file by its path, a folder with a slash at its end. Imports run down this list only.
   * `private/` in a folder is for that folder alone.
   */
  readonly rooms: readonly string[];
  /** Folders in it that are trees of their own, or none. */
  readonly without?: readonly string[];
  /** Whether docs/architecture.md has a picture of it. */
  readonly drawn?: boolean;
}

/** Every tree of the repository whose imports are guarded. */
export const SOURCE_TREES: readonly SourceTree[] = [
  {
    folder: 'projenrc',
    without: ['tools/', 'test/'],
    rooms: [
      'index',
      'monorepo',
      'construct-library',
      'reference-app',
      'workspace',
      'nx-configuration',
      'refused-imports',
      'release-workflow',
      'options',
    ],
  },
  {
    folder: 'projenrc/tools',
    rooms: [
      'bench/',
      'consumers/',
      'verifiers/',
      'checks/',
      'imports/',
      'bundle/',
      'public-types/',
      'unit-tests/',
      'repository/',
    ],
  },
  {
    folder: 'packages/django-fargate-construct/src',
    drawn: true,
    rooms: [
      'index',
      'django-fargate-service',
      'site-plan',
      'site-kinds',
      'django-fargate-service-props',
      'release/',
      'processes/',
      'contract/',
      'edge/',
      'data/',
      'network/',
      'off-hours',
      'site-profile',
      'lambda-code',
      'python-program',
      'shared/',
    ],
  },
  {
    folder: 'packages/ecr-hardened-repo/src',
    drawn: true,
    rooms: ['index', 'registry/', 'repository/', 'access/', 'deployments/', 'retention/', 'lambda-code', 'shared/'],
  },
  {
    folder: 'packages/ecs-observability/src',
    drawn: true,
    rooms: [
      'index',
      'ecs-service-observability',
      'ecs-task-observability',
      'private/dashboard-rows',
      'ecs-service-alarms',
      'private/alarm-definitions',
      'ecs-service-events',
      'ecs-service-metrics',
      'private/target-group-dimensions',
      'alert-routing',
      'private/topic-access',
      'private/validate',
      'alarm-thresholds',
    ],
  },
];
