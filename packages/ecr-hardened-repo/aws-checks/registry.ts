import { randomBytes } from 'node:crypto';
import {
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  type ECRClient,
  InitiateLayerUploadCommand,
  LayerAlreadyExistsException,
  PutImageCommand,
  RepositoryNotFoundException,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import type { Check } from './check';
import { NotShown } from './problems';
import type { Blob, TinyImage } from './tiny-image';

/** What all names begin with that a check makes up. */
export const NAME_PREFIX = 'hardened-check-';

export function temporaryName(): string {
  return NAME_PREFIX + randomBytes(4).toString('hex');
}

/** Makes a repository that is deleted at the end of the check. It costs nothing: AES-256, no scans. */
export async function temporaryRepository({ clients: { ecr }, cleanUp, print, target }: Check): Promise<string> {
  const repositoryName = temporaryName();
  cleanUp.add(
    `repository ${repositoryName}`,
    () => deleteRepository(ecr, repositoryName),
    `aws ecr delete-repository --region ${target.region} --repository-name ${repositoryName} --force`,
  );
  await ecr.send(
    new CreateRepositoryCommand({
      repositoryName,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
    }),
  );
  print(`Made repository ${repositoryName}.`);
  return repositoryName;
}

/** Pushes images by the API of ECR, without Docker; of blobs that several have in common, one. */
export class Pusher {
  private readonly uploaded = new Set<string>();

  constructor(
    private readonly ecr: ECRClient,
    private readonly repositoryName: string,
  ) {}

  /** Fails unless ECR names the image by the digest that it really has; an emulator may not. */
  public async push({ blobs, manifest, mediaType, digest }: TinyImage, tags: string[]): Promise<void> {
    for (const blob of blobs) await this.upload(blob);
    const { repositoryName } = this;
    for (const imageTag of tags.length > 0 ? tags : [undefined]) {
      const { image } = await this.ecr.send(
        new PutImageCommand({
          repositoryName,
          imageManifest: manifest,
          imageManifestMediaType: mediaType,
          imageDigest: digest,
          imageTag,
        }),
      );
      const { imageDigest } = image?.imageId ?? {};
      if (imageDigest !== digest) {
        throw new NotShown(
          `the registry must name an image by the digest of its manifest, got ${imageDigest} for ${digest}`,
        );
      }
    }
  }

  private async upload({ digest, bytes }: Blob): Promise<void> {
    if (this.uploaded.has(digest)) return;
    const { ecr, repositoryName } = this;
    const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
    await ecr.send(
      new UploadLayerPartCommand({
        repositoryName,
        uploadId,
        partFirstByte: 0,
        partLastByte: bytes.length - 1,
        layerPartBlob: bytes,
      }),
    );
    try {
      await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] }));
    } catch (error) {
      if (!(error instanceof LayerAlreadyExistsException)) throw error;
    }
    this.uploaded.add(digest);
  }
}

async function deleteRepository(ecr: ECRClient, repositoryName: string): Promise<void> {
  try {
    await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
  } catch (error) {
    // It was never made, or somebody deleted it.
    if (!(error instanceof RepositoryNotFoundException)) throw error;
  }
}
