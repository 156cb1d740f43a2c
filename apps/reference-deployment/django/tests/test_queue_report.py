import logging
import runpy
import time
from pathlib import Path

import pytest
from django.core.cache import cache

from config.celery import app
from notes.tasks import make_thumbnail
from ops import queue_age, queue_report
from ops.queue_report import QueueReport
from tests.processes import wait_for
from tests.queues import message
from tests.web import Web

DJANGO = Path(__file__).resolve().parent.parent
GROUPS = [["default", "mail"], ["pictures"]]


@pytest.fixture(autouse=True)
def _own_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "report"}}
    cache.clear()


@pytest.fixture
def reported(caplog):
    """What one minute's report says of each worker's queues."""

    def report(minute: int = 0) -> list[tuple[str, int, float | None]]:
        caplog.clear()
        with caplog.at_level(logging.INFO):
            QueueReport(app, GROUPS).report(minute)
        return [(r.reported_queues, r.queue_length, getattr(r, "queue_age_seconds", None)) for r in caplog.records]

    return report


def test_each_worker_has_a_line_of_its_own(channel, reported):
    channel.lists["mail"] = [message(time.time() - 90)]
    [both, pictures] = reported()
    assert both[:2] == ("default,mail", 1) and both[2] >= 90
    assert pictures == ("pictures", 0, 0.0)


def test_what_is_worked_on_counts_and_has_no_age(channel, reported):
    channel.take("pictures")
    channel.take("pictures")
    channel.take("others")
    assert reported() == [("default,mail", 0, 0.0), ("pictures", 2, 0.0)]


def test_too_many_to_look_at_count_for_all(channel, reported, monkeypatch):
    monkeypatch.setattr(queue_age, "MOST_UNACKNOWLEDGED", 2)
    for _ in range(3):
        channel.take("others")
    assert reported() == [("default,mail", 3, 0.0), ("pictures", 3, 0.0)]


def test_a_task_without_a_stamp_is_as_old_as_it_is_known(channel, reported, monkeypatch):
    channel.lists["mail"] = [message(tag="foreign")]
    now = time.time()
    for seconds in (0, 60, 120):
        monkeypatch.setattr(time, "time", lambda seconds=seconds: now + seconds)
        assert reported(minute=seconds)[0] == ("default,mail", 1, float(seconds))


def test_of_all_web_processes_one_reports_in_a_minute(channel, reported):
    assert [len(reported(minute)) for minute in (1, 1, 2, 1, 2, 3)] == [2, 0, 2, 0, 0, 2]


def test_a_broker_that_is_away_is_a_warning_and_the_next_minute_is_reported(channel, reported, caplog, monkeypatch):
    def refuse():
        raise OSError("away")

    with monkeypatch.context() as broken:
        broken.setattr(channel, "connect", refuse)
        QueueReport(app, GROUPS).report(1)
    assert [record.getMessage() for record in caplog.records] == ["The age of the queues is unknown: away"] * 2
    assert len(reported(2)) == 2


def test_the_report_comes_at_once_and_then_with_every_minute(monkeypatch):
    minutes: list[int] = []
    pauses: list[float] = []
    clock = iter([59.0, 59.5, 60.25, 61.0])

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(queue_report.time, "time", lambda: next(clock))
    monkeypatch.setattr(queue_report.time, "sleep", sleep)
    thread = QueueReport(app, GROUPS)
    monkeypatch.setattr(thread, "report", minutes.append)
    with pytest.raises(KeyboardInterrupt):
        thread.run()
    assert (minutes, pauses) == ([0, 1], [0.5, 59.0])


@pytest.mark.parametrize(("value", "groups"), [(None, []), ("mail", [["mail"]]), ("default,mail pictures", GROUPS)])
def test_gunicorn_starts_it_where_the_deployment_says_so(monkeypatch, settings, production, value, groups):
    started = []
    monkeypatch.setattr(QueueReport, "start", lambda self: started.append(self.groups))
    if value is not None:
        monkeypatch.setenv("DJANGO_REPORT_QUEUES", value)
    settings.REPORT_QUEUES = production()["REPORT_QUEUES"]
    runpy.run_path(str(DJANGO / "gunicorn.conf.py"))["post_worker_init"](None)
    assert started == ([groups] if groups else [])


@pytest.mark.services
def test_a_task_in_valkey_waits_then_is_worked_on_then_is_done(queued):
    make_thumbnail.apply_async([1], queue="patience")
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        try:
            length, age = queue_report.look(channel, ["patience"])
            assert length == 1 and age is not None and age >= 0
            taken = channel.basic_get("patience")
            assert queue_report.look(channel, ["patience"]) == (1, 0.0)
            assert queue_report.look(channel, ["others"]) == (0, 0.0)
            channel.basic_ack(taken.delivery_tag)
            assert queue_report.look(channel, ["patience"]) == (0, 0.0)
        finally:
            channel.client.delete("patience")


@pytest.mark.services
def test_a_web_task_logs_what_the_deployment_reads(start, tmp_path):
    web = Web(start, tmp_path, DJANGO_REPORT_QUEUES="mail")
    lines = lambda: [line for line in web.lines() if "reported_queues" in line]  # noqa: E731
    wait_for(lines, web.output.read_text)
    assert web.stop() == 0
    assert {(line["reported_queues"], line["queue_length"]) for line in lines()} == {("mail", 0)}
