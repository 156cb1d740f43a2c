import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { MAX_REQUEST_TIMEOUT, type RequestTiming, requestTiming } from '../shared/request-timing';
import { fail, requireWhole } from '../shared/validate';
import type { SiteProfile } from '../site-profile';
import { resolveWebScaling, type WebScaling } from './django-service';
import { TMPFS_MIB } from './django-task';
import { requireEphemeralStorage, requireFargateSize } from './private/fargate-size';
import { gunicornCommand, requireWsgiApplication } from './private/gunicorn';
import type { WebProps } from './web-props';

/** The web process with every default applied. */
export interface WebPlan {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly architecture: ecs.CpuArchitecture;
  readonly ephemeralStorageGiB?: number;
  readonly scaling: WebScaling;
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];
  readonly workers: number;
  readonly threads: number;
  readonly timing: RequestTiming;
  readonly healthCheckPath: string;
  readonly command?: string[];
  readonly logging?: ecs.LogDriver;
  readonly execWithWritableRoot: boolean;
}

/** Memory in MiB below which a gunicorn worker with Django in it does not live long. */
const LEAST_WORKER_MIB = 64;

/** Applies the defaults of the web process, and fails synthesis on values that cannot work. */
export function planWeb(scope: Construct, props: WebProps, profile: SiteProfile): WebPlan {
  const cpu = props.cpu ?? profile._defaults.cpu;
  const memoryMiB = props.memoryMiB ?? profile._defaults.memoryMiB;
  const workers = props.gunicorn?.workers ?? Math.max(2, Math.floor((2 * cpu) / 1024));
  const threads = props.gunicorn?.threads ?? 4;
  const wsgiApplication = props.gunicorn?.wsgiApplication;
  const requestTimeout = props.requestTimeout?.toSeconds() ?? 30;
  const healthCheckPath = props.healthCheckPath ?? '/livez';

  requireFargateSize(scope, 'web.', cpu, memoryMiB);
  requireEphemeralStorage(scope, 'web.', props.ephemeralStorageGiB);
  requireWhole(scope, 'web.gunicorn.workers', workers, 1);
  requireWorkersFit(scope, workers, memoryMiB);
  requireWsgiApplication(scope, 'web.gunicorn.wsgiApplication', wsgiApplication);
  requireWhole(scope, 'web.gunicorn.threads', threads, 1);
  requireWhole(scope, 'web.requestTimeout', requestTimeout, 5, MAX_REQUEST_TIMEOUT);
  if (!Token.isUnresolved(healthCheckPath) && !/^\/[\w./-]*$/.test(healthCheckPath)) {
    fail(scope, `'web.healthCheckPath' must be a path such as /livez, got '${healthCheckPath}'`);
  }
  const scaling = resolveWebScaling(scope, 'web.scaling.', props.scaling, profile._defaults);
  return {
    cpu,
    memoryMiB,
    architecture: props.architecture ?? ecs.CpuArchitecture.X86_64,
    ephemeralStorageGiB: props.ephemeralStorageGiB,
    scaling,
    capacityProviderStrategies: props.capacity?._strategies(scope, 'web.capacity.', scaling.minTasks),
    workers,
    threads,
    timing: requestTiming(requestTimeout),
    healthCheckPath,
    command: wsgiApplication === undefined ? undefined : gunicornCommand(wsgiApplication, healthCheckPath),
    logging: props.logging,
    execWithWritableRoot: props.execWithWritableRoot ?? false,
  };
}

function requireWorkersFit(scope: Construct, workers: number, memoryMiB: number): void {
  if (Token.isUnresolved(workers) || Token.isUnresolved(memoryMiB)) return;
  const most = Math.floor((memoryMiB - TMPFS_MIB) / LEAST_WORKER_MIB);
  if (workers <= most) return;
  fail(
    scope,
    `'web.gunicorn.workers' must be at most ${most} for ${memoryMiB} MiB, of which ${TMPFS_MIB} are /tmp and each worker needs ${LEAST_WORKER_MIB} or more, got ${workers}`,
  );
}
