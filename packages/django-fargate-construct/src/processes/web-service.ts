import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DjangoRuntime } from '../contract/django-runtime';
import { STATIC_PREFIX } from '../data/site-storage';
import type { OffHours } from '../off-hours';
import { djangoService, processSecurityGroup } from './django-service';
import { CONTAINER_PORT, djangoTask, webHealthCheck } from './django-task';
import { gunicornArguments } from './private/gunicorn';
import type { WebPlan } from './web-plan';

/** Parts of a site that the web process needs. */
interface WebSite {
  readonly runtime: DjangoRuntime;
  readonly cluster: ecs.ICluster;
  readonly offHours?: OffHours;
}

/** The service that runs the web tasks. */
export function webService(scope: Construct, site: WebSite, web: WebPlan): ecs.FargateService {
  const { cluster, offHours } = site;
  const taskDefinition = djangoTask(scope, 'WebTask', site.runtime, {
    process: {
      DJANGO_PROCESS: 'web',
      GUNICORN_CMD_ARGS: gunicornArguments(web.timing, CONTAINER_PORT, web.workers, web.threads),
    },
    cpu: web.cpu,
    memoryMiB: web.memoryMiB,
    command: web.command,
    ephemeralStorageGiB: web.ephemeralStorageGiB,
    writableRoot: web.execWithWritableRoot,
    logging: web.logging,
    stopTimeout: Duration.seconds(web.timing.stopTimeout),
    healthCheck: webHealthCheck(web.healthCheckPath),
    portMappings: [{ containerPort: CONTAINER_PORT }],
  });
  // for browsers that still show a page of another release, and ask this one for its files
  site.runtime.staticBucket.grantRead(taskDefinition.taskRole, `${STATIC_PREFIX}*`);
  return djangoService(scope, 'Web', {
    cluster,
    taskDefinition,
    securityGroup: processSecurityGroup(scope, 'WebSecurityGroup', cluster.vpc, 'web'),
    scaling: web.scaling,
    offHours,
    capacityProviderStrategies: web.capacityProviderStrategies,
    enableExecuteCommand: web.execWithWritableRoot,
    healthCheckGracePeriod: Duration.seconds(60),
  });
}

/** The web tasks as the load balancer finds them, and the health check that it sends. */
export function webTargetGroup(
  scope: Construct,
  vpc: ec2.IVpc,
  service: ecs.FargateService,
  web: WebPlan,
): elbv2.ApplicationTargetGroup {
  return new elbv2.ApplicationTargetGroup(scope, 'TargetGroup', {
    vpc,
    port: CONTAINER_PORT,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targets: [service],
    deregistrationDelay: Duration.seconds(web.timing.deregistrationDelay),
    healthCheck: {
      path: web.healthCheckPath,
      healthyHttpCodes: '200',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
  });
}
