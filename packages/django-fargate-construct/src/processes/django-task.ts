import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, type IResolveContext, Size, Stack, Tokenization } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { type ProcessEnvironment, requireOwn } from '../contract/container-environment';
import type { DjangoRuntime } from '../contract/django-runtime';
import type { ProcessContainerOptions } from '../contract/process-container';
import { requireWords } from '../shared/command-words';
import { grantSecret } from '../shared/secret-access';
import { fail } from '../shared/validate';

/** Name of the Django container in every task. */
export const CONTAINER_NAME = 'django';

/** Port that the web process serves HTTP on. */
export const CONTAINER_PORT = 8000;

/** Size of `/tmp` in MiB. */
export const TMPFS_MIB = 64;

/** Options of the task of one process. */
export interface DjangoTaskOptions {
  readonly process: ProcessEnvironment;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly command?: string[];
  readonly ephemeralStorageGiB?: number;
  readonly logging?: ecs.LogDriver;
  readonly writableRoot?: boolean;
  readonly stopTimeout: Duration;
  readonly healthCheck?: ecs.HealthCheck;
  readonly portMappings?: ecs.PortMapping[];
  readonly container?: ProcessContainerOptions;
}

/**
 * A task that runs the site's image with as few rights as Django needs: an unprivileged user without capabilities, and a
 * read-only root file system with a small `/tmp` in memory.
 */
export function djangoTask(
  scope: Construct,
  id: string,
  runtime: DjangoRuntime,
  options: DjangoTaskOptions,
): ecs.FargateTaskDefinition {
  const { image = runtime.image, environment, secrets } = ownContainer(scope, runtime, options.container);
  const task = new ecs.FargateTaskDefinition(scope, id, {
    cpu: options.cpu,
    memoryLimitMiB: options.memoryMiB,
    ephemeralStorageGiB: options.ephemeralStorageGiB,
    runtimePlatform: {
      cpuArchitecture: runtime.architecture,
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    },
  });
  const linuxParameters = new ecs.LinuxParameters(task, 'Linux', { initProcessEnabled: true });
  linuxParameters.dropCapabilities(ecs.Capability.ALL);
  linuxParameters.addTmpfs({
    containerPath: '/tmp',
    size: TMPFS_MIB, // of the task's memory
    mountOptions: [ecs.TmpfsMountOption.NOEXEC, ecs.TmpfsMountOption.NOSUID, ecs.TmpfsMountOption.NODEV],
  });
  const { DJANGO_PROCESS } = options.process;
  task.addContainer(CONTAINER_NAME, {
    image,
    entryPoint: runtime.entryPoint,
    command: options.command,
    environment: { ...environment, ...options.process },
    secrets,
    user: '10001:10001',
    readonlyRootFilesystem: !options.writableRoot,
    linuxParameters,
    stopTimeout: options.stopTimeout,
    healthCheck: options.healthCheck,
    portMappings: options.portMappings,
    logging: options.logging ?? siteLogs(runtime.logGroup, DJANGO_PROCESS),
  });
  runtime.mediaBucket.grantReadWrite(task.taskRole);
  // Django may read the secret again after a rotation, which its running tasks are not told of
  grantSecret(runtime.databaseSecret, task.taskRole);
  requireSize(task);
  runtime.everyTask.add(task);
  runtime.principal.addRole(task.taskRole, DJANGO_PROCESS);
  return task;
}

/** The site's image, variables and secrets with those of one process in their place or beside them. */
function ownContainer(scope: Construct, runtime: DjangoRuntime, own: ProcessContainerOptions = {}) {
  requireOwn(scope, runtime.contractNames, own, 'container.');
  const environment = { ...runtime.environment, ...own.environment };
  const secrets = { ...runtime.secrets, ...own.secrets };
  const both = Object.keys(environment).find((name) => name in secrets);
  if (both) fail(scope, `'container' must not make ${both} a variable and a secret: the site has it as the other`);
  return { image: own.image, environment, secrets };
}

/** Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html (task definition size) */
const MAX_TASK_BYTES = 64 * 1024;

/** Fails synthesis for a task definition that is too long; what only CloudFormation knows is counted as it stands in the template. */
function requireSize(task: ecs.FargateTaskDefinition): void {
  task.node.addValidation({
    validate: () => {
      const { containerDefinitions } = task.node.defaultChild as ecs.CfnTaskDefinition;
      if (roughBytes(task, containerDefinitions) <= MAX_TASK_BYTES / 4) return [];
      const bytes = Buffer.byteLength(JSON.stringify(Stack.of(task).resolve(containerDefinitions)));
      if (bytes <= MAX_TASK_BYTES) return [];
      return [
        `a task definition must be at most ${MAX_TASK_BYTES} bytes long, got ${bytes}: shorten 'django.environment', or keep long values in a secret, a file of the image or AppConfig`,
      ];
    },
  });
}

/** Length of a value that is resolved at its top alone, which takes no time: tokens inside count as they are written. */
function roughBytes(scope: IConstruct, value: unknown): number {
  let bytes = 0;
  const resolve = (context: IResolveContext) => {
    const top = Tokenization.isResolvable(value) ? value.resolve(context) : value;
    const seen = (_key: string, part: unknown) => (Tokenization.isResolvable(part) ? String(part) : part);
    bytes = Buffer.byteLength(JSON.stringify(top, seen));
  };
  Stack.of(scope).resolve({ creationStack: [], resolve });
  return bytes;
}

/**
 * Logs of a container to the site's log group. A slow CloudWatch must not stop the site, so it does not wait: when 25 MiB
 * are waiting to be sent, lines are lost, as are those that still wait when a container is killed.
 */
export function siteLogs(logGroup: logs.ILogGroup, process: string): ecs.LogDriver {
  return ecs.LogDrivers.awsLogs({
    logGroup,
    streamPrefix: process,
    mode: ecs.AwsLogDriverMode.NON_BLOCKING,
    maxBufferSize: Size.mebibytes(25),
  });
}

/** Fails synthesis for a health check that is no command: the words of one, or ECS's own form of it. */
export function requireHealthCheckCommand(scope: Construct, command: string[] | undefined): void {
  if (command === undefined) return;
  const prop = 'healthCheckCommand';
  const [form, ...words] = command;
  if (command.length === 0 || (form === 'CMD' && words.length === 0)) {
    fail(scope, `'${prop}' must name a command, got none. Leave it out for no health check`);
  }
  if (form === 'CMD-SHELL') {
    if (words.length === 1) return;
    fail(scope, `'${prop}' must have one text for the shell after CMD-SHELL, got ${words.length}`);
  }
  if (form === 'NONE') fail(scope, `'${prop}' must be left out for no health check, got NONE`);
  requireWords(scope, prop, form === 'CMD' ? words : command);
}

/** Asks the container itself, by a command and its exit code. */
export function containerHealthCheck(command: string[]): ecs.HealthCheck {
  return {
    command: /^CMD(-SHELL)?$/.test(command[0]) ? command : ['CMD', ...command],
    interval: Duration.seconds(10),
    timeout: Duration.seconds(5),
    retries: 3,
    startPeriod: Duration.seconds(60),
  };
}

/** Health check of the web container; it needs nothing in the image but Python. */
export function webHealthCheck(path: string): ecs.HealthCheck {
  const url = `http://127.0.0.1:${CONTAINER_PORT}${path}`;
  return containerHealthCheck(['python', '-c', `import urllib.request; urllib.request.urlopen('${url}', timeout=4)`]);
}
