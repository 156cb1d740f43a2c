"""The container's health check: `python -m ops.probe web`, or `worker`, or `beat`; exit code 0 is healthy.

Only the standard library, because it starts every few seconds.
"""

import http.client
import sys
import tempfile
import time
from pathlib import Path

# Six beats of ops.heartbeat and of ops.beat, which this cannot import without importing Celery.
MAX_AGE = 60.0


def web(port: int = 8000) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/livez")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"/livez does not answer: {error}"
    finally:
        connection.close()
    return None if status == 200 else f"/livez answers {status}"


def worker() -> str | None:
    return _heartbeat("worker")


def beat() -> str | None:
    return _heartbeat("beat")


def _heartbeat(process: str) -> str | None:
    file = Path(tempfile.gettempdir()) / f"{process}.heartbeat"
    try:
        age = time.time() - file.stat().st_mtime
    except OSError as error:
        return f"no heartbeat: {error}"
    return None if age < MAX_AGE else f"the last heartbeat is {age:.0f} s old"


if __name__ == "__main__":
    probes = {"web": web, "worker": worker, "beat": beat}
    if len(sys.argv) != 2 or sys.argv[1] not in probes:
        sys.exit(f"usage: python -m ops.probe {'|'.join(probes)}, got {sys.argv[1:]}")
    sys.exit(probes[sys.argv[1]]())
