import type { ImageDetail } from './image-detail';

/** Fails unless `images` can be what a repository holds at `now`: a simulation of anything else proves nothing. */
export function requireImages(path: string, images: readonly ImageDetail[], now: Date): void {
  if (Number.isNaN(now.getTime())) {
    throw new Error(`'now' must be a point in time, got ${now} [${path}]`);
  }
  requireOnce(
    path,
    'digest',
    images.map((image) => image.imageDigest),
  );
  requireOnce(
    path,
    'tag',
    images.flatMap((image) => image.imageTags ?? []),
  );
  const digests = new Set(images.map((image) => image.imageDigest));
  for (const image of images) {
    requireDigest(path, image);
    requireTimes(path, image, now);
    requireChildren(path, image, digests);
  }
}

function requireOnce(path: string, what: string, values: string[]): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) {
      throw new Error(`'images' must hold each ${what} once, got '${value}' twice [${path}]`);
    }
    seen.add(value);
  }
}

function requireDigest(path: string, { imageDigest }: ImageDetail): void {
  if (!/^sha256:[0-9a-f]{64}$/.test(imageDigest)) {
    throw new Error(
      `'imageDigest' must be 'sha256:' and 64 hexadecimal digits in lower case, got '${imageDigest}' [${path}]`,
    );
  }
}

function requireTimes(path: string, image: ImageDetail, now: Date): void {
  const { imagePushedAt, lastRecordedPullTime, lastActivatedAt, lastArchivedAt } = image;
  const times = { imagePushedAt, lastRecordedPullTime, lastActivatedAt, lastArchivedAt };
  for (const [prop, time] of Object.entries(times)) {
    if (time === undefined) {
      continue;
    }
    if (Number.isNaN(time.getTime()) || time.getTime() > now.getTime()) {
      const seen = Number.isNaN(time.getTime()) ? time : time.toISOString();
      throw new Error(
        `'${prop}' must be no later than ${now.toISOString()}, got ${seen} of ${image.imageDigest} [${path}]`,
      );
    }
  }
  if (image.archived && lastArchivedAt === undefined) {
    throw new Error(`'lastArchivedAt' must be given for an archived image, got none of ${image.imageDigest} [${path}]`);
  }
}

function requireChildren(path: string, image: ImageDetail, digests: Set<string>): void {
  for (const child of image.childDigests ?? []) {
    if (!digests.has(child) || child === image.imageDigest) {
      throw new Error(
        `'childDigests' must name other images of the list, got ${child} of ${image.imageDigest}: ` +
          `list the images of an index, too [${path}]`,
      );
    }
  }
}
