"""The program with which the construct serves a project that has no health check of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

APPLICATION = """
def application(environ, start_response):
    start_response("400 Bad Request", [("Content-Type", "text/plain")])
    return [f"asked for {environ['PATH_INFO']}".encode()]
"""


@pytest.fixture
def served(program, tmp_path):
    """Serves an application that refuses everything; answers what asks it."""
    (tmp_path / "strict.py").write_text(APPLICATION)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", program("serve"), "/livez", "strict:application"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port} --workers 2 --threads 2"},
        stderr=subprocess.DEVNULL,
    )

    def ask(path: str, method: str = "GET"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request(method, path, headers={"Host": "10.0.2.17:8000"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    deadline = time.monotonic() + 20
    while True:
        try:
            ask("/")
            break
        except OSError:
            assert time.monotonic() < deadline, "gunicorn did not start"
            time.sleep(0.1)
    ask.process = process
    yield ask
    process.kill()
    process.wait(10)


def test_the_health_check_is_answered_before_the_project_is_asked(served):
    assert served("/livez") == (200, "ok")
    assert served("/livez", "HEAD") == (200, "")


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/livez/"), ("GET", "/livezz"), ("POST", "/livez")])
def test_everything_else_is_the_project_s(served, method, path):
    assert served(path, method) == (400, f"asked for {path}")


def test_a_stop_reaches_gunicorn_itself(served):
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(10) == 0
