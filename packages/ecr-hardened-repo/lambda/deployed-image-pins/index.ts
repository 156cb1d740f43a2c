import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answer } from '../answer';
import { type ImageId, Repository } from '../repository';
import { imagesInUse, type ServiceName, type UsedImage } from './images-in-use';
import { ImageGone, type Pin, Pinner } from './pin';
import { pinTag } from './pin-tag';

/** An image of the repository, and whether the service runs it now. */
interface Used {
  readonly id: ImageId;
  readonly current: boolean;
}

/** Outcome of the pins for one service. */
interface Outcome {
  readonly service: string;
  readonly pinned: Pin[];
  /** Images of past deployments that are not there any more. */
  readonly gone: string[];
  readonly errors: string[];
}

const { REPOSITORY_ARN = '', SERVICES = '[]', PIN_TAG_PREFIX = '' } = process.env;
const repository = new Repository(REPOSITORY_ARN);
const services: ServiceName[] = JSON.parse(SERVICES);

const ecs = new ECSClient({});
const pinner = new Pinner(new ECRClient({ region: repository.region }), repository);

/** Pins the images of every service, whatever event it is called for, and fails at the end when one could not be pinned. */
export async function handler(event: { RequestType?: string }): Promise<void> {
  if (event.RequestType) {
    // First, because a stack must neither fail nor roll back for a pin.
    await answer(event as CloudFormationCustomResourceEvent, 'SUCCESS');
    if (event.RequestType === 'Delete') return;
  }
  const outcomes: Outcome[] = [];
  for (const name of services) {
    outcomes.push(await pinService(name));
  }
  console.log(JSON.stringify({ repository: repository.repositoryName, services: outcomes }));
  const errors = outcomes.flatMap(({ service, errors }) => errors.map((error) => `${service}: ${error}`));
  if (errors.length > 0) throw new Error(`not every image in use is pinned: ${errors.join('; ')}`);
}

async function pinService(name: ServiceName): Promise<Outcome> {
  const outcome: Outcome = { service: `${name.cluster}/${name.service}`, pinned: [], gone: [], errors: [] };
  try {
    const { images, errors } = await imagesInUse(ecs, name);
    outcome.errors.push(...errors);
    for (const used of distinct(images)) {
      await pinImage(name, used, outcome);
    }
  } catch (error) {
    outcome.errors.push(messageOf(error));
  }
  return outcome;
}

async function pinImage(name: ServiceName, { id, current }: Used, outcome: Outcome): Promise<void> {
  try {
    outcome.pinned.push(await pinner.pin(id, (digest) => pinTag(PIN_TAG_PREFIX, name.service, digest)));
  } catch (error) {
    if (!(error instanceof ImageGone)) outcome.errors.push(messageOf(error));
    else if (current) outcome.errors.push(`${error.image} is in use, but not in ${repository.repositoryName}`);
    // A past deployment may have named an image that never was, or that somebody deleted since.
    else outcome.gone.push(error.image);
  }
}

/** Each image of the repository once. */
function distinct(images: UsedImage[]): Used[] {
  const found = new Map<string, Used>();
  for (const { image, current } of images) {
    const id = repository.imageOf(image);
    if (!id) continue;
    const key = JSON.stringify(id);
    found.set(key, { id, current: current || (found.get(key)?.current ?? false) });
  }
  return [...found.values()];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error);
}
