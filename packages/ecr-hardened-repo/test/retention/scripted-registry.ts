import { createHash } from 'node:crypto';
import { type ImageDetail, RetentionAction, type RetentionRule } from '../../src';
import { requireImages } from '../../src/retention/image-check';
import { simulate } from '../../src/retention/simulation';

const DAY = 24 * 60 * 60 * 1000;

interface Stored {
  readonly tags: Set<string>;
  readonly pushedAt: Date;
  readonly childDigests: string[];
  pulledAt?: Date;
  archivedAt?: Date;
  restoredAt?: Date;
}

/** A repository that lives: images are pushed, tagged, pulled and deleted, days pass, and each day its policy is applied. */
export class Registry {
  public now = new Date('2026-01-01T00:00:00Z');
  private readonly images = new Map<string, Stored>();

  constructor(
    private readonly tagsMove: boolean,
    private readonly policy: RetentionRule[],
  ) {}

  /** Pushes an image and returns its digest. */
  public push(content: string, tags: string[], childDigests: string[] = []): string {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    if (!this.images.has(digest)) {
      this.images.set(digest, { tags: new Set(), pushedAt: this.now, childDigests });
    }
    for (const tag of tags) {
      this.tag(digest, tag);
    }
    return digest;
  }

  /** Puts a tag on an image, and takes it from the one that has it where tags move. */
  public tag(digest: string, tag: string): void {
    const image = this.find(digest);
    for (const [other, { tags }] of this.images) {
      if (tags.has(tag) && other !== digest) {
        if (!this.tagsMove) {
          throw new Error(`ImageTagAlreadyExistsException: ${tag}`);
        }
        tags.delete(tag);
      }
    }
    image.tags.add(tag);
  }

  /** What a task does when it starts. */
  public pull(digest: string): void {
    const image = this.find(digest);
    if (image.archivedAt) {
      throw new Error(`404: ${digest} is archived`);
    }
    image.pulledAt = this.now;
    for (const child of image.childDigests) {
      this.pull(child);
    }
  }

  /** Restores an image from archive. */
  public restore(digest: string): void {
    const image = this.find(digest);
    image.archivedAt = undefined;
    image.restoredAt = this.now;
  }

  /** Deletes a tag and, as ECR does, with the last tag the image. */
  public deleteTag(digest: string, tag: string): void {
    const image = this.find(digest);
    image.tags.delete(tag);
    if (image.tags.size === 0) {
      this.images.delete(digest);
    }
  }

  public has(digest: string): boolean {
    return this.images.has(digest);
  }

  public get size(): number {
    return this.images.size;
  }

  /** Lets days pass; at the end of each, ECR evaluates the policy. */
  public pass(days: number, eachDay: (day: number) => void = () => {}): void {
    for (let day = 0; day < days; day++) {
      eachDay(day);
      this.now = new Date(this.now.getTime() + DAY);
      this.applyPolicy();
    }
  }

  private applyPolicy(): void {
    const images = [...this.images].map(
      ([imageDigest, image]): ImageDetail => ({
        imageDigest,
        imageTags: [...image.tags],
        imagePushedAt: image.pushedAt,
        lastRecordedPullTime: image.pulledAt,
        lastActivatedAt: image.restoredAt,
        lastArchivedAt: image.archivedAt,
        archived: image.archivedAt !== undefined,
        childDigests: image.childDigests,
      }),
    );
    requireImages('Test', images, this.now);
    for (const { imageDigest, action } of simulate(this.policy, images, this.now)) {
      if (action === RetentionAction.EXPIRE) {
        this.images.delete(imageDigest);
      } else {
        this.find(imageDigest).archivedAt = this.now;
      }
    }
  }

  private find(digest: string): Stored {
    const image = this.images.get(digest);
    if (!image) {
      throw new Error(`404: ${digest} is not there`);
    }
    return image;
  }
}
