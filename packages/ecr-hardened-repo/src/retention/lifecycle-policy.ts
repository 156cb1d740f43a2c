import type { ImageSelection, RetentionRule } from './retention-rule';

/** Selection of a rule of a lifecycle policy, in ECR's words. */
export interface LifecycleSelection {
  readonly tagStatus: 'tagged' | 'untagged' | 'any';
  readonly tagPatternList?: readonly string[];
  /** Only in rules about archived images; the others are about standard storage. */
  readonly storageClass?: 'archive';
  readonly countType: 'imageCountMoreThan' | 'sinceImagePushed' | 'sinceImagePulled' | 'sinceImageTransitioned';
  /** Only beside an age: ECR refuses it beside a count. */
  readonly countUnit?: 'days';
  readonly countNumber: number;
}

/** A rule of a lifecycle policy, as ECR reads it. */
export interface LifecycleRule {
  readonly rulePriority: number;
  readonly description: string;
  readonly selection: LifecycleSelection;
  readonly action: { readonly type: 'expire' | 'transition'; readonly targetStorageClass?: 'archive' };
}

/** Text of the lifecycle policy that consists of `rules`, the first of which comes first. */
export function lifecyclePolicyText(rules: readonly RetentionRule[]): string {
  return JSON.stringify({ rules: lifecycleRules(rules) });
}

/** Rules of the lifecycle policy, the first of which has the highest priority, 1. */
export function lifecycleRules(rules: readonly RetentionRule[]): LifecycleRule[] {
  return rules.map((rule, index) => ({
    rulePriority: index + 1,
    description: describe(rule),
    selection: select(rule),
    action: rule._terms.countType === 'sinceImagePulled' ? ARCHIVE : EXPIRE,
  }));
}

const EXPIRE = { type: 'expire' } as const;
const ARCHIVE = { type: 'transition', targetStorageClass: 'archive' } as const;

function select(rule: RetentionRule): LifecycleSelection {
  const { _images: images, _terms: terms } = rule;
  return {
    tagStatus: images._tagStatus,
    ...(images._tagStatus === 'tagged' ? { tagPatternList: images._patterns } : {}),
    ...(terms.countType === 'sinceImageTransitioned' ? { storageClass: 'archive' } : {}),
    countType: terms.countType,
    ...(terms.countType === 'imageCountMoreThan'
      ? { countNumber: terms.count }
      : { countUnit: 'days', countNumber: terms.age.toDays() }),
  };
}

function describe(rule: RetentionRule): string {
  const { _images: images, _terms: terms } = rule;
  if (terms.countType === 'imageCountMoreThan') {
    return `Keep the newest ${terms.count} images${suffix(images)}`;
  }
  const days = terms.age.toDays() === 1 ? '1 day' : `${terms.age.toDays()} days`;
  switch (terms.countType) {
    case 'sinceImagePushed':
      return `Expire images${suffix(images)} ${days} after their push`;
    case 'sinceImagePulled':
      return `Archive images${suffix(images)} that were not pulled for ${days}`;
    case 'sinceImageTransitioned':
      return `Expire archived images${suffix(images)} ${days} after they were archived`;
  }
}

function suffix(images: ImageSelection): string {
  switch (images._tagStatus) {
    case 'tagged':
      return ` tagged ${images._patterns.join(' and ')}`;
    case 'untagged':
      return ' without a tag';
    case 'any':
      return '';
  }
}
