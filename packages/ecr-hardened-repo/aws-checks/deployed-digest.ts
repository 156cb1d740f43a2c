import { BatchGetImageCommand, DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type Service,
} from '@aws-sdk/client-ecs';
import type { Check } from './check';
import { messageOf, NotShown, SHOWN } from './problems';
import { describeService } from './service';
import { table } from './table';

/** A digest that ECS names for a container. */
export interface NamedDigest {
  readonly toldBy: 'service revision' | 'task';
  readonly container: string;
  readonly image: string;
  readonly digest?: string;
}

/** Names the digests that ECS gives for a service, and what they are in ECR; it reads only. */
export async function deployedDigest({ args, clients: { ecr, ecs }, print }: Check): Promise<number> {
  const [cluster, name] = args;
  const service = await describeService(ecs, cluster, name);
  const named = [...(await digestsOfRevisions(ecs, service)), ...(await digestsOfTasks(ecs, service))];
  const rows: string[][] = [];
  for (const { toldBy, container, image, digest } of named) {
    const { kind, pins } = await look(ecr, image, digest);
    rows.push([container, image, toldBy, digest ?? 'none', kind, pins.join(', ')]);
  }
  print(table(['Container', 'Image', 'Told by', 'Digest', 'Is', 'Pins'], rows));
  print('DeployGate and DeployedImagePins read the digest of the service revision.');
  return SHOWN;
}

async function digestsOfRevisions(ecs: ECSClient, { currentServiceRevisions = [] }: Service): Promise<NamedDigest[]> {
  const serviceRevisionArns = currentServiceRevisions.flatMap(({ arn }) => arn ?? []);
  if (serviceRevisionArns.length === 0) throw new NotShown('the service must have a current revision, got none');
  const { serviceRevisions = [] } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  return distinct(
    serviceRevisions
      .flatMap(({ containerImages = [] }) => containerImages)
      .map(({ containerName = '', image = '', imageDigest }) => ({
        toldBy: 'service revision',
        container: containerName,
        image,
        digest: imageDigest,
      })),
  );
}

async function digestsOfTasks(ecs: ECSClient, { clusterArn, serviceName }: Service): Promise<NamedDigest[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: clusterArn, serviceName }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: clusterArn, tasks: taskArns }));
  return distinct(
    tasks
      .flatMap(({ containers = [] }) => containers)
      .map(({ name = '', image = '', imageDigest }) => ({
        toldBy: 'task',
        container: name,
        image,
        digest: imageDigest,
      })),
  );
}

async function look(ecr: ECRClient, image: string, digest?: string): Promise<{ kind: string; pins: string[] }> {
  const repository = repositoryOf(image);
  if (repository === undefined || digest === undefined) return { kind: 'not looked at', pins: [] };
  const imageIds = [{ imageDigest: digest }];
  try {
    const { images } = await ecr.send(new BatchGetImageCommand({ ...repository, imageIds }));
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ ...repository, imageIds }));
    const tags = imageDetails?.[0]?.imageTags ?? [];
    return { kind: kindOf(images?.[0]?.imageManifest), pins: tags.filter((tag) => tag.startsWith('inuse-')) };
  } catch (error) {
    return { kind: messageOf(error), pins: [] };
  }
}

/** The repository of ECR that an image is in, whatever its tag or digest; undefined for one from elsewhere. */
export function repositoryOf(image: string): { registryId: string; repositoryName: string } | undefined {
  const { account, name } =
    /^(?<account>\d{12})\.dkr[.-]ecr(-fips)?\.[a-z0-9.-]+(:\d+)?\/(?<name>[^:@]+)/.exec(image)?.groups ?? {};
  return account === undefined ? undefined : { registryId: account, repositoryName: name };
}

/** What a manifest is the one of. */
export function kindOf(manifest: string | undefined): string {
  if (manifest === undefined) return 'not in ECR';
  return 'manifests' in JSON.parse(manifest) ? 'an index' : 'one platform';
}

function distinct(named: NamedDigest[]): NamedDigest[] {
  return [...new Map(named.map((one) => [JSON.stringify(one), one])).values()];
}
