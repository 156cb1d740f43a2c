import type { DeploymentLifecycleHookDetail, Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Check } from './check';
import { DIFFERENT, NOT_SHOWN, Refusal, SHOWN } from './problems';
import { describeDeployment, describeService, newestDeployment } from './service';
import { table } from './table';

const SECONDS_BETWEEN_LOOKS = 5;
const LOOKS = 360;
const RUNNING = ['PENDING', 'IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];

/** Watches the newest deployment of a rolling service with a hook; it reads only. */
export async function rollingHook(check: Check): Promise<number> {
  const { args, clients, pause, print } = check;
  const [cluster, name] = args;
  const service = await describeService(clients.ecs, cluster, name);
  requireRollingWithHook(service);

  let deployment = await newestDeployment(clients.ecs, service);
  const began = isRunning(deployment);
  const seen = new Map<string, DeploymentLifecycleHookDetail>();
  print(`${deployment.serviceDeploymentArn} is ${deployment.status}.`);
  for (let look = 0; ; look++) {
    for (const hook of deployment.lifecycleHookDetails ?? []) seen.set(hook.hookId ?? hook.targetArn ?? '', hook);
    if (!isRunning(deployment) || seen.size > 0 || look === LOOKS) break;
    await pause(SECONDS_BETWEEN_LOOKS);
    deployment = await describeDeployment(clients.ecs, deployment.serviceDeploymentArn!);
  }
  return report(check, deployment, [...seen.values()], began);
}

/** Refuses a service that cannot tell anything. */
export function requireRollingWithHook({ serviceName, deploymentConfiguration, deploymentController }: Service): void {
  const strategy = deploymentConfiguration?.strategy ?? 'ROLLING';
  const controller = deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS' || strategy !== 'ROLLING') {
    throw new Refusal(
      `SERVICE must be deployed by ECS and ROLLING, got ${controller} and ${strategy} of ${serviceName}`,
    );
  }
  if ((deploymentConfiguration?.lifecycleHooks ?? []).length === 0) {
    throw new Refusal(`SERVICE must have a lifecycle hook, got none of ${serviceName}: README.md says how to add one`);
  }
}

function report(
  { print }: Check,
  { status, lifecycleStage }: ServiceDeployment,
  hooks: DeploymentLifecycleHookDetail[],
  watched: boolean,
): number {
  if (hooks.length > 0) {
    const rows = hooks.map(({ targetType, targetArn, status: state }) => [
      targetType ?? '',
      targetArn ?? '',
      state ?? '',
    ]);
    print(table(['Hook', 'Target', 'Status'], rows));
    print(`ECS runs a hook of a rolling deployment, at stage ${lifecycleStage}.`);
    return SHOWN;
  }
  print(`The deployment is ${status} at stage ${lifecycleStage ?? 'unknown'}; ECS names no hook of it.`);
  if (!watched) {
    print(
      'It had ended before it was looked at, and ECS names hooks only while they run: start this during a deployment.',
    );
    return NOT_SHOWN;
  }
  print('ECS DID NOT RUN the hook, as far as it says every 5 seconds. See also whether the function was called.');
  return DIFFERENT;
}

function isRunning({ status }: ServiceDeployment): boolean {
  return RUNNING.includes(status ?? '');
}
