import io
import os
import re
import runpy
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import global_settings
from django.conf import settings as django_settings
from PIL import Image

from tests.processes import PATIENCE, running

DJANGO = Path(__file__).resolve().parent.parent
CONSTRUCT = DJANGO.parent.parent.parent / "packages" / "django-fargate-construct"
SERVICES_MISSING = os.environ.get("TEST_SERVICES_MISSING", "tests/run.py did not start them")
HTTPS = {"host": "www.example.com", "x-forwarded-proto": "https"}


def pytest_collection_modifyitems(items):
    if not SERVICES_MISSING:
        return
    skip = pytest.mark.skip(reason=f"no PostgreSQL and Valkey: {SERVICES_MISSING}")
    for item in items:
        needs = {*item.fixturenames, *(mark.name for mark in item.iter_markers())}
        if needs & {"services", "db", "transactional_db", "django_db"}:
            item.add_marker(skip)


def pytest_configure(config):
    # So that the processes that a test has started are ended then, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _collect_static_files()


def _collect_static_files():
    """As the image's build does: with the build settings and an empty environment."""
    code = (
        "import django, sys; from django.conf import settings; from django.core.management import call_command;"
        "settings.STATIC_ROOT = sys.argv[1]; django.setup();"
        "call_command('collectstatic', interactive=False, verbosity=0)"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.build", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [sys.executable, "-c", code, str(django_settings.STATIC_ROOT)],
        cwd=DJANGO,
        env=environment,
        check=True,
        timeout=PATIENCE,
    )


@pytest.fixture
def start():
    """Starts processes, which end with the test."""
    with ExitStack() as started:
        yield lambda command, **options: started.enter_context(running(command, **options))


@pytest.fixture
def production():
    """Production settings as a dictionary, read afresh from the environment that the test has prepared."""

    file = DJANGO / "config" / "settings" / "production.py"
    return lambda: runpy.run_path(str(file), run_name="config.settings.read_afresh")


@pytest.fixture
def site(client):
    """A client that asks the way a load balancer passes on a request that came over HTTPS."""
    client.defaults |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HTTPS.items()}
    return client


@pytest.fixture
def plain_http(monkeypatch, settings, production):
    """The settings of a site whose SITE_URL has the scheme http."""
    https = production()
    monkeypatch.setenv("SITE_URL", "http://www.example.com")
    for name in https.keys() - production().keys():
        setattr(settings, name, getattr(global_settings, name))


@pytest.fixture(autouse=True)
def _attentive_cache(monkeypatch):
    """A cache that was away in one test is asked again in the next."""
    from ops.cache import TolerantClient

    monkeypatch.setattr(TolerantClient, "_resume_at", 0.0)


@pytest.fixture
def cache_at(settings):
    """Moves the cache to another port of this machine."""

    def move(port: int, **options):
        default = settings.CACHES["default"]
        location = re.sub(r":\d+/0$", f":{port}/0", default["LOCATION"])
        settings.CACHES = {
            "default": {**default, "LOCATION": location, "OPTIONS": {**default["OPTIONS"], **options}},
        }

    return move


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("ada", password="a-long-password")


@pytest.fixture
def member(site, user):
    """A client that is logged in."""
    site.force_login(user)
    return site


@pytest.fixture(scope="session")
def _object_store():
    """Stands in for S3 and Secrets Manager."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    _host, port = server.get_host_and_port()
    os.environ["AWS_ENDPOINT_URL_S3"] = f"http://127.0.0.1:{port}"
    os.environ["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = f"http://127.0.0.1:{port}"
    yield
    server.stop()


@pytest.fixture
def bucket(_object_store):
    """The media bucket, empty, on an S3 server of this process."""
    yield from _new_bucket("MEDIA_BUCKET")


@pytest.fixture
def static_bucket(_object_store):
    """The bucket of static files, likewise."""
    yield from _new_bucket("STATIC_BUCKET")


def _new_bucket(variable: str):
    import boto3

    region = os.environ["AWS_REGION"]
    bucket = boto3.resource("s3", region_name=region).Bucket(os.environ[variable])
    bucket.create(CreateBucketConfiguration={"LocationConstraint": region})
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


@pytest.fixture(scope="session")
def program():
    """Reads a Python program out of the construct that runs it in the site's image."""

    def read(name: str) -> str:
        return (CONSTRUCT / "python" / f"{name}.py").read_text()

    return read


@pytest.fixture
def queued():
    """Tasks go to the broker, not at once to this process."""
    from config.celery import app

    app.conf.task_always_eager = False
    yield app
    app.conf.task_always_eager = True


@pytest.fixture
def channel(monkeypatch):
    """The broker that the Celery application finds, with nothing in it."""
    from config.celery import app
    from tests.queues import Lists

    made = Lists()
    monkeypatch.setattr(app, "connection_for_read", lambda: made)
    return made


@pytest.fixture
def picture():
    """Makes the bytes of a picture."""

    def make(format="PNG", size=(64, 48), mode="RGB", **options) -> bytes:
        output = io.BytesIO()
        Image.new(mode, size, "teal").save(output, format, **options)
        return output.getvalue()

    return make


@pytest.fixture
def upload(picture):
    """Makes an uploaded file, by default of a good picture."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return lambda content=None, name="holiday.png": SimpleUploadedFile(name, content or picture(), "image/png")
