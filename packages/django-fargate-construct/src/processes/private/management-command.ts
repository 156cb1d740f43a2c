import type { Construct } from 'constructs';
import { pythonProgram } from '../../python-program';
import { requireNoShell } from '../../shared/command-words';
import { fail } from '../../shared/validate';

/** The command line of a management command in the container. */
export function managementCommand(command: string[]): string[] {
  return ['python', 'manage.py', ...command];
}

/** The same with a time limit and, with a lock, never twice at a time. */
export function guardedCommand(command: string[], seconds: number, lock: string): string[] {
  return ['python', '-c', pythonProgram('guard'), lock, String(seconds), ...command];
}

/** Fails synthesis unless `command` is a management command and its arguments, each an element. */
export function requireManagementCommand(scope: Construct, command: string[]): void {
  const [name] = command;
  if (name === undefined) fail(scope, "'command' must name a management command, got none");
  if (name.startsWith('python') || !/^[\w-]+$/.test(name) || name.startsWith('-')) {
    fail(
      scope,
      `'command' must start with the name of a management command, got '${name}'. ` +
        'Leave `python manage.py` out, and give every argument an element of its own',
    );
  }
  requireNoShell(scope, 'command', command);
}
