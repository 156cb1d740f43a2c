"""Asks ECS not to stop this worker while it works on a task that may take longer than a stop does.

Short tasks need no protection: a stopped worker finishes them first. Protecting them would keep a busy worker from ever
being replaced by a deployment.
"""

import json
import logging
import time
import urllib.request
from typing import Any

from celery import bootsteps
from celery.worker import state

from config import env

logger = logging.getLogger(__name__)

# Fargate kills a container 120 s after it asked it to stop.
LONGEST_STOP = 110.0
INTERVAL = 5.0
MINUTES = 60
# The agent is on the same machine.
TIMEOUT = 2.0
RENEW_AFTER = MINUTES * 60 / 2


class Protection(bootsteps.StartStopStep):
    requires = {"celery.worker.components:Timer"}

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self.agent = env.ecs_agent() or ""
        self.protected_at: float | None = None

    def start(self, worker: Any) -> None:
        if self.agent:
            worker.timer.call_repeatedly(INTERVAL, self.check, (worker.app.conf.task_time_limit,), priority=10)

    def check(self, default_limit: float | None) -> None:
        busy = any(is_long(request, default_limit) for request in list(state.active_requests))
        now = time.monotonic()
        if busy and (self.protected_at is None or now - self.protected_at >= RENEW_AFTER):
            if ask(self.agent, {"ProtectionEnabled": True, "ExpiresInMinutes": MINUTES}):
                self.protected_at = now
        elif not busy and self.protected_at is not None and ask(self.agent, {"ProtectionEnabled": False}):
            self.protected_at = None


def is_long(request: Any, default_limit: float | None) -> bool:
    limit = request.time_limits[0] or request.task.time_limit or default_limit
    return limit is None or limit > LONGEST_STOP


def ask(agent: str, wish: dict[str, Any]) -> bool:
    """Whether the agent did what was asked; where it did not, the next check asks again."""
    url = f"{agent}/task-protection/v1/state"
    body = json.dumps(wish).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method="PUT")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 the agent's own address
            answered = json.load(answer)
    except (OSError, ValueError) as problem:
        logger.warning("ECS did not change the protection of this task: %s", problem)
        return False
    if "protection" not in answered:
        logger.warning("ECS did not change the protection of this task: %s", answered)
        return False
    return True
