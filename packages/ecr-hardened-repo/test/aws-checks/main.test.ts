import { spawnSync } from 'node:child_process';
import { clientsOf, cliOf, requireAccount, requireWithin, targetOf } from '../../aws-checks/target';
import { ScriptedAws } from '../scripted-aws';
import { MAIN, runCheck, TSX } from './fixtures';

const server = new ScriptedAws();
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  env = { AWS_ENDPOINT_URL: await server.start() };
});

beforeEach(() => server.script({}));

afterAll(() => server.stop());

describe('a check refuses', () => {
  const region = { AWS_REGION: 'eu-west-1' };
  const wayOut =
    "set it to an emulator's on this machine such as http://127.0.0.1:4566, or ask for AWS by '--aws ACCOUNT_ID'";

  test.each<[string, string[], NodeJS.ProcessEnv, string]>([
    [
      'AWS that was not asked for',
      ['lifecycle-preview'],
      region,
      `AWS_ENDPOINT_URL must be given, got none, which is AWS: ${wayOut}`,
    ],
    [
      'an endpoint elsewhere',
      ['lifecycle-preview'],
      { AWS_ENDPOINT_URL: 'http://127.0.0.1.example.com' },
      `AWS_ENDPOINT_URL must be on this machine, got 'http://127.0.0.1.example.com': ${wayOut}`,
    ],
    [
      'AWS together with an endpoint of one service',
      ['scan-events', '--aws', '111122223333'],
      { ...region, AWS_ENDPOINT_URL_ECR: 'http://localhost:1' },
      "'--aws' asks for AWS, but AWS_ENDPOINT_URL_ECR is 'http://localhost:1': unset it or leave out '--aws'",
    ],
    [
      'AWS without a region',
      ['key-grants', '--aws', '111122223333'],
      {},
      'AWS_REGION must name the region to make things in, got none',
    ],
    [
      'what is no account id',
      ['key-grants', '--aws', '1111-2222'],
      region,
      "'--aws' must be the 12 digits of an account id, got '1111-2222'",
    ],
    [
      'a command that is not there',
      ['destroy'],
      region,
      'the command must be one of lifecycle-preview, scan-events, key-grants, rolling-hook, deployed-digest, got ' +
        "'destroy'",
    ],
    ['a name of Object', ['toString'], region, "got 'toString'"],
    [
      'a service without its cluster',
      ['rolling-hook', 'shop'],
      region,
      'rolling-hook must be given CLUSTER SERVICE, got shop',
    ],
    ['an argument too many', ['scan-events', 'shop'], region, 'scan-events must be given nothing, got shop'],
    ['an option that is not there', ['scan-events', '--force'], region, "Unknown option '--force'"],
  ])('%s', async (_, argv, environment, text) => {
    const { code, complained } = await runCheck(argv, environment);

    expect(complained).toContain(text);
    expect(code).toBe(2);
  });

  test('credentials of another account, before it makes anything', async () => {
    server.script({ DescribeRegistry: [{ registryId: '444455556666' }] });
    const target = { accountId: '111122223333', region: 'eu-west-1' };
    const clients = clientsOf({ ...target, endpoint: env.AWS_ENDPOINT_URL });

    await expect(requireAccount(target, clients)).rejects.toThrow(
      'the credentials must be of account 111122223333, got some of 444455556666: nothing was made',
    );
    expect(server.operations()).toEqual(['DescribeRegistry']);
  });

  test('a layer of AWS that an emulator names', () => {
    const target = targetOf(env);

    expect(() => requireWithin(target, 'https://000000000000.dkr.ecr.eu-west-1.amazonaws.com/v2/')).toThrow(
      "an emulator must name addresses of its own, got 'https://000000000000.dkr.ecr.eu-west-1.amazonaws.com/v2/'",
    );
    expect(requireWithin(target, 'http://localhost:4566/v2/')).toBe('http://localhost:4566/v2/');
  });

  test('as a program, with exit code 2', () => {
    const { AWS_ENDPOINT_URL, ...environment } = process.env;
    const { status, stderr } = spawnSync(process.execPath, [TSX, MAIN, 'lifecycle-preview'], { env: environment });

    expect(String(stderr)).toContain('AWS_ENDPOINT_URL must be given');
    expect(status).toBe(2);
  });
});

describe('a check', () => {
  test('takes an account of AWS in a region', () => {
    expect(targetOf({ AWS_REGION: 'eu-west-1' }, '111122223333')).toEqual({
      accountId: '111122223333',
      region: 'eu-west-1',
    });
  });

  test.each(['http://localhost:4566', 'http://127.0.0.1:4601', 'http://[::1]:5000'])(
    'takes the emulator at %s',
    (url) => {
      expect(targetOf({ AWS_ENDPOINT_URL: url }).endpoint).toBe(url);
    },
  );

  test("gives nobody's credentials to the AWS CLI for an emulator", () => {
    const { args, env: given } = cliOf(targetOf(env), {
      ...env,
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'secret',
    });

    expect(args).toContain(env.AWS_ENDPOINT_URL);
    expect(given).toMatchObject({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    expect(given).not.toHaveProperty('AWS_PROFILE');
    expect(given).not.toHaveProperty('AWS_SESSION_TOKEN');
  });

  test('lists the commands when it is asked for help', async () => {
    const { code, printed } = await runCheck(['--help'], {});

    expect(printed).toContain('rolling-hook CLUSTER SERVICE');
    expect(code).toBe(0);
  });
});
