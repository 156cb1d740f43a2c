import { fail } from '../shared/validate';
import type { ImageDetail } from './image-detail';

/** Fails unless 'images' can be what a repository holds at `now`: a simulation of anything else proves nothing. */
export function requireImages(path: string, images: readonly ImageDetail[], now: Date): void {
  if (Number.isNaN(now.getTime())) {
    fail(path, `'now' must be a point in time, got ${now}`);
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
      fail(path, `'images' must hold each ${what} once, got '${value}' twice`);
    }
    seen.add(value);
  }
}

function requireDigest(path: string, { imageDigest }: ImageDetail): void {
  if (!/^sha256:[0-9a-f]{64}$/.test(imageDigest)) {
    fail(path, `'imageDigest' must be 'sha256:' and 64 hexadecimal digits in lower case, got '${imageDigest}'`);
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
      fail(path, `'${prop}' must be no later than ${now.toISOString()}, got ${seen} of ${image.imageDigest}`);
    }
  }
  if (image.archived && lastArchivedAt === undefined) {
    fail(path, `'lastArchivedAt' must be given for an archived image, got none of ${image.imageDigest}`);
  }
}

function requireChildren(path: string, image: ImageDetail, digests: Set<string>): void {
  for (const child of image.childDigests ?? []) {
    if (!digests.has(child) || child === image.imageDigest) {
      fail(
        path,
        `'childDigests' must name other images of the list, got ${child} of ${image.imageDigest}: ` +
          'list the images of an index, too',
      );
    }
  }
}
