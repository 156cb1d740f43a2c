import type { CleanUp } from './clean-up';
import type { Clients, Target } from './target';

/** What a command works with. */
export interface Check {
  readonly target: Target;
  readonly clients: Clients;
  readonly env: NodeJS.ProcessEnv;
  /** What the command line gives the command. */
  readonly args: string[];
  readonly cleanUp: CleanUp;
  readonly print: (text: string) => void;
  /** Fails when somebody stopped the check. */
  readonly requireRunning: () => void;
  /** Waits; fails as soon as somebody stops the check. */
  readonly pause: (seconds: number) => Promise<void>;
}

/** A command; it answers an exit code. */
export type Command = (check: Check) => Promise<number>;

/** Asks until there is an answer. */
export async function poll<T>(
  check: Check,
  { every, atMost }: { every: number; atMost: number },
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let seconds = 0; ; seconds += every) {
    const answer = await ask();
    if (answer !== undefined || seconds >= atMost) return answer;
    await check.pause(every);
  }
}
