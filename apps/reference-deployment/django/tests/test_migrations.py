import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command

from config import env
from tests.processes import PATIENCE

DJANGO = Path(__file__).resolve().parent.parent


def connect(name: str, **options):
    secret = env.database()
    return psycopg.connect(
        host=secret["HOST"],
        port=secret["PORT"],
        user=secret["USER"],
        password=secret["PASSWORD"],
        dbname=name,
        sslmode="verify-full",
        sslrootcert=os.environ["SSL_CERT_FILE"],
        autocommit=True,
        **options,
    )


@pytest.fixture
def empty_database():
    name = f"migrations_{uuid.uuid4().hex[:8]}"
    with connect("site") as server:
        server.execute(f"CREATE DATABASE {name}")
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def release(start, empty_database):
    """Starts the release task's process, on the empty database."""
    secret = {**json.loads(os.environ["DATABASE_SECRET"]), "dbname": empty_database}
    variables = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DJANGO_PROCESS": "release",
        "DATABASE_SECRET": json.dumps(secret),
    }
    return lambda *command: start(
        [sys.executable, "manage.py", *(command or ["migrate_locked"])],
        cwd=DJANGO,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.services
def test_two_releases_at_once_both_succeed_and_migrate_once(release, empty_database):
    runs = [release() for _ in range(2)]
    outputs = [run.communicate(timeout=PATIENCE)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    assert sorted("No migrations to apply" in output for output in outputs) == [False, True]
    with connect(empty_database) as server:
        assert server.execute("SELECT count(*) FROM django_migrations WHERE app = 'notes'").fetchone() == (1,)
        assert server.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)


@pytest.mark.services
def test_a_release_gives_up_waiting_and_says_for_what(release, empty_database):
    with connect(empty_database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [int.from_bytes(b"migrate")])
        run = release("migrate_locked", "--wait", "1")
        output = run.communicate(timeout=PATIENCE)[0]
    assert run.returncode == 1
    assert "CommandError: Another migration still ran after 1 s" in output


@pytest.mark.services
def test_a_release_waits_for_a_table_no_longer_than_its_attempts(release, empty_database):
    done = release()
    assert (done.communicate(timeout=PATIENCE), done.returncode)[1] == 0
    back = release("migrate", "notes", "zero")
    assert (back.communicate(timeout=PATIENCE), back.returncode)[1] == 0
    code = (
        "from ops.management.commands import migrate_locked as m;"
        "m.ATTEMPTS, m.PAUSE, m.LOCK_TIMEOUT = 2, 0.1, '300ms';"
        "import django; django.setup(); from django.core.management import call_command; call_command('migrate_locked')"
    )
    with connect(empty_database) as other, other.transaction():
        other.execute("LOCK TABLE django_migrations")
        secret = {**json.loads(os.environ["DATABASE_SECRET"]), "dbname": empty_database}
        variables = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_SECRET": json.dumps(secret)}
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=DJANGO,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert run.returncode == 1
    assert "A table is locked, attempt 1 of 2" in run.stderr
    assert "CommandError: A table stayed locked in 2 attempts" in run.stderr


@pytest.mark.services
def test_a_migration_that_fails_fails_the_release_and_frees_the_lock(release, empty_database):
    with connect(empty_database) as server:
        server.execute("CREATE TABLE notes_note (id int)")  # in the way of the first migration
    run = release()
    output = run.communicate(timeout=PATIENCE)[0]
    assert run.returncode == 1
    assert 'relation "notes_note" already exists' in output
    with connect(empty_database) as server:
        assert server.execute("SELECT pg_try_advisory_lock(%s)", [int.from_bytes(b"migrate")]).fetchone() == (True,)
