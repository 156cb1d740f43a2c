# Starts gunicorn in this very process, which signals reach, with a WSGI application that answers the health check before
# Django is asked: a load balancer asks under the task's address, which is no host name that Django allows, and over plain
# HTTP, which Django may redirect. gunicorn reads its numbers from GUNICORN_CMD_ARGS.
#
# Arguments: the path of the health check, and the application as gunicorn takes it.
import inspect
import sys
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.errors import AppImportError

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def answering(path: str, django: Application) -> Application:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if environ["PATH_INFO"] != path or method not in ("GET", "HEAD"):
            return django(environ, start_response)
        headers = [("Content-Type", "text/plain"), ("Content-Length", "2"), ("Cache-Control", "no-store")]
        start_response("200 OK", headers)
        return [b"ok"] if method == "GET" else []

    return answer


def require_wsgi(application: Any) -> Application:
    """gunicorn would start with an ASGI application, and answer every page with 500 beside a health check that passes."""
    if inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(type(application).__call__):
        raise AppImportError("this is an ASGI application, and gunicorn's threads take a WSGI application")
    return application


def main(path: str, application: str) -> None:
    load = WSGIApplication.load
    WSGIApplication.load = lambda self: answering(path, require_wsgi(load(self)))
    sys.argv = ["gunicorn", application]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


if __name__ == "__main__":
    main(*sys.argv[1:])
