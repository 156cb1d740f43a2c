import { BatchGetImageCommand, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import { CfnOutput, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { CfnKey } from 'aws-cdk-lib/aws-kms';
import { HardenedRepository } from '../src/repository/hardened-repository';
import { aws, CliFailure, requireAwsCli } from './aws-cli';
import type { Check } from './check';
import { DIFFERENT, NotShown, SHOWN } from './problems';
import { Pusher } from './registry';
import { requireWithin } from './target';
import { temporaryStack } from './temporary-stack';
import { digestOf, tinyImage } from './tiny-image';

/** Days for which AWS keeps a key that is to be deleted; it takes no fewer. Such a key costs nothing. */
const FEWEST_DAYS = 7;

/**
 * Makes a repository with the key that the package makes, pushes and pulls, and asks for a grant as no service does.
 * The key costs a dollar a month until it is deleted at the end of the check.
 */
export async function keyGrants(check: Check): Promise<number> {
  await requireAwsCli(check);
  const { RepositoryName: repositoryName, KeyArn: keyArn } = await temporaryStack(check, buildKeyStack);
  check.print('ECR got its grants: the repository is made.');

  await pushAndPull(check, repositoryName);
  check.print('An image could be pushed and pulled.');

  const denial = await askForGrant(check, keyArn);
  check.print(
    denial === undefined
      ? 'A GRANT THAT NO SERVICE ASKS FOR IS GIVEN. It goes with the key.'
      : `A grant that no service asks for is denied: ${denial}`,
  );
  check.print(
    `AWS deletes the key ${FEWEST_DAYS} days after the stack; until then nobody can use it, and it costs nothing.`,
  );
  return denial === undefined ? DIFFERENT : SHOWN;
}

/** The package's own repository and key, of which only the time to deletion is changed. */
export function buildKeyStack(stack: Stack): void {
  const repository = new HardenedRepository(stack, 'Images', { removalPolicy: RemovalPolicy.DESTROY });
  const key = repository.encryptionKey!;
  (key.node.defaultChild as CfnKey).pendingWindowInDays = FEWEST_DAYS;
  new CfnOutput(stack, 'RepositoryName', { value: repository.repositoryName });
  new CfnOutput(stack, 'KeyArn', { value: key.keyArn });
}

async function pushAndPull({ clients: { ecr }, target }: Check, repositoryName: string): Promise<void> {
  const image = tinyImage('key-grants');
  await new Pusher(ecr, repositoryName).push(image, ['v1']);
  const { images } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }));
  if (digestOf(images?.[0]?.imageManifest ?? '') !== image.digest) {
    throw new NotShown('the manifest that is pulled must be the one that was pushed, got another one');
  }
  for (const { digest } of image.blobs) {
    const { downloadUrl } = await ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: digest }));
    const response = await fetch(requireWithin(target, downloadUrl));
    const pulled = digestOf(Buffer.from(await response.arrayBuffer()));
    if (pulled !== digest)
      throw new NotShown(`the layer ${digest} must be pulled, got ${response.status} and ${pulled}`);
  }
}

/** Asks for a grant to the account itself; answers why KMS denies it, or nothing when KMS gives it. */
async function askForGrant(check: Check, keyArn: string): Promise<string | undefined> {
  const [, partition, , , accountId] = keyArn.split(':');
  const grantee = `arn:${partition}:iam::${accountId}:root`;
  try {
    await aws(
      check,
      ...['kms', 'create-grant', '--key-id', keyArn, '--grantee-principal', grantee, '--operations', 'Decrypt'],
    );
    return undefined;
  } catch (error) {
    if (error instanceof CliFailure && /AccessDenied/.test(error.message)) return error.message;
    throw error;
  }
}
