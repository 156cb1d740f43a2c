import socket

import pytest
from django.db import connections

from ops import health
from tests.processes import PATIENCE

# As a load balancer asks: by address, over plain HTTP.
BALANCER = {"host": "10.0.3.17:8000"}


@pytest.mark.parametrize("method", ["get", "head"])
def test_livez_answers_a_load_balancer_without_a_database(client, method):
    # pytest-django lets no test without the django_db mark reach a database.
    answer = getattr(client, method)("/livez", headers=BALANCER)
    assert (answer.status_code, answer.content) == (200, b"ok\n" if method == "get" else b"")
    assert "location" not in answer.headers


def test_livez_takes_no_other_method(client):
    assert client.post("/livez", headers=BALANCER).status_code == 400  # not a host name of the site


@pytest.mark.django_db
def test_readyz_names_what_it_reached(client):
    answer = client.get("/readyz", headers=BALANCER)
    assert answer.status_code == 200
    assert {name: part["ok"] for name, part in answer.json().items()} == {"database": True, "cache": True}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_readyz_is_503_when_the_database_is_down(client, monkeypatch, caplog):
    monkeypatch.setitem(connections.settings["default"], "PORT", "1")
    answer = client.get("/readyz", headers=BALANCER)
    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False}
    assert answer.json()["cache"]["ok"] is True
    assert "database is not reachable" in caplog.text


@pytest.mark.django_db
def test_readyz_is_503_when_the_cache_is_down(client, cache_at):
    cache_at(1)
    answer = client.get("/readyz", headers=BALANCER)
    assert answer.status_code == 503
    assert answer.json()["cache"] == {"ok": False}
    assert answer.json()["database"]["ok"] is True


@pytest.mark.django_db
def test_readyz_does_not_wait_for_a_database_that_hangs(client, settings, monkeypatch):
    settings.READYZ_SECONDS = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setitem(connections.settings["default"], "PORT", str(silent.getsockname()[1]))
        answer = client.get("/readyz", headers=BALANCER)
        silent.settimeout(PATIENCE)
        attempt, _address = silent.accept()
        with attempt:
            assert attempt.recv(1024)
            attempt.setblocking(False)
            with pytest.raises(BlockingIOError):  # the attempt to connect goes on
                attempt.recv(1024)
    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False}


@pytest.mark.django_db
def test_readyz_tells_nothing_about_the_reason(client, monkeypatch):
    def leak():
        raise RuntimeError("password of db.internal is hunter2")

    monkeypatch.setitem(health.PROBES, "database", leak)
    assert b"hunter2" not in client.get("/readyz", headers=BALANCER).content
