import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Check } from './check';
import { NotShown, Refusal } from './problems';
import { cliOf } from './target';

const execute = promisify(execFile);

/** What the AWS CLI said when a command of it failed. */
export class CliFailure extends NotShown {}

/** Refuses when there is no AWS CLI. */
export async function requireAwsCli({ env }: Check): Promise<void> {
  try {
    await execute('aws', ['--version'], { env });
  } catch {
    throw new Refusal('the AWS CLI must be installed, got no answer of aws --version: nothing was made');
  }
}

/** Runs a command of the AWS CLI, for services whose SDK client the workspace does not have. */
export async function aws<T>({ target, env }: Check, ...args: string[]): Promise<T> {
  const cli = cliOf(target, env);
  try {
    const { stdout } = await execute('aws', [...args, ...cli.args], { env: cli.env });
    // `receive-message` says nothing when there is none
    return (stdout.trim() === '' ? {} : JSON.parse(stdout)) as T;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new CliFailure((stderr || message).trim());
  }
}
