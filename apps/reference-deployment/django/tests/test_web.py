"""gunicorn itself, started as in the image."""

import http.client
import socket

import pytest

from ops import probe
from tests.processes import PATIENCE, wait_for
from tests.web import Web

pytestmark = pytest.mark.services


@pytest.fixture
def web(start, tmp_path):
    return Web(start, tmp_path)


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
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
    connection.putrequest("POST", "/accounts/login/", skip_host=True)
    connection.putheader("Host", "www.example.com")
    connection.putheader("X-Forwarded-Proto", "https")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", "10")
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    assert connection.sock.recv(4, socket.MSG_PEEK) == b"HTTP"  # "100 Continue": the request is in flight
    web.ask_to_stop()
    connection.send(b"text=12345")
    assert connection.getresponse().status == 403  # no CSRF token; what counts is that Django answered
    assert web.process.wait(PATIENCE) == 0


def test_the_probe_is_content_with_a_process_that_answers(web):
    wait_for(lambda: probe.web(web.port) is None)


def test_the_probe_says_that_nobody_answers():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        problem = probe.web(silent.getsockname()[1])
    assert problem and "does not answer" in problem
