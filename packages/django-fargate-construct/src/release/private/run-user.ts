import { pythonProgram } from '../../python-program';

/** Runs a command as the owner of the database, after the run user has been prepared. */
export function afterRunUser(command: string[]): string[] {
  return ['python', '-c', pythonProgram('prepare_run_user'), ...command];
}
