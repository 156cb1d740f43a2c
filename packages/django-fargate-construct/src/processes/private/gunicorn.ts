import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { RequestTiming } from '../../shared/request-timing';
import { fail } from '../../shared/validate';

/**
 * Starts gunicorn in this very process, which signals reach, with a WSGI application that answers the health check before
 * Django is asked: a load balancer asks under the task's address, which is no host name that Django allows, and over plain
 * HTTP, which Django may redirect. gunicorn reads its numbers from GUNICORN_CMD_ARGS.
 */
const SERVE = `
import sys
from gunicorn.app.wsgiapp import WSGIApplication
path, application = sys.argv[1:]
load = WSGIApplication.load
def load_answering(self):
    django = load(self)
    def answer(environ, start_response):
        if environ["PATH_INFO"] != path or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return django(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2"), ("Cache-Control", "no-store")])
        return [b"ok"] if environ["REQUEST_METHOD"] == "GET" else []
    return answer
WSGIApplication.load = load_answering
sys.argv = ["gunicorn", application]
WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()
`.trim();

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
  return ['python', '-c', SERVE, healthCheckPath, application];
}

/** Fails synthesis unless gunicorn can find the application. */
export function requireWsgiApplication(scope: Construct, prop: string, application: string | undefined): void {
  if (application === undefined || Token.isUnresolved(application)) return;
  if (/^[A-Za-z_][\w.]*(:\w+)?$/.test(application)) return;
  fail(scope, `'${prop}' must be a module and an object in it such as config.wsgi:application, got '${application}'`);
}
