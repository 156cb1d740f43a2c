import type { Construct } from 'constructs';
import { fail } from '../../shared/validate';

/**
 * Runs `manage.py` in this very process, which signals reach, with a time limit and, unless the first argument is empty,
 * only while no other run holds the PostgreSQL advisory lock of that number. The lock has a connection of its own, which
 * lives as long as the process: whatever ends the run frees it. Its cursor is the driver's own, because Django's warns of
 * queries before its set-up, which is left to `manage.py`. The time limit is faulthandler's, which also ends a run that
 * hangs in C code, and says where.
 */
const GUARD = `
import faulthandler, runpy, sys
lock, seconds, *command = sys.argv[1:]
faulthandler.dump_traceback_later(int(seconds), exit=True)
if lock:
    from django.db import connections
    guard = connections.create_connection("default")
    if guard.vendor != "postgresql":
        sys.exit(f"no overlap can be kept on {guard.vendor}: it takes PostgreSQL, or allowOverlap")
    guard.ensure_connection()
    with guard.connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [int(lock)])
        if not cursor.fetchone()[0]:
            print(f"skipped, the run before has not ended: {' '.join(command)}", flush=True)
            sys.exit()
sys.argv = ["manage.py", *command]
runpy.run_path("manage.py", run_name="__main__")
`.trim();

/** The command line of a management command in the container. */
export function managementCommand(command: string[]): string[] {
  return ['python', 'manage.py', ...command];
}

/** The same with a time limit and, with a lock, never twice at a time. */
export function guardedCommand(command: string[], seconds: number, lock: string): string[] {
  return ['python', '-c', GUARD, lock, String(seconds), ...command];
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
}
