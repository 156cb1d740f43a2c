import type { LifecyclePolicyPreviewResult } from '@aws-sdk/client-ecr';
import type { RetentionOutcome } from '../src/retention/image-detail';

/** An image of the check. */
export interface NamedImage {
  readonly name: string;
  readonly digest: string;
  /** Of an image that refers to another one, the digest of that one. */
  readonly subjectDigest?: string;
}

/** What happens to an image: `EXPIRE (rule 2)`, or `stays`. */
export type Fate = string;

export type Verdict =
  | 'same'
  /** The preview does not list what refers to an image; AWS says that it goes with that image. */
  | 'goes with its subject'
  /** The simulation is cautious. */
  | 'AWS KEEPS MORE'
  /** The simulation says that an image stays which goes. */
  | 'AWS TAKES MORE'
  | 'AWS TAKES IT OTHERWISE';

/** What becomes of an image as the simulation says, and as AWS does. */
export interface Comparison {
  readonly name: string;
  readonly ours: Fate;
  readonly aws: Fate;
  readonly verdict: Verdict;
}

const STAYS: Fate = 'stays';

/** Compares the simulation with AWS's preview, image by image. */
export function compare(
  images: readonly NamedImage[],
  simulated: readonly RetentionOutcome[],
  preview: readonly LifecyclePolicyPreviewResult[],
): Comparison[] {
  const ours = new Map(simulated.map((outcome) => [outcome.imageDigest, fate(outcome.action, outcome.rulePriority)]));
  const theirs = new Map(preview.map((result) => [result.imageDigest ?? '', fateOf(result)]));
  const known = images.map(({ name, digest, subjectDigest }) => {
    const [our, aws] = [ours.get(digest) ?? STAYS, theirs.get(digest) ?? STAYS];
    return { name, ours: our, aws, verdict: verdictOf(our, aws, theirs.has(subjectDigest ?? '')) };
  });
  const digests = new Set(images.map(({ digest }) => digest));
  const unknown = [...theirs].filter(([digest]) => !digests.has(digest));
  return [
    ...known,
    ...unknown.map(([digest, aws]) => ({
      name: `${digest} (not pushed by this check)`,
      ours: STAYS,
      aws,
      verdict: 'AWS TAKES MORE' as const,
    })),
  ];
}

/** Whether AWS does what the simulation says. */
export function agrees({ verdict }: Comparison): boolean {
  return verdict === 'same' || verdict === 'goes with its subject';
}

/** Names of the images that AWS takes. */
export function takenByAws(comparisons: readonly Comparison[]): string[] {
  return comparisons.filter(({ aws }) => aws !== STAYS).map(({ name }) => name);
}

function verdictOf(ours: Fate, aws: Fate, awsTakesSubject: boolean): Verdict {
  if (ours === aws) return 'same';
  if (ours === STAYS) return 'AWS TAKES MORE';
  if (aws !== STAYS) return 'AWS TAKES IT OTHERWISE';
  return awsTakesSubject ? 'goes with its subject' : 'AWS KEEPS MORE';
}

function fateOf({ action, appliedRulePriority }: LifecyclePolicyPreviewResult): Fate {
  return fate(action?.type === 'TRANSITION' ? 'ARCHIVE' : (action?.type ?? 'no action'), appliedRulePriority);
}

function fate(action: string, rulePriority: number | undefined): Fate {
  return `${action} (rule ${rulePriority})`;
}
