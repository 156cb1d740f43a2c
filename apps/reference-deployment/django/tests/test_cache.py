import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.cache import cache, caches

from notes.counter import count_visit
from ops.cache import TolerantClient
from tests.processes import PATIENCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(cache_at):
    """The cache's address leads to a port where nobody listens."""
    cache_at(1)


def test_the_counter_is_shared_by_everybody_who_asks():
    first = count_visit()
    assert first is not None
    assert [count_visit(), count_visit()] == [first + 1, first + 2]


def test_the_home_page_counts_its_visits(site):
    before = count_visit()
    assert before is not None
    assert f'<span id="visits">{before + 1}</span>' in site.get("/").content.decode()


def test_without_the_cache_the_home_page_answers_and_shows_a_dash(site, away):
    answer = site.get("/")
    assert answer.status_code == 200
    assert '<span id="visits">–</span>' in answer.content.decode()


def test_without_the_cache_a_member_stays_logged_in(member, away):
    assert "Log out ada" in member.get("/").content.decode()


def test_without_the_cache_one_can_log_in(site, user, away):
    answer = site.post("/accounts/login/", {"username": "ada", "password": "a-long-password"}, follow=True)
    assert "Log out ada" in answer.content.decode()


def test_without_the_cache_every_operation_has_an_answer(away):
    assert cache.get("k", "default") == "default"
    assert cache.add("k", 1) is False
    assert cache.get_many(["k"]) == {}
    assert cache.has_key("k") is False
    assert cache.touch("k") is False
    assert cache.delete("k") is False
    cache.set("k", 1)
    cache.set_many({"k": 1})
    cache.delete_many(["k"])
    cache.clear()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("k")


@pytest.fixture
def long_pause(monkeypatch):
    """The pause after a failure outlasts the test."""
    monkeypatch.setattr("ops.cache.PAUSE", PATIENCE)


def test_a_cache_that_hangs_delays_one_request_only(cache_at, long_pause, caplog):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache_at(silent.getsockname()[1], socket_timeout=0.1)
        for _ in range(50):
            assert cache.get("k") is None
        silent.setblocking(False)
        tries = 0
        with suppress(BlockingIOError):
            while silent.accept():
                tries += 1
    assert tries == 2  # the one more try of a connection that was closed while idle
    assert caplog.text.count("The cache does not answer") == 1


def test_the_cache_is_used_again_when_it_is_back(cache_at, long_pause, monkeypatch):
    cache.set("k", 1)
    cache_at(1)
    assert cache.get("k") is None
    cache_at(os.environ["REDIS_PORT"])
    assert cache.get("k") is None  # still pausing
    monkeypatch.setattr(TolerantClient, "_resume_at", 0.0)
    cache.set("k", 2)
    assert cache.get("k") == 2
    cache.delete("k")


def test_an_unknown_authority_is_refused(cache_at, monkeypatch, caplog):
    monkeypatch.setenv("SSL_CERT_FILE", str(Path(os.environ["SSL_CERT_FILE"]).with_name("other.crt")))
    cache_at(os.environ["REDIS_PORT"])
    cache.set("k", 1)
    assert "certificate verify failed" in caplog.text


def test_a_wrong_host_name_is_refused(settings, caplog):
    location = settings.CACHES["default"]["LOCATION"].replace("localhost", "127.0.0.1")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
    caches["default"].set("k", 1)
    assert "certificate is not valid for '127.0.0.1'" in caplog.text
