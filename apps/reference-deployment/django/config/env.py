"""The contract with the deployment: every environment variable of the project, read here and nowhere else.

`python -m config.env` prints the names, one a line. Only the standard library is needed for that.
"""

import json
import os
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit


class Variable(NamedTuple):
    name: str
    expected: str
    secret: bool = False
    optional: bool = False  # handed in with an option of the deployment only


PROCESSES = ("web", "worker", "beat", "release", "command")

VARIABLES = (
    Variable("DJANGO_SETTINGS_MODULE", "`config.settings.production`"),
    Variable("DJANGO_PROCESS", "what this task is: `web`, `worker`, `beat`, `release` or `command`"),
    Variable("DJANGO_ALLOWED_HOSTS", "comma-separated host names that the site answers to, without ports"),
    Variable("SITE_URL", "address of the site, `https://www.example.com`; its scheme decides how HTTPS is treated"),
    Variable("DJANGO_SECRET_KEY", "64 random characters, at least 50", secret=True),
    Variable(
        "DJANGO_SECRET_KEY_FALLBACK",
        "64 random characters, at least 50; only while the key is being changed",
        secret=True,
        optional=True,
    ),
    Variable("DATABASE_SECRET", "JSON with `username`, `password`, `host`, `port` and `dbname`", secret=True),
    Variable("DATABASE_SECRET_ARN", "ARN of that secret, which is read again when the database refuses its password"),
    Variable(
        "DATABASE_RUN_SECRET",
        "with a separate run user, release only: its login, read by the deployment's own program",
        secret=True,
        optional=True,
    ),
    Variable("DATABASE_HOST", "with an RDS Proxy: its host name, instead of the secret's `host`", optional=True),
    Variable("DATABASE_REPLICA_HOST", "with read replicas: their host names, comma-separated", optional=True),
    Variable("REDIS_HOST", "host name of the Valkey primary endpoint"),
    Variable("REDIS_PORT", "port of the Valkey primary endpoint, 1 to 65535"),
    Variable("REDIS_AUTH_TOKEN", "password of Valkey; database 0 is the cache, 1 the Celery broker", secret=True),
    Variable("MEDIA_BUCKET", "name of the private S3 bucket for uploads"),
    Variable("STATIC_BUCKET", "name of the private S3 bucket for the static files of every release"),
    Variable("AWS_REGION", "region of the buckets"),
    Variable("GUNICORN_CMD_ARGS", "web only: bind address, workers, threads and timeouts, read by gunicorn itself"),
    Variable(
        "DJANGO_REPORT_QUEUES",
        "with workers that scale to zero, web only: their Celery queues, `mail` or `default,mail pictures`",
        optional=True,
    ),
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}


class EnvironmentContractError(Exception):
    """A variable of the contract is missing or unusable."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            f"{name} {problem}; expected: {_BY_NAME[name].expected}. Set it in the task definition, or in the shell."
        )


def default_settings(module: str) -> None:
    """Chooses the settings for a process that was started without DJANGO_SETTINGS_MODULE."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)


def text(name: str) -> str:
    value = os.environ.get(_BY_NAME[name].name, "")
    if not value.strip():
        raise EnvironmentContractError(name, "is empty" if name in os.environ else "is not set")
    return value


def text_or_none(name: str) -> str | None:
    """The value of a variable that only an option of the deployment sets."""
    return text(name) if name in os.environ else None


def process() -> str:
    value = text("DJANGO_PROCESS")
    if value not in PROCESSES:
        raise EnvironmentContractError("DJANGO_PROCESS", f"is {value!r}")
    return value


def secret_key(name: str = "DJANGO_SECRET_KEY") -> str:
    value = text(name)
    if len(value) < 50:
        raise EnvironmentContractError(name, f"has {len(value)} characters")
    return value


def secret_key_fallbacks() -> list[str]:
    name = "DJANGO_SECRET_KEY_FALLBACK"
    return [secret_key(name)] if name in os.environ else []


def allowed_hosts() -> list[str]:
    name = "DJANGO_ALLOWED_HOSTS"
    hosts = [host.strip() for host in text(name).split(",") if host.strip()]
    for host in hosts:
        if "*" in host or "/" in host or ":" in host:
            raise EnvironmentContractError(name, f"holds {host!r}")
    if not hosts:
        raise EnvironmentContractError(name, f"is {text(name)!r}")
    return hosts


def site_url() -> SplitResult:
    value = text("SITE_URL")
    url = urlsplit(value)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise EnvironmentContractError("SITE_URL", f"is {value!r}")
    return url


def database() -> dict[str, str]:
    """Name, user, password, host and port in Django's words, out of the whole RDS secret."""
    name = "DATABASE_SECRET"
    try:
        secret = json.loads(text(name))
    except json.JSONDecodeError:
        raise EnvironmentContractError(name, "is not JSON") from None
    if not isinstance(secret, dict):
        raise EnvironmentContractError(name, f"is a JSON {type(secret).__name__}, not an object")
    keys = {"NAME": "dbname", "USER": "username", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    missing = [key for key in keys.values() if secret.get(key) in (None, "")]
    if missing:
        raise EnvironmentContractError(name, f"has no {', '.join(missing)}")
    return {setting: str(secret[key]) for setting, key in keys.items()}


def redis_url(database: int) -> str:
    port = text("REDIS_PORT")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise EnvironmentContractError("REDIS_PORT", f"is {port!r}")
    # The token may hold any printable character, so it is quoted to pass through a URL.
    return f"rediss://:{quote(text('REDIS_AUTH_TOKEN'), safe='')}@{text('REDIS_HOST')}:{port}/{database}"


def report_queues() -> list[list[str]]:
    """Queues that the web process reports: a list for each worker that may have no task."""
    return [names.split(",") for names in (text_or_none("DJANGO_REPORT_QUEUES") or "").split()]


def ecs_agent() -> str | None:
    """Address of the ECS agent beside a container: set by ECS itself, and missing elsewhere."""
    return os.environ.get("ECS_AGENT_URI")


if __name__ == "__main__":
    print(*(variable.name for variable in VARIABLES), sep="\n")
