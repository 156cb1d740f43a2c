import { join } from 'node:path';
import { type PreviewImage, previewImages } from '../../aws-checks/preview-images';
import { previewPolicies } from '../../aws-checks/preview-policies';
import { Interrupted } from '../../aws-checks/problems';
import { run, type World } from '../../aws-checks/run';
import type { ImageDetail } from '../../src/retention/image-detail';
import { type Answer, Failure, type ScriptedAws } from '../scripted-aws';

/** The program, and what runs it. */
export const MAIN = join(__dirname, '..', '..', 'aws-checks', 'main.ts');
export const TSX = require.resolve('tsx/cli');

/** In seconds; the pushes end before now. */
const FIRST_PUSH = Math.floor(Date.now() / 1000) - 60;

/** What a run of the checks printed, and how it ended. */
export interface Run {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

/** Runs a command without waiting; `stopAfter` stops it at the n-th wait. */
export async function runCheck(
  argv: string[],
  env: NodeJS.ProcessEnv,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<Run> {
  const [printed, complained]: string[][] = [[], []];
  const stop = new AbortController();
  let waits = 0;
  const world: World = {
    env,
    print: (text) => printed.push(text),
    complain: (text) => complained.push(text),
    stop: stop.signal,
    wait: async () => {
      waits += 1;
      if (waits >= stopAfter) stop.abort(new Interrupted('stopped by SIGINT'));
    },
  };
  const code = await run(argv, world);
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
}

/** Images of the preview as ECR describes them, pushed a second apart. */
export function pushedImages(): (PreviewImage & { detail: ImageDetail })[] {
  return previewImages().map((image, index) => ({
    ...image,
    detail: {
      imageDigest: image.image.digest,
      imageTags: image.tags,
      imagePushedAt: new Date((FIRST_PUSH + index) * 1000),
      childDigests: image.image.childDigests,
      subjectManifestDigest: image.subjectDigest,
    },
  }));
}

/** A result of a preview, as ECR writes it. */
export interface PreviewResult {
  readonly imageDigest: string;
  readonly action: { readonly type: string };
  readonly appliedRulePriority: number;
}

/** What the simulation takes by a policy, as if ECR had previewed it. */
export function simulated(text: string): PreviewResult[] {
  const policy = previewPolicies().find((one) => one.text === text)!;
  const details = pushedImages().map(({ detail }) => detail);
  return policy.simulate(details, new Date()).map(({ imageDigest, rulePriority }) => ({
    imageDigest,
    action: { type: 'EXPIRE' },
    appliedRulePriority: rulePriority,
  }));
}

/** An ECR that takes images and previews policies; `change` gives other answers. */
export function scriptEcr(server: ScriptedAws, previewOf = simulated, change: Record<string, Answer[]> = {}): void {
  let policy = '';
  server.script({
    CreateRepository: [{ repository: {} }],
    InitiateLayerUpload: [{ uploadId: 'upload' }],
    UploadLayerPart: [{}],
    CompleteLayerUpload: [{}],
    PutImage: [({ imageDigest, imageTag }) => ({ image: { imageId: { imageDigest, imageTag } } })],
    DescribeImages: [
      {
        imageDetails: pushedImages().map(({ detail }) => ({
          imageDigest: detail.imageDigest,
          imageTags: detail.imageTags,
          imagePushedAt: detail.imagePushedAt.getTime() / 1000,
        })),
      },
    ],
    StartLifecyclePolicyPreview: [
      ({ lifecyclePolicyText }) => {
        policy = lifecyclePolicyText;
        return { status: 'IN_PROGRESS' };
      },
    ],
    GetLifecyclePolicyPreview: [
      { status: 'IN_PROGRESS' },
      () => ({ status: 'COMPLETE', lifecyclePolicyText: policy, previewResults: previewOf(policy) }),
    ],
    DeleteRepository: [{}],
    ...change,
  });
}

/** An error for every call of an operation. */
export function always(name: string, message: string): Answer[] {
  return [new Failure(name, message)];
}
