"""A file that a Celery worker touches from its own event loop: a loop that is stuck stops touching it."""

import tempfile
from pathlib import Path
from typing import Any

from celery import bootsteps

FILE = Path(tempfile.gettempdir()) / "worker.heartbeat"
INTERVAL = 10.0


class Heartbeat(bootsteps.StartStopStep):
    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        FILE.touch()
        worker.timer.call_repeatedly(INTERVAL, FILE.touch, priority=10)

    def stop(self, worker: Any) -> None:
        FILE.unlink(missing_ok=True)
