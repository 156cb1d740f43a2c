import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import env

DJANGO = Path(__file__).resolve().parent.parent
# What others read: Django itself, gunicorn, and the deployment's own program.
READ_BY_OTHERS = ("DJANGO_SETTINGS_MODULE", "GUNICORN_CMD_ARGS", "DATABASE_RUN_SECRET")
READ_BY_SETTINGS = [v for v in env.VARIABLES if v.name not in READ_BY_OTHERS]
NEEDED = [v for v in READ_BY_SETTINGS if not v.optional]
SECRET = {"username": "u", "password": "p", "host": "db", "port": 5432, "dbname": "d"}


def test_production_settings_load_with_the_whole_contract(production):
    assert production()["DEBUG"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [(v.name, None) for v in NEEDED] + [(v.name, " ") for v in READ_BY_SETTINGS],
    ids=lambda value: {None: "missing", " ": "empty"}.get(value, value),
)
def test_production_settings_name_the_variable_that_is_missing(production, monkeypatch, name, value):
    monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    with pytest.raises(env.EnvironmentContractError, match=f"^{name} is (not set|empty); expected: ") as error:
        production()
    assert next(v.expected for v in env.VARIABLES if v.name == name) in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DJANGO_PROCESS", "cron", "is 'cron'"),
        ("DJANGO_SECRET_KEY", "short-and-secret", "has 16 characters"),
        ("DJANGO_SECRET_KEY_FALLBACK", "short-and-secret", "has 16 characters"),
        ("DJANGO_ALLOWED_HOSTS", "*", "holds '*'"),
        ("DJANGO_ALLOWED_HOSTS", "a.example,b.example:8000", "holds 'b.example:8000'"),
        ("DJANGO_ALLOWED_HOSTS", ",", "is ','"),
        ("SITE_URL", "www.example.com", "is 'www.example.com'"),
        ("SITE_URL", "ftp://www.example.com", "is 'ftp://www.example.com'"),
        ("SITE_URL", "https://www.example.com/notes", "is 'https://www.example.com/notes'"),
        ("REDIS_PORT", "tls", "is 'tls'"),
        ("REDIS_PORT", "70000", "is '70000'"),
        ("DATABASE_SECRET", "postgres://u:p@db/d", "is not JSON"),
        ("DATABASE_SECRET", '["u", "p"]', "is a JSON list, not an object"),
        ("DATABASE_SECRET", '{"username": "u", "password": "p"}', "has no dbname, host, port"),
    ],
)
def test_production_settings_refuse_a_wrong_value(production, monkeypatch, name, value, problem):
    monkeypatch.setenv(name, value)
    with pytest.raises(env.EnvironmentContractError) as error:
        production()
    assert str(error.value).startswith(f"{name} {problem}; expected: ")


@pytest.mark.parametrize("value", ["postgres://u:hunter2@db/d", json.dumps({"password": "hunter2"})])
def test_an_error_never_shows_a_secret(monkeypatch, value):
    monkeypatch.setenv("DATABASE_SECRET", value)
    with pytest.raises(env.EnvironmentContractError) as error:
        env.database()
    assert "hunter2" not in str(error.value)
    assert error.value.__suppress_context__ or not error.value.__context__


def test_the_database_secret_is_taken_as_it_is(monkeypatch):
    password = "p@ss/w:rd\"%'{ }"
    monkeypatch.setenv("DATABASE_SECRET", json.dumps({**SECRET, "password": password}))
    assert env.database() == {"NAME": "d", "USER": "u", "PASSWORD": password, "HOST": "db", "PORT": "5432"}


def test_the_valkey_token_passes_through_the_address(monkeypatch):
    from redis.connection import parse_url

    token = "".join(map(chr, range(33, 127)))
    monkeypatch.setenv("REDIS_AUTH_TOKEN", token)
    parsed = parse_url(env.redis_url(1))
    assert (parsed["password"], parsed["db"], parsed["connection_class"].__name__) == (token, 1, "SSLConnection")


def test_the_module_prints_the_names_without_any_package():
    shown = subprocess.run([sys.executable, "-S", "-m", "config.env"], cwd=DJANGO, capture_output=True, text=True)
    assert shown.stdout.split() == [variable.name for variable in env.VARIABLES]


def test_the_readme_shows_the_same_table():
    rows = re.findall(r"^\| `([A-Z_]+)` \| (plain|secret) \| (.+) \|$", (DJANGO / "README.md").read_text(), re.M)
    assert rows == [(v.name, "secret" if v.secret else "plain", v.expected) for v in env.VARIABLES]


def test_no_other_module_reads_the_environment():
    modules = [DJANGO / "manage.py", DJANGO / "gunicorn.conf.py"]
    modules += [file for folder in ("config", "ops", "notes") for file in (DJANGO / folder).rglob("*.py")]
    readers = [str(file.relative_to(DJANGO)) for file in modules if re.search(r"environ|getenv", file.read_text())]
    assert readers == ["config/env.py"]
