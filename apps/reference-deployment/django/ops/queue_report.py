"""The web process reports the queues of workers that may have no task, for `scaling.minTasks: 0` of the deployment.

Every gunicorn worker of every task runs the thread; in each minute one of them, the first to say so in the cache, reports.
"""

import threading
import time
from typing import Any

from celery import Celery
from django.core.cache import cache

from ops import queue_age

MINUTE = 60.0
DAY = 24 * 60 * MINUTE


class QueueReport(threading.Thread):
    def __init__(self, app: Celery, groups: list[list[str]]) -> None:
        super().__init__(name="queue-report", daemon=True)
        self.app = app
        self.groups = groups

    def run(self) -> None:
        while True:
            self.report(int(time.time() // MINUTE))
            # by the clock, which all tasks share, so that no minute is left out
            time.sleep(MINUTE - time.time() % MINUTE)

    def report(self, minute: int) -> None:
        if not cache.add(f"queue-report:{minute}", True, timeout=2 * MINUTE):
            return
        for queues in self.groups:
            queue_age.log(self.app, "reported_queues", queues, look)


def look(channel: Any, queues: list[str]) -> tuple[int, float | None]:
    """Number of tasks that wait or are worked on, and the age of the oldest that waits."""
    waiting, age = queue_age.measure(channel, queues, time.time(), first_seen)
    return waiting + queue_age.worked_on(channel, queues), age


def first_seen(message: dict[str, Any]) -> float | None:
    """When a task that another program has published without a stamp was seen first: it must not wait for ever."""
    tag = message.get("properties", {}).get("delivery_tag")
    return cache.get_or_set(f"queue-report:seen:{tag}", time.time, timeout=DAY) if tag else None
