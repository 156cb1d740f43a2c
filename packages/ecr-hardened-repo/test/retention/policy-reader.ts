/** An image, as far as a lifecycle policy looks at it. */
interface Image {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly inArchive: boolean;
  readonly pushed: number;
  readonly pulled?: number;
  readonly restored?: number;
  readonly archivedAt: number;
  readonly parts: readonly string[];
  readonly subject?: string;
}

interface Rule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: string;
    readonly tagPatternList?: string[];
    readonly storageClass?: string;
    readonly countType: string;
    readonly countNumber: number;
  };
  readonly action: { readonly type: string };
}

/**
 * Reads the text of a lifecycle policy and says what it does: digest to `expire by 1` or `transition by 1`.
 *
 * It shares no line with the simulation, and goes another way: it asks of each image which rule owns it, and then how
 * many others are in front of it, or how old it is.
 */
export function readPolicy(text: string, images: readonly Image[], now: number): Map<string, string> {
  const rules: Rule[] = JSON.parse(text).rules;
  const byDigest = new Map(images.map((image) => [image.digest, image]));
  const verdicts = new Map<string, string>();
  for (const image of images) {
    let judged: Image = image;
    const path = [image.digest];
    while (judged.subject !== undefined && byDigest.has(judged.subject)) {
      judged = byDigest.get(judged.subject)!;
      if (path.includes(judged.digest)) {
        break;
      }
      path.push(judged.digest);
    }
    const verdict = judge(rules, judged, images, now);
    const moves = verdict !== undefined && !(image !== judged && image.inArchive && verdict.startsWith('transition'));
    if (moves && !(judged.subject !== undefined && byDigest.has(judged.subject))) {
      verdicts.set(image.digest, verdict);
    }
  }
  return verdicts;
}

function judge(rules: Rule[], image: Image, images: readonly Image[], now: number): string | undefined {
  if (images.some((index) => !index.inArchive && index.parts.includes(image.digest))) {
    return undefined;
  }
  const owner = rules.reduce<Rule | undefined>(
    (best, rule) => (owns(rule, image) && (!best || rule.rulePriority < best.rulePriority) ? rule : best),
    undefined,
  );
  if (!owner) {
    return undefined;
  }
  const { countType, countNumber } = owner.selection;
  const day = 86_400_000;
  const order = (other: Image) => other.restored ?? other.pushed;
  const sincePull =
    image.restored !== undefined && (image.pulled ?? 0) < image.restored
      ? image.restored
      : (image.pulled ?? image.pushed);
  const goes: Record<string, () => boolean> = {
    imageCountMoreThan: () =>
      images.filter((other) => other !== image && owns(owner, other) && order(other) >= order(image)).length >=
      countNumber,
    sinceImagePushed: () => now - image.pushed > countNumber * day,
    sinceImagePulled: () => now - sincePull > countNumber * day,
    sinceImageTransitioned: () => now - image.archivedAt > countNumber * day,
  };
  return goes[countType]() ? `${owner.action.type} by ${owner.rulePriority}` : undefined;
}

function owns({ selection }: Rule, image: Image): boolean {
  const patterns = (selection.tagPatternList ?? []).map(
    (pattern) => new RegExp(`^${pattern.replace(/\./g, '\\.').replace(/\*+/g, '.*')}$`),
  );
  const tagsFit =
    selection.tagStatus === 'any' ||
    (selection.tagStatus === 'untagged' && image.tags.length === 0) ||
    (selection.tagStatus === 'tagged' && patterns.every((pattern) => image.tags.some((tag) => pattern.test(tag))));
  return tagsFit && (selection.storageClass ?? 'standard') === (image.inArchive ? 'archive' : 'standard');
}
