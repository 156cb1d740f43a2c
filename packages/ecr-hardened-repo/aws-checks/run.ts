import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, Command } from './check';
import { CleanUp } from './clean-up';
import { type CommandName, parseCommandLine, usage } from './command-line';
import { deployedDigest } from './deployed-digest';
import { keyGrants } from './key-grants';
import { lifecyclePreview } from './lifecycle-preview';
import { INTERRUPTED, Interrupted, messageOf, NOT_SHOWN, REFUSED, Refusal, SHOWN } from './problems';
import { rollingHook } from './rolling-hook';
import { scanEvents } from './scan-events';
import { clientsOf, requireAccount, targetOf } from './target';

/** The outside world of a run. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Aborted with an `Interrupted` when somebody stops the run. */
  readonly stop: AbortSignal;
  /** @default - waits in real time */
  readonly wait?: (seconds: number, stop: AbortSignal) => Promise<void>;
}

const RUN: Record<CommandName, Command> = {
  'lifecycle-preview': lifecyclePreview,
  'scan-events': scanEvents,
  'key-grants': keyGrants,
  'rolling-hook': rollingHook,
  'deployed-digest': deployedDigest,
};

/** Runs the command that `argv` asks for, removes what it made, and answers the exit code. */
export async function run(argv: string[], world: World): Promise<number> {
  const cleanUp = new CleanUp();
  let code: number;
  try {
    code = await runCommand(argv, world, cleanUp);
  } catch (error) {
    code = codeOf(world.stop.aborted ? world.stop.reason : error, world.complain);
  }
  const allGone = await cleanUp.run(world.print);
  return allGone || code !== SHOWN ? code : NOT_SHOWN;
}

async function runCommand(argv: string[], world: World, cleanUp: CleanUp): Promise<number> {
  const { command, args, accountId } = parseCommandLine(argv);
  if (command === undefined) {
    world.print(usage());
    return SHOWN;
  }
  const target = targetOf(world.env, accountId);
  const clients = clientsOf(target);
  await requireAccount(target, clients);
  world.print(
    target.endpoint
      ? `${target.endpoint} is not AWS: what it answers shows whether this script works, and nothing about AWS.`
      : `In account ${target.accountId}, region ${target.region}.`,
  );
  const { env, print, stop, wait = waitInRealTime } = world;
  const check: Check = {
    target,
    clients,
    env,
    args,
    cleanUp,
    print,
    requireRunning: () => stop.throwIfAborted(),
    pause: async (seconds) => {
      stop.throwIfAborted();
      await wait(seconds, stop);
      stop.throwIfAborted();
    },
  };
  return RUN[command](check);
}

function codeOf(error: unknown, complain: (text: string) => void): number {
  complain(messageOf(error));
  if (error instanceof Refusal) return REFUSED;
  return error instanceof Interrupted ? INTERRUPTED : NOT_SHOWN;
}

async function waitInRealTime(seconds: number, stop: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal: stop });
}
