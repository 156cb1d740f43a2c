import type { ECRClient } from '@aws-sdk/client-ecr';
import type { Repository } from '../repository';
import { type Acceptance, type Finding, judge, type Policy } from './findings';
import type { ResolvedImage } from './images';
import { Refusal } from './refusal';
import { readScan } from './scan';

/** Outcome of a check; `WAITING` means that a scan has not ended. */
export interface Verdict {
  readonly verdict: 'PASSED' | 'WAITING' | 'DENIED';
  readonly reason: string;
  readonly accepted: Acceptance[];
}

/** Options of a check. */
export interface Gate {
  readonly ecr: ECRClient;
  readonly repository: Repository;
  readonly policy: Policy;
  readonly timeoutSeconds: number;
}

/** Number of findings that a reason names. */
const NAMED = 10;

/** CloudFormation takes answers of 4096 bytes; this leaves room for the other parts. */
const MOST_BYTES = 3000;

/** Checks images; whatever hinders a check denies them. `asked` holds what came of asking for scans. */
export async function check(
  { ecr, repository, policy }: Gate,
  images: () => Promise<ResolvedImage[]>,
  asked: Map<string, string>,
): Promise<Verdict> {
  try {
    const findings: Finding[] = [];
    const waiting: string[] = [];
    const platforms = (await images()).flatMap((image) => image.platforms);
    for (const { digest, name } of platforms) {
      const scan = await readScan(ecr, repository, digest, asked).catch((error) => {
        throw error instanceof Refusal ? new Refusal(`${name} cannot be checked: ${error.message}`) : error;
      });
      if ('findings' in scan) findings.push(...scan.findings);
      else waiting.push(`${name}: ${scan.waitingFor}`);
    }
    const { counting, accepted } = judge(findings, policy, new Date(Date.now()).toISOString().slice(0, 10));
    if (counting.length > 0) return { verdict: 'DENIED', reason: fit(listed(counting, policy)), accepted };
    if (waiting.length > 0) return { verdict: 'WAITING', reason: fit(waiting.join('; ')), accepted };
    return { verdict: 'PASSED', reason: `nothing counts against ${names(platforms)}`, accepted };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const verdict = isPassing(error) ? 'WAITING' : 'DENIED';
    return { verdict, reason: fit(error instanceof Refusal ? message : `${name}: ${message}`), accepted: [] };
  }
}

function names(platforms: { readonly name: string }[]): string {
  return fit(platforms.map(({ name }) => name).join(', ') || 'images that run already');
}

function listed(counting: string[], { severity }: Policy): string {
  const more = counting.length > NAMED ? `; and ${counting.length - NAMED} more` : '';
  const count = counting.length === 1 ? '1 finding counts' : `${counting.length} findings count`;
  return `${count} (${severity} or worse): ${counting.slice(0, NAMED).join('; ')}${more}`;
}

/** Whether the service itself, or too many calls at once, made an error; the next try may do better. */
function isPassing(error: unknown): boolean {
  const { $fault, $retryable } = error as { $fault?: string; $retryable?: object };
  return $fault === 'server' || $retryable !== undefined;
}

/** Cuts `text` where its JSON would get too long. */
function fit(text: string): string {
  if (Buffer.byteLength(JSON.stringify(text)) <= MOST_BYTES) return text;
  let end = Math.min(text.length, MOST_BYTES);
  while (Buffer.byteLength(JSON.stringify(text.slice(0, end))) > MOST_BYTES - 4) end = Math.floor(end * 0.95);
  return `${text.slice(0, end)}…`;
}
