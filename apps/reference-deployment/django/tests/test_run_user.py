"""The release of a site with `separateRunUser` prepares a user that cannot change the schema."""

import json
import os
import subprocess
import sys
import uuid
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql

from config import env
from tests.processes import PATIENCE, Start

pytestmark = pytest.mark.services

DJANGO = Path(__file__).resolve().parent.parent
PROGRAM = DJANGO.parents[2] / "packages" / "django-fargate-construct" / "python" / "prepare_run_user.py"
SHOW = "import os; print('ran', os.getpid(), 'DATABASE_RUN_SECRET' in os.environ)"


class Site:
    """A database whose owner has the rights of RDS's master user: to make roles, but not everything."""

    def __init__(self, start: Start):
        self.start = start
        name = uuid.uuid4().hex[:8]
        self.database = f"database_{name}"
        self.owner = {"username": f"owner_{name}", "password": uuid.uuid4().hex}
        self.run = {"username": f"run_{name}", "password": "p@ss/w:rd\"%'{ }$"}
        self.first_password = self.run["password"]
        self.users = [self.run["username"], f"{self.run['username']}_clone", self.owner["username"]]
        self.superuser = self._connect(env.database()["USER"], env.database()["PASSWORD"], "site")
        names = [self.owner["username"], self.owner["password"], self.database]
        self.superuser.execute("SET password_encryption = 'scram-sha-256'")
        self._sql("CREATE ROLE {0} LOGIN CREATEROLE PASSWORD {1}", *names)
        self._sql("CREATE DATABASE {2} OWNER {0}", *names)

    def drop(self):
        self._sql("DROP DATABASE {0} WITH (FORCE)", self.database)
        for user in self.users:
            self._sql("DROP ROLE IF EXISTS {0}", user)
        self.superuser.close()

    def as_owner(self):
        return self._connect(self.owner["username"], self.owner["password"], self.database)

    def as_run_user(self):
        return self._connect(self.run["username"], self.run["password"], self.database)

    def release(self, *command: str, run=None):
        secret = {**json.loads(os.environ["DATABASE_SECRET"]), **self.owner, "dbname": self.database}
        variables = {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DJANGO_PROCESS": "release",
            "DATABASE_SECRET": json.dumps(secret),
            "DATABASE_RUN_SECRET": json.dumps(run or self.run),
        }
        return self.start(
            [sys.executable, "-c", PROGRAM.read_text(), *(command or [sys.executable, "-c", SHOW])],
            cwd=DJANGO,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def _connect(self, user, password, database):
        return psycopg.connect(
            host=env.database()["HOST"],
            port=env.database()["PORT"],
            user=user,
            password=password,
            dbname=database,
            sslmode="verify-full",
            sslrootcert=os.environ["SSL_CERT_FILE"],
            autocommit=True,
        )

    def _sql(self, statement: str, *names: str):
        passwords = {self.owner["password"], self.run["password"]}
        quoted = [sql.Literal(name) if name in passwords else sql.Identifier(name) for name in names]
        self.superuser.execute(sql.SQL(statement).format(*quoted))


@pytest.fixture
def site(start):
    site = Site(start)
    yield site
    site.drop()


def finished(release) -> str:
    output = release.communicate(timeout=PATIENCE)[0]
    assert release.returncode == 0, output
    return output


def test_the_command_runs_afterwards_in_the_same_process_without_the_secret(site):
    release = site.release()
    output = finished(release)
    assert output == f"prepared the run user {site.run['username']}\nran {release.pid} False\n"


def test_the_exit_code_is_the_command_s(site):
    release = site.release(sys.executable, "-c", "raise SystemExit(3)")
    release.communicate(timeout=PATIENCE)
    assert release.returncode == 3


@pytest.mark.parametrize("when", ["before", "after"])
def test_rows_of_a_table_can_be_read_and_written(site, when):
    table = "CREATE TABLE notes (id bigserial PRIMARY KEY, text text)"
    with site.as_owner() as owner:
        if when == "before":
            owner.execute(table)
        finished(site.release())
        if when == "after":
            owner.execute(table)
    with site.as_run_user() as run:
        run.execute("INSERT INTO notes (text) VALUES ('a'), ('b')")
        run.execute("UPDATE notes SET text = 'c' WHERE text = 'a'")
        run.execute("DELETE FROM notes WHERE text = 'b'")
        run.execute("SELECT setval('notes_id_seq', 7)")
        assert run.execute("SELECT id, text FROM notes").fetchall() == [(1, "c")]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "DROP TABLE notes",
        "ALTER TABLE notes ADD COLUMN more int",
        "CREATE INDEX ON notes (id)",
        "TRUNCATE notes",
        "CREATE ROLE other",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT ALL ON TABLES TO {run}",
    ],
)
def test_the_schema_cannot_be_changed(site, statement):
    finished(site.release())
    with site.as_owner() as owner:
        # As a database that has been upgraded from PostgreSQL 14 allows it until the next release.
        owner.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        owner.execute("CREATE TABLE notes (id int)")
    finished(site.release())
    users = {"owner": sql.Identifier(site.owner["username"]), "run": sql.Identifier(site.run["username"])}
    with site.as_run_user() as run, pytest.raises(errors.InsufficientPrivilege):
        run.execute(sql.SQL(statement).format(**users))


def test_it_can_be_repeated_and_takes_over_a_changed_password(site):
    finished(site.release())
    finished(site.release())
    site.as_run_user().close()
    old = site.run["password"]
    site.run["password"] = "another"
    finished(site.release())
    site.as_run_user().close()
    site.run["password"] = old
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        site.as_run_user()


def test_the_twin_that_rotation_makes_has_the_same_rights_also_after_the_next_release(site):
    finished(site.release())
    first, twin = site.run["username"], f"{site.run['username']}_clone"
    with site.as_owner() as owner:
        # What AWS's function for alternating users does.
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'twin'").format(sql.Identifier(twin)))
        owner.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(first), sql.Identifier(twin)))
        owner.execute("CREATE TABLE notes (id int)")
    site.run = {"username": twin, "password": "twin"}
    for _ in range(2):
        with site.as_run_user() as run:
            run.execute("INSERT INTO notes VALUES (1)")
            with pytest.raises(errors.InsufficientPrivilege):
                run.execute("DROP TABLE notes")
        finished(site.release())
    site.run = {"username": first, "password": site.first_password}
    with site.as_run_user() as run:  # tasks that started before the rotation go on
        assert run.execute("SELECT count(*) FROM notes").fetchone() == (2,)


def test_two_releases_at_once_both_succeed(site):
    for release in [site.release() for _ in range(3)]:
        finished(release)


def test_migrations_and_commands_work_and_migrations_are_refused_to_the_run_user(site):
    migrate = [sys.executable, "manage.py", "migrate_locked"]
    finished(site.release(*migrate))
    with site.as_run_user() as run:
        assert run.execute("SELECT count(*) FROM django_migrations").fetchone()[0] > 0
        run.execute("SELECT pg_try_advisory_lock(1)")  # a scheduled command keeps from overlapping with it
    secret = {**json.loads(os.environ["DATABASE_SECRET"]), **site.run, "dbname": site.database}
    variables = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_SECRET": json.dumps(secret)}
    manage = partial(
        subprocess.run, cwd=DJANGO, env={**os.environ, **variables}, capture_output=True, text=True, timeout=PATIENCE
    )
    cleared = manage([sys.executable, "manage.py", "clearsessions"])
    assert cleared.returncode == 0, cleared.stderr
    back = manage([sys.executable, "manage.py", "migrate", "notes", "zero"])
    assert back.returncode != 0
    assert "must be owner of table" in back.stderr


def test_the_password_is_stored_as_the_server_stores_its_own_and_is_shown_nowhere(site):
    with site.as_owner() as owner:
        owner.execute("CREATE TABLE notes (id int)")
    output = finished(site.release())
    stored = site.superuser.execute(
        "SELECT rolpassword FROM pg_authid WHERE rolname = %s", [site.run["username"]]
    ).fetchone()[0]
    assert stored.startswith("SCRAM-SHA-256$")
    assert site.run["password"] not in output


def test_nothing_happens_when_the_run_user_is_the_owner(site):
    release = site.release(run=site.owner)
    output = release.communicate(timeout=PATIENCE)[0]
    assert release.returncode == 1
    assert output == f"the run user must be another than the owner, got {site.owner['username']} for both\n"


def test_a_failure_changes_nothing_and_the_command_does_not_run(site):
    with site.as_owner() as owner:
        owner.execute("CREATE TABLE notes (id int)")
    site.superuser.execute(sql.SQL("ALTER ROLE {} NOCREATEROLE").format(sql.Identifier(site.owner["username"])))
    release = site.release()
    output = release.communicate(timeout=PATIENCE)[0]
    assert release.returncode == 1
    assert "permission denied to create role" in output and "ran" not in output.split()
    assert site.run["password"] not in output
