"""`migrate`, one at a time: a second one waits for a PostgreSQL advisory lock and then finds nothing to do."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection

LOCK = int.from_bytes(b"migrate")
LOCK_TIMEOUT = "5s"
ATTEMPTS = 5
PAUSE = 2.0


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=int, default=600, help="seconds to wait for another migration (600)")

    def handle(self, *, wait: int, **options: Any) -> None:
        if connection.vendor != "postgresql":
            call_command("migrate", interactive=False)
            return
        with connection.cursor() as cursor:
            # The site's limits are for requests: a migration may run long, but it may not block others for long.
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{wait}s"])
            try:
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            except OperationalError as error:
                raise CommandError(f"Another migration still ran after {wait} s: {error}") from error
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        try:
            self._migrate()
        finally:
            # Ends the session, and with it the lock, whatever state a failed migration left the connection in.
            connection.close()

    def _migrate(self) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                call_command("migrate", interactive=False)
                return
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) != "55P03":  # lock_not_available
                    raise
                if attempt == ATTEMPTS:
                    raise CommandError(f"A table stayed locked in {ATTEMPTS} attempts: {error}") from error
                self.stderr.write(f"A table is locked, attempt {attempt} of {ATTEMPTS}: {error}")
                time.sleep(PAUSE)
