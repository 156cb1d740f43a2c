import {
  type ImageDetail as AwsImageDetail,
  type ECRClient,
  GetLifecyclePolicyPreviewCommand,
  type GetLifecyclePolicyPreviewResponse,
  InvalidParameterException,
  LifecyclePolicyPreviewNotFoundException,
  type LifecyclePolicyPreviewResult,
  paginateDescribeImages,
  StartLifecyclePolicyPreviewCommand,
  ValidationException,
} from '@aws-sdk/client-ecr';
import type { ImageDetail } from '../src/retention/image-detail';
import { type Check, poll } from './check';
import { agrees, compare, takenByAws } from './compare';
import { type PreviewImage, previewImages } from './preview-images';
import { type PreviewPolicy, previewPolicies } from './preview-policies';
import { DIFFERENT, messageOf, NotShown, SHOWN } from './problems';
import { Pusher, temporaryRepository } from './registry';
import { table } from './table';

/** ECR may note times in whole seconds, and images are told apart by them. */
const SECONDS_BETWEEN_PUSHES = 2;

/** What a preview needs to be compared. */
interface Preview {
  readonly repositoryName: string;
  readonly images: PreviewImage[];
  readonly details: ImageDetail[];
}

/** Compares AWS's preview of lifecycle policies with the simulation, in a repository of its own. */
export async function lifecyclePreview(check: Check): Promise<number> {
  const images = previewImages();
  const policies = previewPolicies();
  const repositoryName = await temporaryRepository(check);
  await pushAll(check, repositoryName, images);
  const details = await describe(check.clients.ecr, repositoryName, images);
  check.print(`Pushed ${images.length} images.`);

  let code = SHOWN;
  for (const policy of policies) {
    const same = await comparePolicy(check, { repositoryName, images, details }, policy);
    if (!same) code = DIFFERENT;
  }
  check.print(code === SHOWN ? '\nAWS does what the simulation says.' : '\nAWS DOES NOT DO what the simulation says.');
  return code;
}

async function pushAll(check: Check, repositoryName: string, images: PreviewImage[]): Promise<void> {
  const pusher = new Pusher(check.clients.ecr, repositoryName);
  for (const { image, tags } of images) {
    check.requireRunning();
    await pusher.push(image, tags);
    await check.pause(SECONDS_BETWEEN_PUSHES);
  }
}

/** The images as ECR describes them; fails unless it has all of them, pushed one after the other. */
async function describe(ecr: ECRClient, repositoryName: string, images: PreviewImage[]): Promise<ImageDetail[]> {
  const found = new Map<string, AwsImageDetail>();
  for await (const { imageDetails } of paginateDescribeImages({ client: ecr }, { repositoryName })) {
    for (const detail of imageDetails ?? []) found.set(detail.imageDigest ?? '', detail);
  }
  return images.map(({ name, image, subjectDigest }, index) => {
    const { imagePushedAt, imageTags, subjectManifestDigest } = found.get(image.digest) ?? {};
    const before = found.get(images[index - 1]?.image.digest)?.imagePushedAt;
    if (imagePushedAt === undefined) throw new NotShown(`DescribeImages must list every image, got no '${name}'`);
    if (before !== undefined && before >= imagePushedAt) {
      throw new NotShown(`images must be pushed one after the other, got '${name}' no later than the one before it`);
    }
    return {
      imageDigest: image.digest,
      imageTags,
      imagePushedAt,
      childDigests: image.childDigests,
      subjectManifestDigest: subjectManifestDigest ?? subjectDigest,
    };
  });
}

async function comparePolicy(
  check: Check,
  { repositoryName, images, details }: Preview,
  policy: PreviewPolicy,
): Promise<boolean> {
  check.print(`\n${policy.title}`);
  const preview = await previewOf(check, repositoryName, policy.text);
  if (preview === undefined) return false;

  const latest = Math.max(Date.now(), ...details.map(({ imagePushedAt }) => imagePushedAt.getTime()));
  const named = images.map(({ name, image, subjectDigest }) => ({ name, digest: image.digest, subjectDigest }));
  const comparisons = compare(named, policy.simulate(details, new Date(latest)), preview);
  const rows = comparisons.map(({ name, ours, aws, verdict }) => [name, ours, aws, verdict]);
  check.print(table(['Image', 'Simulation', 'AWS', ''], rows));
  check.print(`  AWS: ${policy.reading(takenByAws(comparisons))}.`);
  return comparisons.every(agrees);
}

/** What AWS would do by the policy; undefined, and a line about it, when it refuses the policy. */
async function previewOf(
  check: Check,
  repositoryName: string,
  text: string,
): Promise<LifecyclePolicyPreviewResult[] | undefined> {
  const { ecr } = check.clients;
  try {
    await ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText: text }));
  } catch (error) {
    if (!(error instanceof InvalidParameterException || error instanceof ValidationException)) {
      throw new NotShown(`no preview could be started, only ECR itself has it: ${messageOf(error)}`);
    }
    check.print(`  AWS REFUSES the policy: ${error.message}\n  ${text}`);
    return undefined;
  }
  const ended = await poll(check, { every: 3, atMost: 600 }, () => endedPreview(ecr, repositoryName, text));
  if (ended?.status !== 'COMPLETE')
    throw new NotShown(`the preview must complete, got ${ended?.status ?? 'no end in time'}`);

  const results = [...(ended.previewResults ?? [])];
  for (let { nextToken } = ended; nextToken; ) {
    const page = await ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, nextToken }));
    results.push(...(page.previewResults ?? []));
    nextToken = page.nextToken;
  }
  return results;
}

/** The preview of this policy, once it is neither running nor that of the policy before it. */
async function endedPreview(
  ecr: ECRClient,
  repositoryName: string,
  text: string,
): Promise<GetLifecyclePolicyPreviewResponse | undefined> {
  try {
    const preview = await ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }));
    const ended = preview.status !== 'IN_PROGRESS' && rulesOf(preview.lifecyclePolicyText) === rulesOf(text);
    return ended ? preview : undefined;
  } catch (error) {
    if (error instanceof LifecyclePolicyPreviewNotFoundException) return undefined;
    throw error;
  }
}

/** ECR may write a policy in another way than it got it, but hardly its descriptions. */
function rulesOf(text = '{"rules":[]}'): string {
  const { rules } = JSON.parse(text) as { rules: { description?: string }[] };
  return rules.map(({ description }) => description).join('\n');
}
