import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from celery.worker import state

from config import env
from ops import protection
from tests.processes import PATIENCE


@pytest.fixture
def agent(monkeypatch):
    """The agent's endpoint: what was asked, and what it answers."""
    seen = SimpleNamespace(asked=[], status=200, answer={"protection": {}})

    class Agent(BaseHTTPRequestHandler):
        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.asked.append((self.path, json.loads(body)))
            self.send_response(seen.status)
            self.end_headers()
            self.wfile.write(json.dumps(seen.answer).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Agent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(protection, "TIMEOUT", PATIENCE)
    monkeypatch.setenv("ECS_AGENT_URI", f"http://127.0.0.1:{server.server_port}/api/v4")
    yield seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def running(monkeypatch):
    requests: set[object] = set()
    monkeypatch.setattr(state, "active_requests", requests)
    return requests


def request(limit=None, task_limit=None):
    class Request:
        time_limits = (limit, None)
        task = SimpleNamespace(time_limit=task_limit)

    return Request()


PATH = "/api/v4/task-protection/v1/state"
PROTECT = (PATH, {"ProtectionEnabled": True, "ExpiresInMinutes": 60})
RELEASE = (PATH, {"ProtectionEnabled": False})


def test_a_worker_is_protected_while_it_works_and_no_longer(agent, running):
    step = protection.Protection(None)
    step.check(None)
    assert agent.asked == []
    running.add(request())
    step.check(None)
    step.check(None)
    assert agent.asked == [PROTECT]
    running.clear()
    step.check(None)
    step.check(None)
    assert agent.asked == [PROTECT, RELEASE]


def test_protection_is_renewed_before_it_ends(agent, running, monkeypatch):
    step = protection.Protection(None)
    running.add(request())
    step.check(None)
    later = protection.time.monotonic() + protection.RENEW_AFTER
    monkeypatch.setattr(protection.time, "monotonic", lambda: later)
    step.check(None)
    assert agent.asked == [PROTECT, PROTECT]
    assert protection.RENEW_AFTER < protection.MINUTES * 60


@pytest.mark.parametrize(
    ("own", "of_its_task", "default", "long"),
    [
        (None, None, None, True),
        (None, None, 100, False),
        (None, None, 111, True),
        (None, 3600, 100, True),
        (60, 3600, None, False),
    ],
)
def test_only_what_may_take_longer_than_a_stop_is_protected(own, of_its_task, default, long):
    assert protection.is_long(request(own, of_its_task), default) == long


@pytest.mark.parametrize(("status", "answer"), [(400, {"error": {}}), (200, {"failure": {"Reason": "TASK_NOT_VALID"}})])
def test_a_refusal_is_a_warning_and_asked_again(agent, running, caplog, status, answer):
    agent.status, agent.answer = status, answer
    step = protection.Protection(None)
    running.add(request())
    step.check(None)
    step.check(None)
    assert agent.asked == [PROTECT, PROTECT]
    assert "ECS did not change the protection of this task" in caplog.text


def test_nothing_is_asked_outside_of_ecs(monkeypatch):
    monkeypatch.delenv("ECS_AGENT_URI", raising=False)
    worker = SimpleNamespace(timer=SimpleNamespace(call_repeatedly=lambda *_, **__: pytest.fail("asked")))
    protection.Protection(None).start(worker)
    assert env.ecs_agent() is None


def test_a_worker_on_ecs_looks_every_few_seconds(agent):
    calls = []
    timer = SimpleNamespace(call_repeatedly=lambda *arguments, **_: calls.append(arguments[:1]))
    conf = SimpleNamespace(task_time_limit=100)
    protection.Protection(None).start(SimpleNamespace(timer=timer, app=SimpleNamespace(conf=conf)))
    assert calls == [(protection.INTERVAL,)]
