"""A file that a Celery worker touches from its own event loop: a loop that is stuck stops touching it."""

import tempfile
from pathlib import Path

from celery import bootsteps

FILE = Path(tempfile.gettempdir()) / "worker.heartbeat"
INTERVAL = 10.0


class Heartbeat(bootsteps.StartStopStep):
    requires = {"celery.worker.components:Timer"}

    def start(self, worker):
        FILE.touch()
        worker.timer.call_repeatedly(INTERVAL, FILE.touch, priority=10)

    def stop(self, worker):
        FILE.unlink(missing_ok=True)
