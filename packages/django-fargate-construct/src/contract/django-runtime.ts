import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { EveryTask } from '../shared/every-task';
import type { SitePrincipal } from '../shared/site-principal';
import type { ContainerEnvironment } from './container-environment';

/** Image, environment and stores that the tasks of all processes of one site share. */
export interface DjangoRuntime extends ContainerEnvironment {
  readonly image: ecs.ContainerImage;
  readonly entryPoint?: string[];
  readonly architecture: ecs.CpuArchitecture;
  readonly logGroup: logs.ILogGroup;
  readonly mediaBucket: s3.IBucket;
  readonly staticBucket: s3.IBucket;
  readonly databaseSecret: secretsmanager.ISecret;
  readonly principal: SitePrincipal;
  readonly everyTask: EveryTask;
  /** Names that a process of its own accord may not set. */
  readonly contractNames: readonly string[];
}
