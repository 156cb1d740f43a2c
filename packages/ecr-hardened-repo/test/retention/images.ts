import { createHash } from 'node:crypto';
import { Duration } from 'aws-cdk-lib';
import type { ImageDetail, RetentionRule } from '../../src';
import { requireImages } from '../../src/retention/image-check';
import { simulate } from '../../src/retention/simulation';

export const NOW = new Date('2026-11-24T12:00:00Z');

const DAY = 24 * 60 * 60 * 1000;

export function daysAgo(days: number): Date {
  return new Date(NOW.getTime() - days * DAY);
}

export function days(count: number): Duration {
  return Duration.days(count);
}

export function digestOf(name: string): string {
  return `sha256:${createHash('sha256').update(name).digest('hex')}`;
}

/** An image that was pushed so many days ago with these tags; its digest is made from its name. */
export function image(name: string, pushed: number, imageTags?: string[], more?: Partial<ImageDetail>): ImageDetail {
  return { imageDigest: digestOf(name), imagePushedAt: daysAgo(pushed), imageTags, ...more };
}

/** What rules do with images, by the names that the images were made from: `A: EXPIRE by 1`. */
export function outcomes(rules: RetentionRule[], images: Record<string, ImageDetail>): string[] {
  const names = new Map(Object.entries(images).map(([name, { imageDigest }]) => [imageDigest, name]));
  requireImages('Test', Object.values(images), NOW);
  return simulate(rules, Object.values(images), NOW).map(
    ({ imageDigest, action, rulePriority }) => `${names.get(imageDigest)}: ${action} by ${rulePriority}`,
  );
}

/** Images by name, from the days since their push and their tags. */
export function repositoryOf(contents: Record<string, [number, string[]]>): Record<string, ImageDetail> {
  return Object.fromEntries(
    Object.entries(contents).map(([name, [pushed, tags]]) => [name, image(name, pushed, tags)]),
  );
}
