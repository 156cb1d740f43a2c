# Runs `manage.py` in this very process, which signals reach, with a time limit and, unless the first argument is empty,
# only while no other run holds the PostgreSQL advisory lock of that number. The lock has a connection of its own, which
# lives as long as the process: whatever ends the run frees it. Its cursor is the driver's own, because Django's warns of
# queries before its set-up, which is left to `manage.py`. The time limit is faulthandler's, which also ends a run that
# hangs in C code, and says where.
#
# Arguments: the number of the lock, the time limit in seconds, and the command for `manage.py`.
import faulthandler
import runpy
import sys
from typing import Any


def locked(number: int) -> Any:
    from django.db import connections

    guard = connections.create_connection("default")
    if guard.vendor != "postgresql":
        sys.exit(f"no overlap can be kept on {guard.vendor}: it takes PostgreSQL, or allowOverlap")
    guard.ensure_connection()
    with guard.connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        return guard if cursor.fetchone()[0] else None


def main(lock: str, seconds: str, *command: str) -> None:
    faulthandler.dump_traceback_later(int(seconds), exit=True)
    held = locked(int(lock)) if lock else True
    if not held:
        print(f"skipped, the run before has not ended: {' '.join(command)}", flush=True)
        return
    sys.argv = ["manage.py", *command]
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
