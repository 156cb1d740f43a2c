import {
  type ContainerImage,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  type ECSClient,
  type Failure,
  ListServiceDeploymentsCommand,
  type Service,
  type ServiceDeploymentBrief,
} from '@aws-sdk/client-ecs';

/** Names of a service and its cluster. */
export interface ServiceName {
  readonly cluster: string;
  readonly service: string;
}

/** An image of a container, and whether a revision that is current has it. */
export interface UsedImage {
  readonly image: ContainerImage;
  readonly current: boolean;
}

/** Images that a service runs, ran lately or is about to run. */
export interface ImagesInUse {
  readonly images: UsedImage[];
  readonly errors: string[];
}

/** Newest deployments that are looked at, as many as one call describes. What is older was pinned when it was new. */
const RECENT = 20;
const REVISIONS_PER_CALL = 20;

/** Every image of the current revisions of a service, and of the revisions that its recent deployments came from or went to. */
export async function imagesInUse(ecs: ECSClient, name: ServiceName): Promise<ImagesInUse> {
  const service = await describe(ecs, name);
  const current = new Set(arns(service.currentServiceRevisions));
  const recent = await recentDeployments(ecs, name);
  const all = new Set([...current, ...(await revisionsOf(ecs, recent))]);

  const images: UsedImage[] = [];
  const failures: Failure[] = [];
  for (const some of batches([...all], REVISIONS_PER_CALL)) {
    const answer = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: some }));
    failures.push(...(answer.failures ?? []));
    for (const { serviceRevisionArn, containerImages } of answer.serviceRevisions ?? []) {
      const isCurrent = current.has(serviceRevisionArn ?? '');
      images.push(...(containerImages ?? []).map((image) => ({ image, current: isCurrent })));
    }
  }
  // ECS knows no revision from before 25 October 2024. That matters only when such a one still runs.
  const lost = failures.filter(({ arn, reason }) => reason !== 'MISSING' || current.has(arn ?? ''));
  const errors = lost.map(({ arn, reason }) => `ECS cannot describe ${arn} (${reason})`);
  if (images.length === 0) errors.push('ECS describes no revision of the service: force a new deployment of it');
  return { images, errors };
}

async function describe(ecs: ECSClient, { cluster, service }: ServiceName): Promise<Service> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = services?.[0];
  if (!found || found.status === 'INACTIVE') throw new Error('the service does not exist (any more)');
  const controller = found.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw new Error(`the service is deployed by ${controller}, not by ECS: such deployments name no digests`);
  }
  return found;
}

async function recentDeployments(ecs: ECSClient, name: ServiceName): Promise<ServiceDeploymentBrief[]> {
  const all: ServiceDeploymentBrief[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(new ListServiceDeploymentsCommand({ ...name, maxResults: 100, nextToken }));
    all.push(...(page.serviceDeployments ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const age = ({ createdAt }: ServiceDeploymentBrief) => -(createdAt?.getTime() ?? 0);
  return all.sort((one, other) => age(one) - age(other)).slice(0, RECENT);
}

/** Revisions that deployments came from, went to or fell back to. */
async function revisionsOf(ecs: ECSClient, deployments: ServiceDeploymentBrief[]): Promise<string[]> {
  if (deployments.length === 0) return [];
  const targets = deployments.map(({ targetServiceRevisionArn }) => ({ arn: targetServiceRevisionArn }));
  const serviceDeploymentArns = deployments.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []);
  // What cannot be described is left to the targets above: it came from a revision that ECS does not know any more.
  const { serviceDeployments } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
  const others = (serviceDeployments ?? []).flatMap(({ sourceServiceRevisions, targetServiceRevision, rollback }) => [
    ...(sourceServiceRevisions ?? []),
    { arn: targetServiceRevision?.arn },
    { arn: rollback?.serviceRevisionArn },
  ]);
  return arns([...targets, ...others]);
}

function arns(revisions: { arn?: string }[] = []): string[] {
  return revisions.flatMap(({ arn }) => arn ?? []);
}

function batches<T>(items: T[], size: number): T[][] {
  return items.length === 0 ? [] : [items.slice(0, size), ...batches(items.slice(size), size)];
}
