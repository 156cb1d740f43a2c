import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  type Service,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { NotShown, Refusal } from './problems';

/** A service and its newest deployment, as ECS describes them. */
export async function describeService(ecs: ECSClient, cluster: string, service: string): Promise<Service> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = services?.[0];
  if (found === undefined || found.status === 'INACTIVE') {
    throw new Refusal(`SERVICE must be a service of the cluster '${cluster}', got '${service}'`);
  }
  return found;
}

/** The deployment that began last. */
export async function newestDeployment(
  ecs: ECSClient,
  { clusterArn, serviceArn }: Service,
): Promise<ServiceDeployment> {
  const { serviceDeployments = [] } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster: clusterArn, service: serviceArn }),
  );
  const [newest] = serviceDeployments.sort((one, other) => time(other.createdAt) - time(one.createdAt));
  if (newest?.serviceDeploymentArn === undefined) {
    throw new NotShown(`the service must have been deployed in the last 90 days, got no deployment: force a new one`);
  }
  return describeDeployment(ecs, newest.serviceDeploymentArn);
}

export async function describeDeployment(ecs: ECSClient, arn: string): Promise<ServiceDeployment> {
  const { serviceDeployments, failures } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
  );
  const found = serviceDeployments?.[0];
  if (found === undefined) throw new NotShown(`ECS must describe ${arn}, got ${failures?.[0]?.reason ?? 'nothing'}`);
  return found;
}

function time(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
