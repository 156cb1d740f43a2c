import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answer } from '../answer';
import { check, type Gate, type Verdict } from './check';
import { resolveImage } from './images';

const ASK_AGAIN_SECONDS = 10;

// a stack that rolls back must not fail because many stacks ask at once
const cloudFormation = new CloudFormationClient({ maxAttempts: 10 });

/** Checks an image before a stack deploys it, waits for its scan, and answers CloudFormation. */
export async function answerStack(gate: Gate, event: CloudFormationCustomResourceEvent): Promise<void> {
  const verdict = await verdictOn(gate, event);
  const { LogicalResourceId, RequestType, ResourceProperties } = event;
  console.log(JSON.stringify({ check: LogicalResourceId, RequestType, image: ResourceProperties.Image, ...verdict }));
  if (verdict.verdict === 'PASSED') await answer(event, 'SUCCESS', verdict.reason);
  else await answer(event, 'FAILED', `${ResourceProperties.Image} is not deployed: ${verdict.reason}`);
}

async function verdictOn(gate: Gate, event: CloudFormationCustomResourceEvent): Promise<Verdict> {
  if (event.RequestType === 'Delete') return unchecked('nothing is checked when a check is deleted');
  try {
    // only an update can be undone by another one: what a failed creation leaves is deleted
    if (event.RequestType === 'Update' && (await rollsBack(event.StackId))) {
      return unchecked('nothing is checked while the stack rolls back');
    }
  } catch (error) {
    return { verdict: 'DENIED', reason: `the stack's status is not known: ${error}`, accepted: [] };
  }
  return waitForVerdict(gate, event.ResourceProperties.Image);
}

function unchecked(reason: string): Verdict {
  return { verdict: 'PASSED', reason, accepted: [] };
}

async function rollsBack(stackId: string): Promise<boolean> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }));
  return Stacks?.[0]?.StackStatus?.endsWith('ROLLBACK_IN_PROGRESS') ?? false;
}

async function waitForVerdict(gate: Gate, image: string): Promise<Verdict> {
  const imageId = image.startsWith('sha256:') ? { imageDigest: image } : { imageTag: image };
  const asked = new Map<string, string>();
  const end = Date.now() + gate.timeoutSeconds * 1000;
  for (;;) {
    const verdict = await check(gate, async () => [await resolveImage(gate.ecr, gate.repository, imageId)], asked);
    if (verdict.verdict !== 'WAITING') return verdict;
    const left = end - Date.now();
    if (left <= 0) {
      const reason = `the scan did not end within ${gate.timeoutSeconds} s: ${verdict.reason}`;
      return { ...verdict, verdict: 'DENIED', reason };
    }
    await sleep(Math.min(left, ASK_AGAIN_SECONDS * 1000));
  }
}
