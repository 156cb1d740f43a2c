import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeRegistryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { NotShown, Refusal } from './problems';

/** Where a check makes and asks things: an emulator on this machine, or an account of AWS. */
export interface Target {
  /** Undefined for AWS. */
  readonly endpoint?: string;
  /** Undefined for an emulator. */
  readonly accountId?: string;
  readonly region: string;
}

/** Clients that reach the target and nothing else. */
export interface Clients {
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly cloudFormation: CloudFormationClient;
}

/** Credentials for emulators, so that nobody's own ones are used with them. */
const EMULATOR_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Decides where to go; refuses when AWS could be reached without having been asked for. */
export function targetOf(env: NodeJS.ProcessEnv, accountId?: string): Target {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (accountId === undefined) {
    return { endpoint: requireLoopback(env.AWS_ENDPOINT_URL), region: region ?? 'us-east-1' };
  }
  if (!/^\d{12}$/.test(accountId)) {
    throw new Refusal(`'--aws' must be the 12 digits of an account id, got '${accountId}'`);
  }
  const endpoint = Object.keys(env).find((name) => name.startsWith('AWS_ENDPOINT_URL') && env[name]);
  if (endpoint !== undefined) {
    throw new Refusal(`'--aws' asks for AWS, but ${endpoint} is '${env[endpoint]}': unset it or leave out '--aws'`);
  }
  if (!region) throw new Refusal('AWS_REGION must name the region to make things in, got none');
  return { accountId, region };
}

export function clientsOf({ endpoint, region }: Target): Clients {
  const configuration = {
    region,
    // An endpoint that is given wins over environment and profile.
    ...(endpoint ? { endpoint, credentials: EMULATOR_CREDENTIALS } : {}),
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  };
  return {
    ecr: new ECRClient(configuration),
    ecs: new ECSClient(configuration),
    cloudFormation: new CloudFormationClient(configuration),
  };
}

/** What the AWS CLI needs to reach the target and nothing else. */
export function cliOf(
  { endpoint, region }: Target,
  env: NodeJS.ProcessEnv,
): { args: string[]; env: NodeJS.ProcessEnv } {
  const { AWS_PROFILE, AWS_DEFAULT_PROFILE, AWS_SESSION_TOKEN, ...rest } = env;
  const { accessKeyId, secretAccessKey } = EMULATOR_CREDENTIALS;
  return {
    args: ['--region', region, '--output', 'json', ...(endpoint ? ['--endpoint-url', endpoint] : [])],
    env: {
      ...(endpoint ? { ...rest, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } : env),
      AWS_PAGER: '',
    },
  };
}

/** Fails when an emulator names an address that is not on this machine, which is AWS's own. */
export function requireWithin({ endpoint }: Target, url: string | undefined): string {
  if (url === undefined || (endpoint !== undefined && !isLoopback(url))) {
    throw new NotShown(`an emulator must name addresses of its own, got '${url}'`);
  }
  return url;
}

/** Refuses when the credentials are of another account than the user said. It only reads; an emulator is not asked. */
export async function requireAccount({ accountId }: Target, { ecr }: Clients): Promise<void> {
  if (accountId === undefined) return;
  const { registryId } = await ecr.send(new DescribeRegistryCommand({}));
  if (registryId !== accountId) {
    throw new Refusal(`the credentials must be of account ${accountId}, got some of ${registryId}: nothing was made`);
  }
}

function requireLoopback(endpoint: string | undefined): string {
  const wayOut =
    "set it to an emulator's on this machine such as http://127.0.0.1:4566, or ask for AWS by '--aws ACCOUNT_ID'";
  if (!endpoint) throw new Refusal(`AWS_ENDPOINT_URL must be given, got none, which is AWS: ${wayOut}`);
  if (!isLoopback(endpoint)) {
    throw new Refusal(`AWS_ENDPOINT_URL must be on this machine, got '${endpoint}': ${wayOut}`);
  }
  return endpoint;
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname } = new URL(endpoint);
  return /^https?:$/.test(protocol) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
