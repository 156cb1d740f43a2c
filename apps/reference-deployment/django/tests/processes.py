"""Processes that tests start, and how long a test waits for what they do."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

# Seconds after which something counts as hung. Only a test that fails waits so long, however busy the machine is.
PATIENCE = 300.0

Process = subprocess.Popen[str]
Start = Callable[..., Process]


@contextmanager
def running(command: list[str], **options: Any) -> Iterator[Process]:
    """A process in a session of its own, which afterwards is gone with all processes that it started."""
    with subprocess.Popen(command, text=True, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def serve(start: Start, command: list[str], arguments: str, env: dict[str, str], **options: Any) -> tuple[Process, int]:
    """Starts gunicorn, and returns it with its port.

    Its socket is bound here, because a port that is only chosen here may be another's by the time it is bound. Requests
    wait in that socket until gunicorn takes them, and are refused when it ends without.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        env = {**env, "GUNICORN_CMD_ARGS": f"{arguments} --bind=fd://{listener.fileno()}"}
        process = start(command, env=env, pass_fds=[listener.fileno()], **options)
        return process, listener.getsockname()[1]


def wait_for(condition: Callable[[], Any], story: Callable[[], str] = str) -> None:
    """Waits until `condition` holds; a test that waited in vain fails with the `story`."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, story()
        time.sleep(0.05)
