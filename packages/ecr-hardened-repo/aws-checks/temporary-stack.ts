import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  type Stack as DeployedStack,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { App, BootstraplessSynthesizer, Stack } from 'aws-cdk-lib';
import { type Check, poll } from './check';
import { NotShown } from './problems';
import { temporaryName } from './registry';

const SECONDS_BETWEEN_LOOKS = 5;
const LONGEST_CREATION = 15 * 60;
const LONGEST_DELETION = 15 * 60;

/**
 * Makes a stack of what `build` puts in, which is deleted at the end of the check; answers its outputs. It needs no
 * bootstrapped environment: nothing in it is an asset.
 */
export async function temporaryStack(check: Check, build: (stack: Stack) => void): Promise<Record<string, string>> {
  const { cleanUp, clients, print, target } = check;
  const stackName = temporaryName();
  const { cloudFormation } = clients;
  cleanUp.add(
    `stack ${stackName}`,
    () => deleteStack(cloudFormation, stackName),
    `aws cloudformation delete-stack --region ${target.region} --stack-name ${stackName}`,
  );
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: stackName,
      TemplateBody: templateOf(stackName, build),
      OnFailure: 'DO_NOTHING',
    }),
  );
  print(`Making stack ${stackName}.`);
  const created = await poll(check, { every: SECONDS_BETWEEN_LOOKS, atMost: LONGEST_CREATION }, async () => {
    const stack = await describe(cloudFormation, stackName);
    return stack?.StackStatus === 'CREATE_IN_PROGRESS' ? undefined : stack;
  });
  if (created?.StackStatus !== 'CREATE_COMPLETE') {
    const reason = await failureOf(cloudFormation, stackName);
    throw new NotShown(`the stack must be made, got ${created?.StackStatus ?? 'no end in time'}${reason}`);
  }
  return Object.fromEntries((created.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

/** The template of the stack, as it is sent to CloudFormation. */
export function templateOf(stackName: string, build: (stack: Stack) => void): string {
  const outdir = mkdtempSync(join(tmpdir(), stackName));
  try {
    const app = new App({ analyticsReporting: false, outdir });
    const stack = new Stack(app, stackName, { synthesizer: new BootstraplessSynthesizer() });
    build(stack);
    return JSON.stringify(app.synth().getStackByName(stackName).template);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

async function describe(client: CloudFormationClient, stackName: string): Promise<DeployedStack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

async function failureOf(client: CloudFormationClient, stackName: string): Promise<string> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: stackName }));
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
  return failed
    .map(({ LogicalResourceId, ResourceStatusReason }) => `; ${LogicalResourceId}: ${ResourceStatusReason}`)
    .join('');
}

/** It is called when the check was stopped, too, so it waits in real time. */
async function deleteStack(client: CloudFormationClient, stackName: string): Promise<void> {
  await client.send(new DeleteStackCommand({ StackName: stackName }));
  for (let seconds = 0; seconds <= LONGEST_DELETION; seconds += SECONDS_BETWEEN_LOOKS) {
    const status = (await describe(client, stackName))?.StackStatus;
    if (status === undefined || status === 'DELETE_COMPLETE') return;
    if (status === 'DELETE_FAILED') break;
    await sleep(SECONDS_BETWEEN_LOOKS * 1000);
  }
  throw new NotShown('it is still there');
}
