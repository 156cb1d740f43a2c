import { BatchGetImageCommand, type ECRClient, type ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Repository } from '../repository';
import { Refusal } from './refusal';

/** An image, and what of it is scanned: itself, or an image for each platform when it is an index. */
export interface ResolvedImage {
  readonly digest: string;
  readonly platforms: PlatformImage[];
}

export interface PlatformImage {
  readonly digest: string;
  readonly name: string;
}

/** Of a manifest, what tells an index from an image. */
interface Manifest {
  readonly manifests?: { digest: string; mediaType?: string; platform?: { os?: string; architecture?: string } }[];
}

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const IMAGE_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Looks an image up, with the images of its platforms. */
export async function resolveImage(
  ecr: ECRClient,
  repository: Repository,
  imageId: ImageIdentifier,
): Promise<ResolvedImage> {
  const { registryId, repositoryName } = repository;
  const { images, failures } = await ecr.send(
    new BatchGetImageCommand({
      registryId,
      repositoryName,
      imageIds: [imageId],
      acceptedMediaTypes: [...INDEX_TYPES, ...IMAGE_TYPES],
    }),
  );
  const digest = images?.[0]?.imageId?.imageDigest;
  const text = images?.[0]?.imageManifest;
  if (digest === undefined || text === undefined) {
    const name = imageId.imageDigest ?? imageId.imageTag;
    throw new Refusal(
      `${repositoryName} has no image ${name} (${failures?.[0]?.failureCode ?? 'no reason given'}): push it first`,
    );
  }
  const { manifests } = JSON.parse(text) as Manifest;
  if (manifests === undefined) return { digest, platforms: [{ digest, name: digest }] };
  return { digest, platforms: await platformsOf(ecr, repository, digest, manifests) };
}

async function platformsOf(
  ecr: ECRClient,
  repository: Repository,
  index: string,
  manifests: NonNullable<Manifest['manifests']>,
): Promise<PlatformImage[]> {
  const platforms: PlatformImage[] = [];
  for (const { digest, mediaType, platform } of manifests) {
    const { os, architecture } = platform ?? {};
    // an attestation: no container runs it, for none asks for this platform, whereas its annotation hinders nobody
    if (os === 'unknown' && architecture === 'unknown') continue;
    if (INDEX_TYPES.includes(mediaType ?? '')) {
      platforms.push(...(await resolveImage(ecr, repository, { imageDigest: digest })).platforms);
    } else {
      platforms.push({ digest, name: platform ? `${digest} (${os}/${architecture})` : digest });
    }
  }
  if (platforms.length === 0) throw new Refusal(`the index ${index} holds no image for a platform: build it again`);
  return platforms;
}
