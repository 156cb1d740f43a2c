import { createHash } from 'node:crypto';
import { gzip, tar } from './tar';

export const IMAGE_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** Bytes that a manifest names by their digest. */
export interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

/** An image of a few hundred bytes that is made in memory. */
export interface TinyImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: string;
  readonly blobs: Blob[];
  /** Digests of the images that it lists, when it is an index. */
  readonly childDigests: string[];
}

/** An image for Linux with these files in it. Images with other labels have other digests. */
export function tinyImage(
  label: string,
  files: Record<string, string> = { check: 'made to check, not to run\n' },
): TinyImage {
  const archive = tar(files);
  const layer = blob(gzip(archive));
  const configuration = blob(
    json({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: { 'ecr-hardened-repo.check': label } },
      rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
    }),
  );
  return make(IMAGE_TYPE, [configuration, layer], [], {
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...descriptor(configuration) },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...descriptor(layer) }],
  });
}

/** An image for several platforms, which lists one image for each. */
export function tinyIndex(images: TinyImage[]): TinyImage {
  const architectures = ['amd64', 'arm64'];
  const manifests = images.map((image, index) => ({
    ...reference(image),
    platform: { os: 'linux', architecture: architectures[index] },
  }));
  return make(
    INDEX_TYPE,
    [],
    images.map(({ digest }) => digest),
    { manifests },
  );
}

/** A thing that refers to an image, as a signature or an SBOM does. */
export function tinyReferrer(label: string, subject: TinyImage): TinyImage {
  const empty = blob(Buffer.from('{}'));
  const emptyDescriptor = { mediaType: 'application/vnd.oci.empty.v1+json', ...descriptor(empty) };
  return make(IMAGE_TYPE, [empty], [], {
    artifactType: 'application/vnd.example.check',
    config: emptyDescriptor,
    layers: [emptyDescriptor],
    subject: reference(subject),
    annotations: { 'ecr-hardened-repo.check': label },
  });
}

export function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function make(mediaType: string, blobs: Blob[], childDigests: string[], content: object): TinyImage {
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
  return { digest: digestOf(manifest), mediaType, manifest, blobs, childDigests };
}

function reference({ mediaType, digest, manifest }: TinyImage) {
  return { mediaType, digest, size: Buffer.byteLength(manifest) };
}

function descriptor({ digest, bytes }: Blob) {
  return { digest, size: bytes.length };
}

function blob(bytes: Buffer): Blob {
  return { digest: digestOf(bytes), bytes };
}

function json(content: object): Buffer {
  return Buffer.from(JSON.stringify(content));
}
