import {
  type ContainerImage,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ECSClient,
} from '@aws-sdk/client-ecs';
import { check, type Gate, type Verdict } from './check';
import { type ResolvedImage, resolveImage } from './images';
import { Refusal } from './refusal';

/** Event that ECS sends to a lifecycle hook. */
export interface HookEvent {
  /** ARN of the service deployment. */
  readonly resourceArn: string;
  readonly lifecycleStage: string;
  readonly executionDetails: { readonly serviceArn: string; readonly targetServiceRevisionArn: string };
  /** Details that the response before this one left behind; absent at first. */
  readonly hookDetails?: { readonly waitingSince?: number };
}

/** Response that ECS takes from a lifecycle hook. */
export interface HookAnswer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Seconds until ECS asks again. */
  readonly callBackDelay?: number;
  readonly hookDetails?: { readonly waitingSince: number };
}

const ASK_AGAIN_SECONDS = 30;

const ecs = new ECSClient({});

/** Checks the images of a deployment before its tasks start. ECS asks again while a scan has not ended. */
export async function answerDeployment(gate: Gate, event: HookEvent): Promise<HookAnswer> {
  const waitingSince = event.hookDetails?.waitingSince ?? Date.now();
  const verdict = await check(gate, () => newImages(gate, event), new Map());
  const late = verdict.verdict === 'WAITING' && Date.now() - waitingSince >= gate.timeoutSeconds * 1000;
  const answer = late ? 'FAILED' : STATUSES[verdict.verdict];
  console.log(JSON.stringify({ deployment: event.resourceArn, answer, ...verdict }));
  return answer === 'IN_PROGRESS'
    ? { hookStatus: answer, callBackDelay: ASK_AGAIN_SECONDS, hookDetails: { waitingSince } }
    : { hookStatus: answer };
}

const STATUSES: Record<Verdict['verdict'], HookAnswer['hookStatus']> = {
  PASSED: 'SUCCEEDED',
  DENIED: 'FAILED',
  WAITING: 'IN_PROGRESS',
};

/**
 * The repository's images that the deployment brings. Those that the service runs are not among them: to refuse them
 * would stop fixes and rollbacks, not the image.
 */
async function newImages({ ecr, repository }: Gate, event: HookEvent): Promise<ResolvedImage[]> {
  const target = event.executionDetails.targetServiceRevisionArn;
  const running = await runningRevisions(event.resourceArn);
  const images = await imagesOf([target, ...running.filter((arn) => arn !== target)]);
  // before the first task starts, ECS may not have resolved a tag yet
  const wanted = (images.get(target) ?? []).flatMap((image) => repository.imageOf(image) ?? []);
  if (wanted.length === 0) {
    throw new Refusal(`no container of ${target} has an image of ${repository.repositoryName}: take the gate off it`);
  }
  const resolved = await Promise.all(wanted.map((id) => resolveImage(ecr, repository, id)));
  const runs = new Set(running.flatMap((arn) => (images.get(arn) ?? []).map(({ imageDigest }) => imageDigest)));
  return resolved.filter(({ digest }) => !runs.has(digest));
}

/** Revisions of the service with tasks that run. One that waits before its own gate has none. */
async function runningRevisions(serviceDeploymentArn: string): Promise<string[]> {
  const { serviceDeployments } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
  );
  const sources = serviceDeployments?.[0]?.sourceServiceRevisions ?? [];
  return sources.flatMap(({ arn, runningTaskCount = 0 }) => (arn !== undefined && runningTaskCount > 0 ? [arn] : []));
}

async function imagesOf(serviceRevisionArns: string[]): Promise<Map<string, ContainerImage[]>> {
  const { serviceRevisions } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  return new Map(
    serviceRevisions?.map(({ serviceRevisionArn = '', containerImages = [] }) => [serviceRevisionArn, containerImages]),
  );
}
