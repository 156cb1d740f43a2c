import os
import runpy
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from config import env
from tests.processes import PATIENCE
from tests.web import gunicorn_example

DJANGO = Path(__file__).resolve().parent.parent
HTTPS_ONLY = {"security.W004", "security.W008", "security.W012", "security.W016"}


def check_deploy(**environment):
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=DJANGO,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.services
def test_check_deploy_finds_nothing_on_an_https_site():
    done = check_deploy()
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), done.stderr


@pytest.mark.services
def test_check_deploy_misses_only_https_on_a_plain_site():
    done = check_deploy(SITE_URL="http://www.example.com")
    assert {word.strip("?:()") for word in done.stderr.split() if "security.W" in word} == HTTPS_ONLY


def test_an_https_site_redirects_and_has_secure_cookies(production):
    found = production()
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["SECURE_SSL_REDIRECT"] and found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] >= 31536000
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-") and found["CSRF_COOKIE_NAME"].startswith("__Host-")


def test_a_plain_site_differs_in_these_settings_only(production, monkeypatch):
    https = {name: value for name, value in production().items() if name.isupper()}
    monkeypatch.setenv("SITE_URL", "http://internal.example.com")
    plain = {name: value for name, value in production().items() if name.isupper()}
    same = set(plain) - {"CACHES", "STORAGES"}  # hold objects that are made anew
    assert {name for name in same if plain[name] != https[name]} == set()
    assert set(https) - set(plain) == {
        "SECURE_PROXY_SSL_HEADER",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_HSTS_PRELOAD",
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_SECURE",
        "CSRF_COOKIE_NAME",
    }


def test_every_connection_is_verified(production):
    found = production()
    options = found["DATABASES"]["default"]["OPTIONS"]
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/etc/ssl/rds/global-bundle.pem")
    cache = found["CACHES"]["default"]
    assert cache["LOCATION"].startswith("rediss://")
    assert (cache["OPTIONS"]["ssl_cert_reqs"], cache["OPTIONS"]["ssl_check_hostname"]) == ("required", True)
    assert found["CELERY_BROKER_URL"].startswith("rediss://")
    assert found["CELERY_BROKER_USE_SSL"] == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}


@pytest.mark.parametrize("process", env.PROCESSES)
def test_the_process_is_the_databases_application_name(production, monkeypatch, process):
    monkeypatch.setenv("DJANGO_PROCESS", process)
    assert production()["DATABASES"]["default"]["OPTIONS"]["application_name"] == f"django-{process}"


def test_times_are_utc():
    assert (django_settings.TIME_ZONE, django_settings.USE_TZ) == ("UTC", True)


def test_middleware_answers_health_first_and_knows_the_request_id_second():
    names = [path.rsplit(".", 1)[1] for path in django_settings.MIDDLEWARE]
    assert names[:3] == ["HealthMiddleware", "RequestIdMiddleware", "SecurityMiddleware"]
    assert names.index("ContentSecurityPolicyMiddleware") < names.index("SessionMiddleware")
    assert (
        names.index("SessionMiddleware") < names.index("CsrfViewMiddleware") < names.index("AuthenticationMiddleware")
    )


def gunicorn_arguments() -> dict:
    """What gunicorn makes of the example in the README, which is what the construct sends by default."""
    from gunicorn.config import Config

    return vars(Config().parser().parse_args(gunicorn_example()))


def test_each_time_limit_ends_before_the_one_around_it(production):
    found, web = production(), gunicorn_arguments()
    statement, lock = 15, 5
    assert f"statement_timeout={statement}000" in found["DATABASES"]["default"]["OPTIONS"]["options"]
    assert f"lock_timeout={lock}000" in found["DATABASES"]["default"]["OPTIONS"]["options"]
    assert lock < statement < web["timeout"] < web["graceful_timeout"] < 60  # the load balancer's and the stop limit
    assert web["keepalive"] > 60
    storage = found["STORAGES"]["default"]["OPTIONS"]["client_config"]
    assert storage.connect_timeout + storage.read_timeout < web["timeout"]


def test_nobody_waits_long_for_what_is_away(production):
    found = production()
    assert found["READYZ_SECONDS"] == 2
    assert found["DATABASES"]["default"]["OPTIONS"]["connect_timeout"] == 5
    cache = found["CACHES"]["default"]["OPTIONS"]
    assert (cache["socket_connect_timeout"], cache["socket_timeout"]) == (1, 1)
    broker = found["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert (broker["socket_connect_timeout"], broker["socket_timeout"]) == (2, 10)


def test_a_task_ends_before_it_is_handed_out_again_and_before_its_worker_is_killed():
    limits = django_settings
    assert limits.CELERY_TASK_SOFT_TIME_LIMIT < limits.CELERY_TASK_TIME_LIMIT < 120
    assert limits.CELERY_TASK_TIME_LIMIT < limits.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert limits.CELERY_TASK_ACKS_LATE and limits.CELERY_TASK_REJECT_ON_WORKER_LOST


def test_gunicorns_file_leaves_the_deployments_numbers_alone():
    found = runpy.run_path(str(DJANGO / "gunicorn.conf.py"))
    options = {name for name in found if not name.startswith("_")} - {"env", "logging_config", "Any"}
    assert options == {"preload_app", "logconfig_dict", "control_socket_disable", "post_worker_init"}
    assert found["preload_app"] and found["control_socket_disable"]


def test_development_needs_no_service_and_no_variable():
    code = (
        "import django; from django.conf import settings; settings.DATABASES['default']['NAME'] = ':memory:';"
        "django.setup(); from django.core.management import call_command; call_command('migrate_locked');"
        "from django.test import Client; answer = Client().get('/', headers={'host': 'localhost'});"
        "assert answer.status_code == 200, answer.content; call_command('check', fail_level='WARNING')"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.development", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=DJANGO, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_a_changed_secret_key_logs_nobody_out_while_the_old_one_is_the_fallback(
    member, settings, production, monkeypatch
):
    monkeypatch.setenv("DJANGO_SECRET_KEY", "new" * 20)
    monkeypatch.setenv("DJANGO_SECRET_KEY_FALLBACK", settings.SECRET_KEY)
    changed = production()
    assert changed["SECRET_KEY_FALLBACKS"] == [settings.SECRET_KEY]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = changed["SECRET_KEY"], changed["SECRET_KEY_FALLBACKS"]
    assert member.get("/notes/add/").status_code == 200
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "other" * 12, []
    assert member.get("/notes/add/").status_code == 302


def test_a_proxy_is_connected_to_in_the_words_that_it_understands(production, monkeypatch):
    direct = production()["DATABASES"]["default"]
    monkeypatch.setenv("DATABASE_HOST", "proxy.example")
    found = production()["DATABASES"]
    assert found.keys() == {"default"}
    options = found["default"].pop("OPTIONS")
    # Its certificate is one of Amazon Trust Services, not of Amazon RDS; it takes no `options`.
    assert options == {
        **{name: value for name, value in direct.pop("OPTIONS").items() if name != "options"},
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ssl/certs/ca-certificates.crt",
    }
    assert found["default"] == {**direct, "HOST": "proxy.example", "DISABLE_SERVER_SIDE_CURSORS": True}


def test_replicas_are_a_second_database_past_the_proxy(production, monkeypatch):
    direct = production()["DATABASES"]["default"]
    monkeypatch.setenv("DATABASE_HOST", "proxy.example")
    monkeypatch.setenv("DATABASE_REPLICA_HOST", "one.example,two.example")
    replica = production()["DATABASES"]["replica"]
    assert replica.pop("OPTIONS") == {**direct.pop("OPTIONS"), "load_balance_hosts": "random"}
    assert replica == {**direct, "HOST": "one.example,two.example", "TEST": {"MIRROR": "default"}}
