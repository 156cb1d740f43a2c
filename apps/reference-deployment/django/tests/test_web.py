"""gunicorn itself, started as in the image."""

import http.client
import signal
import socket
import time

import pytest

from ops import probe
from tests.web import Web

pytestmark = pytest.mark.services


@pytest.fixture
def web(tmp_path):
    web = Web(tmp_path)
    web.wait()
    yield web
    web.process.kill()
    web.process.wait()


def test_every_line_is_json_and_scanners_and_health_checks_leave_none(web):
    assert web.get("/livez", host="10.0.3.17:8000").status == 200
    assert web.get("/", host="evil.example").status == 400
    assert web.get("/nothing").status == 404
    assert web.stop() == 0
    lines = web.lines()
    assert {line["level"] for line in lines} == {"INFO"}, lines
    assert {line["process"] for line in lines} == {"web"}
    assert any(line["logger"] == "gunicorn.error" for line in lines)
    requests = [line for line in lines if line["logger"] == "access"]
    assert [(line["path"], line["status"], line["request_id"]) for line in requests] == [
        ("/", 400, "probe"),
        ("/nothing", 404, "probe"),
    ]
    assert not any("gunicorn.access" in line["logger"] or "HTTP_HOST" in line["message"] for line in lines)


def test_a_request_in_flight_is_finished_when_the_task_is_stopped(web):
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    connection.putrequest("POST", "/accounts/login/", skip_host=True)
    connection.putheader("Host", "www.example.com")
    connection.putheader("X-Forwarded-Proto", "https")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", "10")
    connection.endheaders(b"text=")
    time.sleep(0.5)
    web.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert web.process.poll() is None
    connection.send(b"12345")
    assert connection.getresponse().status == 403  # no CSRF token; what counts is that Django answered
    assert web.process.wait(timeout=20) == 0


def test_the_probe_says_that_nobody_answers():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "does not answer" in probe.web(port)
