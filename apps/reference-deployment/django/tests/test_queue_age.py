import logging
import time

import pytest
from celery.signals import before_task_publish

from config.celery import app
from notes.tasks import make_thumbnail
from ops import queue_age
from tests.queues import Lists, message


def test_the_oldest_task_of_all_queues_decides():
    lists = Lists(mail=[message(95), message(40)], default=[message(70)])
    assert queue_age.measure(lists, ["default", "mail"], now=100) == (3, 60)


def test_tasks_of_every_priority_count():
    lists = Lists(**{"mail": [message(90)], "mail\x06\x163": [message(20)]})
    assert queue_age.measure(lists, ["mail"], now=100) == (2, 80)


def test_nothing_that_waits_is_of_no_age():
    assert queue_age.measure(Lists(), ["mail"], now=100) == (0, 0.0)


def test_a_task_without_a_stamp_is_of_unknown_age():
    assert queue_age.measure(Lists(mail=[message()]), ["mail"], now=100) == (1, None)


def test_clocks_may_differ():
    assert queue_age.measure(Lists(mail=[message(105)]), ["mail"], now=100) == (1, 0.0)


def test_every_task_is_stamped():
    headers: dict[str, float] = {}
    before_task_publish.send(sender=make_thumbnail.name, headers=headers)
    assert headers[queue_age.HEADER] > 1.7e9


@pytest.fixture(autouse=True)
def _own_queues(monkeypatch):
    monkeypatch.setattr(app.amqp.queues, "_consume_from", {"mail": None, "default": None})


def test_the_line_that_scaling_reads(channel, caplog):
    with caplog.at_level(logging.INFO):
        queue_age.report(app)
    [record] = caplog.records
    assert (record.queues, record.queue_length, record.queue_age_seconds) == ("default,mail", 0, 0.0)


def test_an_unknown_age_is_not_logged(channel, caplog):
    channel.lists["mail"] = [message()]
    with caplog.at_level(logging.INFO):
        queue_age.report(app)
    [record] = caplog.records
    assert record.queue_length == 1 and not hasattr(record, "queue_age_seconds")


def test_a_broker_that_is_away_is_a_warning(channel, monkeypatch, caplog):
    def refuse():
        raise OSError("away")

    monkeypatch.setattr(channel, "connect", refuse)
    queue_age.report(app)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "The age of the queues is unknown: away")
    ]


@pytest.mark.services
def test_a_task_in_valkey_is_seen(queued, monkeypatch, caplog):
    monkeypatch.setattr(app.amqp.queues, "_consume_from", {"patience": None})
    sent = time.time()
    make_thumbnail.apply_async([1], queue="patience")
    try:
        with caplog.at_level(logging.INFO):
            queue_age.report(app)
        [record] = [record for record in caplog.records if record.name == queue_age.logger.name]
        assert record.queue_length == 1
        assert 0 <= record.queue_age_seconds <= time.time() - sent + 0.1
    finally:
        with app.connection_for_write() as connection:
            connection.default_channel.client.delete("patience")
