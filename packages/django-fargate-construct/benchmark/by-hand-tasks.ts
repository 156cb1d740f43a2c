import { Duration, RemovalPolicy, Size, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Data } from './by-hand-data';
import { NAME } from './by-hand-edge';

/** What a task of the site may differ in. */
export interface TaskOptions {
  readonly process: string;
  readonly cpu?: number;
  readonly memoryMiB?: number;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly stopTimeout?: number;
  readonly healthCheck?: ecs.HealthCheck;
  readonly portMappings?: ecs.PortMapping[];
}

/** A task, and the network rules that let it reach the data. */
export interface Task {
  readonly definition: ecs.FargateTaskDefinition;
  readonly securityGroup: ec2.SecurityGroup;
}

/** Answers a function that makes the task of a process. */
export function taskMaker(stack: Stack, vpc: ec2.Vpc, image: ecs.ContainerImage, data: Data) {
  const logGroup = new logs.LogGroup(stack, 'Logs', {
    retention: logs.RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const environment = {
    DJANGO_SETTINGS_MODULE: 'config.settings.production',
    DJANGO_ALLOWED_HOSTS: NAME,
    SITE_URL: `https://${NAME}`,
    REDIS_HOST: data.redisHost,
    REDIS_PORT: '6379',
    MEDIA_BUCKET: data.media.bucketName,
    STATIC_BUCKET: data.statics.bucketName,
    DATABASE_SECRET_ARN: data.database.secret!.secretArn,
    AWS_REGION: stack.region,
  };
  const secrets = {
    DJANGO_SECRET_KEY: ecs.Secret.fromSecretsManager(data.secretKey),
    DATABASE_SECRET: ecs.Secret.fromSecretsManager(data.database.secret!),
    REDIS_AUTH_TOKEN: ecs.Secret.fromSecretsManager(data.redisToken),
  };
  return (id: string, options: TaskOptions): Task => {
    const definition = new ecs.FargateTaskDefinition(stack, `${id}Task`, {
      cpu: options.cpu ?? 512,
      memoryLimitMiB: options.memoryMiB ?? 1024,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.X86_64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    const linuxParameters = new ecs.LinuxParameters(definition, 'Linux', { initProcessEnabled: true });
    linuxParameters.dropCapabilities(ecs.Capability.ALL);
    linuxParameters.addTmpfs({
      containerPath: '/tmp',
      size: 64,
      mountOptions: [ecs.TmpfsMountOption.NOEXEC, ecs.TmpfsMountOption.NOSUID, ecs.TmpfsMountOption.NODEV],
    });
    definition.addContainer('django', {
      image,
      command: options.command,
      environment: { ...environment, ...options.environment, DJANGO_PROCESS: options.process },
      secrets,
      user: '10001:10001',
      readonlyRootFilesystem: true,
      linuxParameters,
      stopTimeout: Duration.seconds(options.stopTimeout ?? 120),
      healthCheck: options.healthCheck,
      portMappings: options.portMappings,
      logging: ecs.LogDrivers.awsLogs({
        logGroup,
        streamPrefix: options.process,
        mode: ecs.AwsLogDriverMode.NON_BLOCKING,
        maxBufferSize: Size.mebibytes(25),
      }),
    });
    data.media.grantReadWrite(definition.taskRole);
    data.database.secret!.grantRead(definition.taskRole);
    if (options.process === 'web') data.statics.grantRead(definition.taskRole, 'static/*');
    if (options.process === 'release') data.statics.grantPut(definition.taskRole, 'static/*');
    const securityGroup = new ec2.SecurityGroup(stack, `${id}SecurityGroup`, { vpc });
    data.database.connections.allowDefaultPortFrom(securityGroup);
    data.cache.allowDefaultPortFrom(securityGroup);
    return { definition, securityGroup };
  };
}
