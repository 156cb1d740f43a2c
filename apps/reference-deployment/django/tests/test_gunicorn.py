"""The program with which the construct serves a project that has no health check of its own."""

import http.client
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.processes import PATIENCE, serve

APPLICATION = """
def application(environ, start_response):
    start_response("400 Bad Request", [("Content-Type", "text/plain")])
    return [f"asked for {environ['PATH_INFO']}".encode()]
"""


@pytest.fixture
def served(program, start, tmp_path):
    """An application that refuses everything, served by one worker: its process, and what asks it."""
    (tmp_path / "strict.py").write_text(APPLICATION)
    process, port = serve(
        start,
        [sys.executable, "-c", program("serve"), "/livez", "strict:application"],
        "--workers=1 --threads=2",
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},  # gunicorn keeps its control socket at home
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )

    def ask(path: str, method: str = "GET"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(method, path, headers={"Host": "10.0.2.17:8000"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    return SimpleNamespace(process=process, ask=ask)


def test_the_health_check_is_answered_before_the_project_is_asked(served):
    assert served.ask("/livez") == (200, "ok")
    assert served.ask("/livez", "HEAD") == (200, "")


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/livez/"), ("GET", "/livezz"), ("POST", "/livez")])
def test_everything_else_is_the_project_s(served, method, path):
    assert served.ask(path, method) == (400, f"asked for {path}")


def test_a_stop_reaches_gunicorn_itself(served):
    served.ask("/livez")  # else its worker may still be starting, and miss the signal
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    "application",
    [
        "async def application(scope, receive, send): ...",
        "class Handler:\n    async def __call__(self, scope, receive, send): ...\napplication = Handler()",
    ],
)
def test_an_asgi_application_is_refused_at_the_start(program, tmp_path, application):
    (tmp_path / "modern.py").write_text(application)
    command = [sys.executable, "-c", program("serve"), "/livez", "modern:application"]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GUNICORN_CMD_ARGS": "--bind=127.0.0.1:0 --workers=1"}
    done = subprocess.run(command, env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    assert done.returncode != 0
    assert "this is an ASGI application, and gunicorn's threads take a WSGI application" in done.stderr
