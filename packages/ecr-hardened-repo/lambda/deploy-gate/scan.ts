import {
  DescribeImageScanFindingsCommand,
  type DescribeImageScanFindingsResponse,
  type ECRClient,
  type ImageScanFindings,
  type ScanStatus,
  StartImageScanCommand,
} from '@aws-sdk/client-ecr';
import type { Repository } from '../repository';
import { type Finding, findingsOf } from './findings';
import { Refusal } from './refusal';

/** The findings of an image, or what is still waited for. */
export type Scan = { readonly findings: Finding[] } | { readonly waitingFor: string };

const RESTORE = 'restore it from the archive first';
const SUPPORTED = 'build it on an operating system that ECR scans, or turn on enhanced scanning';

/** What to do about each status: read the findings, wait, or give up with the next step for people to take. */
const ANSWERS: Record<ScanStatus, 'READ' | 'WAIT' | { readonly nextStep: string }> = {
  COMPLETE: 'READ',
  ACTIVE: 'READ',
  IN_PROGRESS: 'WAIT',
  PENDING: 'WAIT',
  FAILED: { nextStep: 'scan it again (once in 24 hours), or build and push it again' },
  UNSUPPORTED_IMAGE: { nextStep: SUPPORTED },
  SCAN_ELIGIBILITY_EXPIRED: { nextStep: "push it again, or lengthen Amazon Inspector's re-scan duration" },
  FINDINGS_UNAVAILABLE: { nextStep: 'look at its coverage in Amazon Inspector, then push it again' },
  LIMIT_EXCEEDED: { nextStep: 'deploy again when the account may scan again' },
  IMAGE_ARCHIVED: { nextStep: RESTORE },
};

/** Reads the scan of one image. `asked` holds what came of asking for a scan, by digest. */
export async function readScan(
  ecr: ECRClient,
  repository: Repository,
  imageDigest: string,
  asked: Map<string, string>,
): Promise<Scan> {
  try {
    const first = await describe(ecr, repository, imageDigest);
    const unfinished = whatIsUnfinished(first);
    if (unfinished !== undefined) return { waitingFor: unfinished };
    const pages = [first.imageScanFindings ?? {}];
    for (let { nextToken } = first; nextToken; ) {
      const page = await describe(ecr, repository, imageDigest, nextToken);
      pages.push(page.imageScanFindings ?? {});
      nextToken = page.nextToken;
    }
    if (isSilent(pages)) return { waitingFor: `${shown(first)}, but neither findings nor their counts` };
    return { findings: pages.flatMap(findingsOf) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ImageNotFoundException')
      throw new Refusal('it is not in the repository any more: push it again');
    if (error.name !== 'ScanNotFoundException') throw error;
    return { waitingFor: await askForScan(ecr, repository, imageDigest, asked) };
  }
}

async function describe(
  ecr: ECRClient,
  { registryId, repositoryName }: Repository,
  imageDigest: string,
  nextToken?: string,
): Promise<DescribeImageScanFindingsResponse> {
  return ecr.send(
    new DescribeImageScanFindingsCommand({ registryId, repositoryName, imageId: { imageDigest }, nextToken }),
  );
}

/** Work that the scan still has to do; undefined when it has ended. */
function whatIsUnfinished(scan: DescribeImageScanFindingsResponse): string | undefined {
  const status = scan.imageScanStatus?.status;
  const answer = status && ANSWERS[status];
  if (answer === undefined || answer === 'WAIT') return shown(scan);
  if (answer !== 'READ') throw new Refusal(`${shown(scan)}: ${answer.nextStep}`);
  // an image that Inspector has taken on, but not scanned yet, is ACTIVE too
  const ended = status !== 'ACTIVE' || scan.imageScanFindings?.imageScanCompletedAt !== undefined;
  return ended ? undefined : `${shown(scan)}, but no scan has ended`;
}

function shown({ imageScanStatus }: DescribeImageScanFindingsResponse): string {
  return [imageScanStatus?.status ?? 'no scan status', imageScanStatus?.description].filter(Boolean).join(': ');
}

/** Whether ECR lists no finding, and does not say that there is none either. */
function isSilent(pages: ImageScanFindings[]): boolean {
  const listed = pages.flatMap(({ findings = [], enhancedFindings = [] }) => [...findings, ...enhancedFindings]);
  const counts = Object.values(pages[0].findingSeverityCounts ?? { unknown: 1 });
  return listed.length === 0 && counts.some((count) => count > 0);
}

/** Asks once for a basic scan of an image that has none; under enhanced scanning Inspector comes by itself. */
async function askForScan(
  ecr: ECRClient,
  { registryId, repositoryName }: Repository,
  imageDigest: string,
  asked: Map<string, string>,
): Promise<string> {
  const before = asked.get(imageDigest);
  if (before !== undefined) return before;
  const outcome = await ecr
    .send(new StartImageScanCommand({ registryId, repositoryName, imageId: { imageDigest } }))
    .then(() => 'one was started', withoutScan);
  asked.set(imageDigest, `no scan: ${outcome}`);
  return `no scan: ${outcome}`;
}

function withoutScan(error: Error): string {
  switch (error.name) {
    case 'LimitExceededException': // one scan in 24 hours; the one on push may just be starting
    case 'ValidationException': // the registry uses enhanced scanning
      return error.message;
    case 'UnsupportedImageTypeException':
      throw new Refusal(`${error.message}: ${SUPPORTED}`);
    case 'ImageArchivedException':
      throw new Refusal(`${error.message}: ${RESTORE}`);
    default:
      throw error;
  }
}
