import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { pythonProgram } from '../../python-program';
import type { RequestTiming } from '../../shared/request-timing';
import { fail } from '../../shared/validate';

/** Value of `GUNICORN_CMD_ARGS`, from which gunicorn reads its numbers. */
export function gunicornArguments(timing: RequestTiming, port: number, workers: number, threads: number): string {
  return [
    `--bind 0.0.0.0:${port}`,
    '--worker-class gthread',
    `--workers ${workers}`,
    `--threads ${threads}`,
    `--timeout ${timing.requestTimeout}`,
    `--graceful-timeout ${timing.gracefulTimeout}`,
    `--keep-alive ${timing.keepAlive}`,
    '--worker-tmp-dir /dev/shm',
  ].join(' ');
}

/** The command line that serves a WSGI application, and answers the health check before it. */
export function gunicornCommand(application: string, healthCheckPath: string): string[] {
  return ['python', '-c', pythonProgram('serve'), healthCheckPath, application];
}

/** Fails synthesis unless gunicorn can find the application. */
export function requireWsgiApplication(scope: Construct, prop: string, application: string | undefined): void {
  if (application === undefined || Token.isUnresolved(application)) return;
  if (/(^|\.)asgi(:|$)/.test(application)) {
    fail(scope, `'${prop}' must be a WSGI application such as config.wsgi:application, got '${application}'`);
  }
  if (/^[A-Za-z_][\w.]*(:\w+)?$/.test(application)) return;
  fail(scope, `'${prop}' must be a module and an object in it such as config.wsgi:application, got '${application}'`);
}
