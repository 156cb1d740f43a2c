/**
 * Prepares the user that the site's processes connect as, then runs the command in this very process. The user may read
 * and write rows but owns nothing, so PostgreSQL refuses it every change of the schema. Its password leaves this process
 * only as the hash that the server would make of it, so that no log of statements shows it. All statements stand in one
 * transaction, behind a lock that ends with it: two releases at once do not meet. What migrations make later has the same
 * rights by default.
 */
const PREPARE = `
import json, os, sys
from django.db import connections
from psycopg import sql
login, command = json.loads(os.environ.pop("DATABASE_RUN_SECRET")), sys.argv[1:]
owner = connections.create_connection("default")
if owner.vendor != "postgresql":
    sys.exit(f"no separate run user on {owner.vendor}: it takes PostgreSQL")
owner.ensure_connection()
with owner.connection.cursor() as cursor:
    def ask(question, *values):
        return cursor.execute(question, values).fetchone()[0]
    def run(statement):
        cursor.execute(sql.SQL(statement).format(**names))
    user = login["username"]
    if user == ask("SELECT current_user"):
        sys.exit(f"the run user must be another than the owner, got {user} for both")
    hashed = owner.connection.pgconn.encrypt_password(login["password"].encode(), user.encode()).decode()
    names = {"user": sql.Identifier(user), "password": sql.Literal(hashed)}
    names["database"] = sql.Identifier(ask("SELECT current_database()"))
    run("BEGIN")
    run("SET LOCAL statement_timeout = 0")
    run("SET LOCAL lock_timeout = '60s'")
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(b"run user", signed=True)])
    verb = "ALTER" if ask("SELECT count(*) FROM pg_roles WHERE rolname = %s", user) else "CREATE"
    run(verb + " ROLE {user} LOGIN PASSWORD {password}")
    run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    run("GRANT CONNECT ON DATABASE {database} TO {user}")
    run("GRANT USAGE ON SCHEMA public TO {user}")
    for objects, rights in ("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "SELECT, USAGE, UPDATE"):
        run(f"GRANT {rights} ON ALL {objects} IN SCHEMA public TO {{user}}")
        run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {objects} TO {{user}}")
    run("COMMIT")
owner.close()
print(f"prepared the run user {user}", flush=True)
os.execvp(command[0], command)
`.trim();

/** Runs a command as the owner of the database, after the run user has been prepared. */
export function afterRunUser(command: string[]): string[] {
  return ['python', '-c', PREPARE, ...command];
}
