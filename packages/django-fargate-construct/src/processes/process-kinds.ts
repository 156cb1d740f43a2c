import {
  ARCHITECTURE,
  CONTAINER,
  DURATION,
  FLAG,
  having,
  type Kinds,
  LOGGING,
  NUMBER,
  options,
  TEXT,
  TEXTS,
} from '../shared/kinds';
import type { DjangoWorkerProps } from './django-worker-props';
import type { ScalingProps, WebScalingProps, WorkerScalingProps } from './scaling';
import type { GunicornOptions, WebProps } from './web-props';

const CAPACITY = having('a TaskCapacity, such as TaskCapacity.spot()', '_strategies');
/** Of every task. */
export const SIZE_KINDS = { cpu: NUMBER, memoryMiB: NUMBER };
const SCALING: Kinds<ScalingProps> = {
  minTasks: NUMBER,
  maxTasks: NUMBER,
  cpuPercent: NUMBER,
  memoryPercent: NUMBER,
};

export const WEB_KINDS: Kinds<WebProps> = {
  ...SIZE_KINDS,
  architecture: ARCHITECTURE,
  ephemeralStorageGiB: NUMBER,
  scaling: options<WebScalingProps>({ ...SCALING, requestsPerTarget: NUMBER }),
  capacity: CAPACITY,
  gunicorn: options<GunicornOptions>({ workers: NUMBER, threads: NUMBER, wsgiApplication: TEXT }),
  requestTimeout: DURATION,
  healthCheckPath: TEXT,
  logging: LOGGING,
  execWithWritableRoot: FLAG,
};

export const WORKER_KINDS: Kinds<DjangoWorkerProps> = {
  ...SIZE_KINDS,
  queues: TEXTS,
  concurrency: NUMBER,
  ephemeralStorageGiB: NUMBER,
  scaling: options<WorkerScalingProps>({ ...SCALING, maxQueueAge: DURATION }),
  capacity: CAPACITY,
  scaleInProtection: FLAG,
  container: CONTAINER,
  stopTimeout: DURATION,
  healthCheckCommand: TEXTS,
  logging: LOGGING,
};
