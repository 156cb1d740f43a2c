import { Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { SiteProfile } from '../site-profile';
import type { WebProps } from '../web-props';
import { resolveScaling, type Scaling } from './django-process';
import { requireFargateSize } from './fargate-size';
import { MAX_REQUEST_TIMEOUT, type RequestTiming, requestTiming } from './request-timing';
import { fail, requireWhole } from './validate';

/** The web process with every default applied. */
export interface Web {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly architecture: ecs.CpuArchitecture;
  readonly scaling: Scaling;
  readonly workers: number;
  readonly threads: number;
  readonly timing: RequestTiming;
  readonly healthCheckPath: string;
}

/** Applies the defaults of the web process, and fails synthesis on values that cannot work. */
export function resolveWeb(scope: Construct, props: WebProps, profile: SiteProfile): Web {
  const cpu = props.cpu ?? profile._defaults.cpu;
  const memoryMiB = props.memoryMiB ?? profile._defaults.memoryMiB;
  const workers = props.workers ?? Math.max(2, Math.floor((2 * cpu) / 1024));
  const threads = props.threads ?? 4;
  const requestTimeout = props.requestTimeout?.toSeconds() ?? 30;
  const healthCheckPath = props.healthCheckPath ?? '/livez';

  requireFargateSize(scope, 'web.', cpu, memoryMiB);
  requireWhole(scope, 'web.workers', workers, 1);
  requireWhole(scope, 'web.threads', threads, 1);
  requireWhole(scope, 'web.requestTimeout', requestTimeout, 5, MAX_REQUEST_TIMEOUT);
  if (!Token.isUnresolved(healthCheckPath) && !/^\/[\w./-]*$/.test(healthCheckPath)) {
    fail(scope, `'web.healthCheckPath' must be a path such as /livez, got '${healthCheckPath}'`);
  }
  return {
    cpu,
    memoryMiB,
    architecture: props.architecture ?? ecs.CpuArchitecture.X86_64,
    scaling: resolveScaling(scope, 'web.scaling.', props.scaling, profile._defaults),
    workers,
    threads,
    timing: requestTiming(requestTimeout),
    healthCheckPath,
  };
}
