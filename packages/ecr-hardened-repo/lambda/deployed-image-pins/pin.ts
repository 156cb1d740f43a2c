import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  type Image,
  type ImageDetail,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import type { ImageId, Repository } from '../repository';

/** An image and the tag that pins it; `added` when it had not been pinned before. */
export interface Pin {
  readonly digest: string;
  readonly tag: string;
  readonly added: boolean;
}

/** The image is not in the repository. */
export class ImageGone extends Error {
  public constructor(public readonly image: string) {
    super(`${image} is not there`);
  }
}

/** An index must come back as it was pushed, not as the image of one platform. */
const MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const EXISTS = ['ImageAlreadyExistsException', 'ImageTagAlreadyExistsException'];

/** Pins images of one repository by putting their manifests a second time, under another tag. */
export class Pinner {
  public constructor(
    private readonly ecr: ECRClient,
    private readonly repository: Repository,
  ) {}

  /** Pins `image` by the tag that `tagOf` makes from its digest. */
  public async pin(image: ImageId, tagOf: (digest: string) => string): Promise<Pin> {
    const { imageDigest: digest, imageTags } = (await this.describe(image)) ?? {};
    if (!digest) throw new ImageGone(image.imageDigest ?? image.imageTag ?? '');
    const tag = tagOf(digest);
    // Asked first, because reading a manifest counts as a pull of the image.
    if (imageTags?.includes(tag)) return { digest, tag, added: false };
    const { imageManifest, imageManifestMediaType } = await this.manifest(digest);
    try {
      await this.ecr.send(
        new PutImageCommand({
          ...this.names,
          imageManifest,
          imageManifestMediaType,
          imageTag: tag,
          imageDigest: digest,
        }),
      );
    } catch (error) {
      await this.requireSame(error, digest, tag);
    }
    return { digest, tag, added: true };
  }

  private async describe(image: ImageId): Promise<ImageDetail | undefined> {
    try {
      const command = new DescribeImagesCommand({ ...this.names, imageIds: [{ ...image }] });
      return (await this.ecr.send(command)).imageDetails?.[0];
    } catch (error) {
      if (nameOf(error) === 'ImageNotFoundException') return undefined;
      throw error;
    }
  }

  private async manifest(imageDigest: string): Promise<Image> {
    const { images, failures } = await this.ecr.send(
      new BatchGetImageCommand({ ...this.names, imageIds: [{ imageDigest }], acceptedMediaTypes: MEDIA_TYPES }),
    );
    if (images?.[0]?.imageManifest) return images[0];
    const { failureCode, failureReason } = failures?.[0] ?? {};
    throw new Error(`the manifest of ${imageDigest} cannot be read: ${failureCode} ${failureReason}`);
  }

  /** Another run may have pinned the image in the meantime. ECR has two errors for that; what counts is where the tag is. */
  private async requireSame(error: unknown, digest: string, imageTag: string): Promise<void> {
    if (!EXISTS.includes(nameOf(error))) throw error;
    const holder = await this.describe({ imageTag });
    if (!holder) throw error;
    if (holder.imageDigest === digest) return;
    throw new Error(`${digest} is not pinned, because its tag ${imageTag} is on another image, ${holder.imageDigest}`);
  }

  private get names() {
    const { registryId, repositoryName } = this.repository;
    return { registryId, repositoryName };
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
