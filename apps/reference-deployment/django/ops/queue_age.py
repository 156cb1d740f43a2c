"""How long the oldest Celery task has waited: one log line a minute, by which the number of workers can be scaled.

Valkey knows the length of a queue, not its age, so every task is stamped when it is published.
"""

import json
import logging
import time
from typing import Any

from celery import Celery, bootsteps
from celery.signals import before_task_publish

logger = logging.getLogger(__name__)

HEADER = "published_at"
INTERVAL = 60.0


@before_task_publish.connect
def stamp(headers: dict[str, Any], **_kwargs: Any) -> None:
    headers[HEADER] = time.time()


class QueueAge(bootsteps.StartStopStep):
    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        worker.timer.call_after(1.0, report, (worker.app,), priority=10)
        worker.timer.call_repeatedly(INTERVAL, report, (worker.app,), priority=10)


def report(app: Celery) -> None:
    queues = sorted(app.amqp.queues.consume_from)
    try:
        with app.connection_for_read() as connection:
            connection.connect()
            with connection.channel() as channel:
                length, age = measure(channel, queues, time.time())
    except Exception as problem:  # whatever it is, the worker goes on
        logger.warning("The age of the queues is unknown: %s", problem)
        return
    fields: dict[str, Any] = {"queues": ",".join(queues), "queue_length": length}
    if age is not None:
        fields["queue_age_seconds"] = round(age, 1)
    logger.info("%d tasks wait", length, extra=fields)


def measure(channel: Any, queues: list[str], now: float) -> tuple[int, float | None]:
    """Number of waiting tasks, and the age of the oldest in seconds: 0 when none waits, None when it has no stamp."""
    length, ages = 0, []
    for queue in queues:
        for priority in channel.priority_steps:
            # Kombu keeps a list for each priority, adds at its left end and takes from its right.
            key = f"{queue}{channel.sep}{priority}" if priority else queue
            waiting = channel.client.llen(key)
            oldest = channel.client.lindex(key, -1)
            if oldest is None:
                continue
            length += waiting
            published = json.loads(oldest).get("headers", {}).get(HEADER)
            if published is not None:
                ages.append(max(0.0, now - published))
    if ages:
        return length, max(ages)
    return length, None if length else 0.0
