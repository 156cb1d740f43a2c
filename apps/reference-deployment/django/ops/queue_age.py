"""How long the oldest Celery task has waited: one log line a minute, by which the number of workers can be scaled.

Valkey knows the length of a queue, not its age, so every task is stamped when it is published. Each worker reports its own
queues; `ops.queue_report` reports those of workers that may have no task.
"""

import json
import logging
import time
from collections.abc import Callable, Collection
from typing import Any

from celery import Celery, bootsteps
from celery.signals import before_task_publish

logger = logging.getLogger(__name__)

HEADER = "published_at"
INTERVAL = 60.0
# More than that are not looked at one by one.
MOST_UNACKNOWLEDGED = 10_000


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
    log(app, "queues", queues, look)


def look(channel: Any, queues: list[str]) -> tuple[int, float | None]:
    return measure(channel, queues, time.time())


def log(app: Celery, field: str, queues: list[str], look: Callable[[Any, list[str]], tuple[int, float | None]]) -> None:
    """One line with the number of tasks and the age of the oldest; when the broker is away, a warning."""
    try:
        with app.connection_for_read() as connection:
            connection.connect()
            with connection.channel() as channel:
                length, age = look(channel, queues)
    except Exception as problem:  # whatever it is, the process goes on
        logger.warning("The age of the queues is unknown: %s", problem)
        return
    fields: dict[str, Any] = {field: ",".join(queues), "queue_length": length}
    if age is not None:
        fields["queue_age_seconds"] = round(age, 1)
    logger.info("%d tasks in the queues", length, extra=fields)


def measure(
    channel: Any,
    queues: Collection[str],
    now: float,
    without_stamp: Callable[[dict[str, Any]], float | None] = lambda _message: None,
) -> tuple[int, float | None]:
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
            message = json.loads(oldest)
            published = message.get("headers", {}).get(HEADER) or without_stamp(message)
            if published is not None:
                ages.append(max(0.0, now - published))
    if ages:
        return length, max(ages)
    return length, None if length else 0.0


def worked_on(channel: Any, queues: Collection[str]) -> int:
    """Number of tasks that a worker has taken and not acknowledged: those it works on or holds for later."""
    held = channel.client.hlen(channel.unacked_key)
    if held > MOST_UNACKNOWLEDGED:
        return int(held)
    # Celery's own queues have their name as routing key.
    taken = (json.loads(entry) for entry in channel.client.hvals(channel.unacked_key))
    return sum(routing_key in queues for _message, _exchange, routing_key in taken)
