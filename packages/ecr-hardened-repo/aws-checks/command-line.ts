import { parseArgs } from 'node:util';
import { Refusal } from './problems';

/** What each command takes and shows. */
export const COMMANDS = {
  'lifecycle-preview': {
    takes: [],
    shows: "whether AWS's lifecycle preview takes the images that simulateRetention() says",
  },
  'scan-events': { takes: [], shows: 'whether onImagePushed() and onScanFindings() match real events' },
  'key-grants': { takes: [], shows: "whether ECR works with the key's policy, which gives grants to services only" },
  'rolling-hook': { takes: ['CLUSTER', 'SERVICE'], shows: 'whether ECS runs a lifecycle hook of a rolling deployment' },
  'deployed-digest': {
    takes: ['CLUSTER', 'SERVICE'],
    shows: 'which digests ECS names for a service, of an index or of a platform, and whether they are pinned',
  },
} as const satisfies Record<string, { takes: readonly string[]; shows: string }>;

export type CommandName = keyof typeof COMMANDS;

/** What the command line asks for. */
export interface Request {
  /** Undefined when the help is asked for. */
  readonly command?: CommandName;
  readonly args: string[];
  /** Account that the user says the credentials are of. */
  readonly accountId?: string;
}

/** Reads the command line; fails for one that asks for nothing that is there. */
export function parseCommandLine(argv: string[]): Request {
  const { values, positionals } = parse(argv);
  if (values.help) return { args: [] };

  const [command, ...args] = positionals;
  if (command === undefined || !isCommand(command)) {
    const got = command === undefined ? 'none' : `'${command}'`;
    throw new Refusal(`the command must be one of ${Object.keys(COMMANDS).join(', ')}, got ${got}`);
  }
  const takes: readonly string[] = COMMANDS[command].takes;
  if (args.length !== takes.length || args.includes('')) {
    const wanted = takes.length === 0 ? 'nothing' : takes.join(' ');
    throw new Refusal(`${command} must be given ${wanted}, got ${args.join(' ') || 'nothing'}`);
  }
  return { command, args, accountId: values.aws };
}

/** How to use the checks. */
export function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, { takes, shows }]) => [[name, ...takes].join(' '), shows]);
  const width = Math.max(...rows.map(([call]) => call.length));
  return [
    'npx tsx packages/ecr-hardened-repo/aws-checks/main.ts COMMAND [--aws ACCOUNT_ID]',
    '',
    ...rows.map(([call, shows]) => `  ${call.padEnd(width)}  ${shows}`),
    '',
    'With --aws it asks AWS, in AWS_REGION, when the credentials are of that account; otherwise only an emulator on this',
    'machine, at AWS_ENDPOINT_URL. It ends with 0 when things are as expected, 1 when not, 2 when it refuses what was',
    'asked, 3 when it could not tell. What it makes it deletes, also when it is stopped by Ctrl-C.',
  ].join('\n');
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: { aws: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
