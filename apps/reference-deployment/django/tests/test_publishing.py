"""The program with which the construct's release publishes static files, as it runs in the image before `migrate`."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.storage import staticfiles_storage

from tests.processes import PATIENCE

DONE = [sys.executable, "-c", "print('the command ran')"]


@pytest.fixture
def image(tmp_path):
    """The project's folder in an image: settings that say where `collectstatic` left its files, and those files."""
    (tmp_path / "staticfiles").mkdir()

    def make(extra: str = "") -> None:
        (tmp_path / "image.py").write_text(
            "from config.settings.base import *\n"
            "SECRET_KEY = 'x'\n"
            "STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}\n"
            f"STATIC_ROOT = {str(tmp_path / 'staticfiles')!r}\n{extra}"
        )

    make()
    return make


@pytest.fixture
def collect(image, tmp_path):
    """Leaves files in the image, hashed ones with their manifest."""

    def write(hashed: dict[str, str], plain: dict[str, str] | None = None) -> None:
        root = tmp_path / "staticfiles"
        for name, content in {**hashed, **(plain or {})}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)
        paths = {name.replace(".0123456789ab", ""): name for name in hashed}
        (root / "staticfiles.json").write_text(json.dumps({"paths": paths, "version": "1.1", "hash": ""}))

    return write


@pytest.fixture
def publish(program, image, static_bucket, tmp_path):
    source = program("publish_static")

    def run(command=DONE, **environment):
        return subprocess.run(
            [sys.executable, "-c", source, "static/", *command],
            cwd=tmp_path,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "image",
                "PYTHONPATH": str(django_settings.BASE_DIR),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    return run


def test_every_collected_file_is_published_before_the_command_runs(publish, collect, static_bucket):
    collect({"notes/site.0123456789ab.css": "a{}", "notes/icon.0123456789ab.svg": "<svg/>"})
    done = publish()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "static files: 2 published, 0 there already\nthe command ran\n"
    style = static_bucket.Object("static/notes/site.0123456789ab.css").get()
    assert style["Body"].read() == b"a{}"
    assert style["ContentType"] == "text/css; charset=utf-8"
    assert style["CacheControl"] == "public, max-age=31536000, immutable"
    assert static_bucket.Object("static/notes/icon.0123456789ab.svg").get()["ContentType"] == "image/svg+xml"


def test_what_another_release_published_stays(publish, collect, static_bucket):
    static_bucket.put_object(Key="static/notes/site.ffffffffffff.css", Body=b"old")
    collect({"notes/site.0123456789ab.css": "new"})
    assert publish().returncode == 0
    assert {found.key for found in static_bucket.objects.all()} == {
        "static/notes/site.0123456789ab.css",
        "static/notes/site.ffffffffffff.css",
    }


def test_a_hashed_name_is_written_once_and_another_when_its_content_changed(publish, collect, static_bucket):
    collect({"a.0123456789ab.css": "a{}"}, {"robots.txt": "one", "same.txt": "same"})
    assert publish().stdout.startswith("static files: 3 published, 0 there already\n")
    before = static_bucket.Object("static/a.0123456789ab.css").last_modified
    collect({"a.0123456789ab.css": "a{}"}, {"robots.txt": "two", "same.txt": "same"})
    assert publish().stdout.startswith("static files: 1 published, 2 there already\n")
    assert static_bucket.Object("static/a.0123456789ab.css").last_modified == before
    robots = static_bucket.Object("static/robots.txt").get()
    assert (robots["Body"].read(), robots["CacheControl"]) == (b"two", "public, max-age=300")


def test_the_manifest_and_the_compressed_twins_stay_in_the_image(publish, collect, static_bucket):
    collect({"a.0123456789ab.css": "a{}"}, {"a.0123456789ab.css.gz": "x", "a.0123456789ab.css.br": "x"})
    assert publish().returncode == 0
    assert [found.key for found in static_bucket.objects.all()] == ["static/a.0123456789ab.css"]


def test_a_project_without_hashed_names_is_published_for_a_short_time(publish, collect, image, static_bucket):
    image("STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}\n")
    collect({}, {"site.css": "a{}"})
    assert publish().returncode == 0
    assert static_bucket.Object("static/site.css").get()["CacheControl"] == "public, max-age=300"


def test_the_exit_code_is_the_command_s(publish, collect):
    collect({})
    assert publish([sys.executable, "-c", "raise SystemExit(3)"]).returncode == 3


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("STATIC_URL = 'https://cdn.example.com/'", "STATIC_URL is 'https://cdn.example.com/': make it '/static/'"),
        ("STATIC_ROOT = None", "STATIC_ROOT None is no folder of the image: run collectstatic while it is built"),
        (
            "STATIC_ROOT = '/app/gone'",
            "STATIC_ROOT /app/gone is no folder of the image: run collectstatic while it is built",
        ),
    ],
)
def test_a_release_fails_when_its_files_cannot_be_published(publish, image, setting, problem):
    image(setting + "\n")
    done = publish()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"static files: {problem}, or leave them out with release.publishStaticFiles: false\n"


def test_a_release_fails_without_boto3(publish, collect, tmp_path):
    collect({})
    (tmp_path / "boto3.py").write_text("raise ImportError('no boto3')")
    done = publish(PYTHONPATH=f"{tmp_path}:{django_settings.BASE_DIR}")
    assert done.returncode == 1
    assert done.stderr == (
        "static files: boto3 is not in the image: add it to the project's requirements,"
        " or leave them out with release.publishStaticFiles: false\n"
    )


def test_a_release_fails_when_the_bucket_refuses(publish, collect, static_bucket):
    collect({"a.0123456789ab.css": "a{}"})
    done = publish(STATIC_BUCKET="another-bucket")
    assert done.returncode == 1
    assert "NoSuchBucket" in done.stderr
    assert "the command ran" not in done.stdout


def test_all_files_of_this_project_are_published(publish, image, static_bucket):
    image(f"STATIC_ROOT = {str(django_settings.STATIC_ROOT)!r}\n")
    assert publish().returncode == 0
    published = {found.key.removeprefix("static/") for found in static_bucket.objects.all()}
    assert set(staticfiles_storage.hashed_files.values()) <= published
