# Prepares the user that the site's processes connect as, then runs the command in this very process. The user may read
# and write rows but owns nothing, so PostgreSQL refuses it every change of the schema. Its password leaves this process
# only as the hash that the server would make of it, so that no log of statements shows it. All statements stand in one
# transaction, behind a lock that ends with it: two releases at once do not meet. What migrations make later has the same
# rights by default.
#
# Arguments: the command that follows.
import json
import os
import sys
from typing import Any

from django.db import connections
from psycopg import sql

RIGHTS = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "SELECT, USAGE, UPDATE"}


def prepare(owner: Any, user: str, password: str) -> None:
    with owner.connection.cursor() as cursor:

        def ask(question: str, *values: str) -> Any:
            return cursor.execute(question, values).fetchone()[0]

        if user == ask("SELECT current_user"):
            sys.exit(f"the run user must be another than the owner, got {user} for both")
        hashed = owner.connection.pgconn.encrypt_password(password.encode(), user.encode()).decode()
        names = {
            "user": sql.Identifier(user),
            "password": sql.Literal(hashed),
            "database": sql.Identifier(ask("SELECT current_database()")),
        }

        def run(statement: str) -> None:
            cursor.execute(sql.SQL(statement).format(**names))

        run("BEGIN")
        run("SET LOCAL statement_timeout = 0")
        run("SET LOCAL lock_timeout = '60s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(b"run user", "big", signed=True)])
        verb = "ALTER" if ask("SELECT count(*) FROM pg_roles WHERE rolname = %s", user) else "CREATE"
        run(verb + " ROLE {user} LOGIN PASSWORD {password}")
        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        run("GRANT CONNECT ON DATABASE {database} TO {user}")
        run("GRANT USAGE ON SCHEMA public TO {user}")
        for objects, rights in RIGHTS.items():
            run(f"GRANT {rights} ON ALL {objects} IN SCHEMA public TO {{user}}")
            run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {objects} TO {{user}}")
        run("COMMIT")


def main(*command: str) -> None:
    login = json.loads(os.environ.pop("DATABASE_RUN_SECRET"))
    owner = connections.create_connection("default")
    if owner.vendor != "postgresql":
        sys.exit(f"no separate run user on {owner.vendor}: it takes PostgreSQL")
    owner.ensure_connection()
    prepare(owner, login["username"], login["password"])
    owner.close()
    print(f"prepared the run user {login['username']}", flush=True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
