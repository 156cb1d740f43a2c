import { ECRClient } from '@aws-sdk/client-ecr';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Repository } from '../repository';
import type { Gate } from './check';
import { answerDeployment, type HookAnswer, type HookEvent } from './deployment';
import { answerStack } from './stack';

const repository = new Repository(process.env.REPOSITORY_ARN ?? '');

const gate: Gate = {
  ecr: new ECRClient({ region: repository.region }),
  repository,
  policy: JSON.parse(process.env.POLICY ?? ''),
  timeoutSeconds: Number(process.env.TIMEOUT_SECONDS),
};

/** Checks images for a deployment of ECS, or for a stack of CloudFormation. */
export async function handler(event: HookEvent | CloudFormationCustomResourceEvent): Promise<HookAnswer | undefined> {
  if (!('RequestType' in event)) return answerDeployment(gate, event);
  await answerStack(gate, event);
  return undefined;
}
