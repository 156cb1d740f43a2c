import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from config.celery import app
from notes import tasks
from notes.models import Note
from notes.pictures import THUMBNAIL_SIZE, picture_name
from notes.publishing import publish
from notes.tasks import make_missing_thumbnails, make_thumbnail
from ops import beat
from tests.processes import PATIENCE, wait_for

DJANGO = Path(__file__).resolve().parent.parent


@pytest.fixture
def note(bucket, picture, db):
    note = Note(text="x")
    note.picture.save("x.webp", ContentFile(picture("WEBP", size=(1600, 900))), save=False)
    note.save()
    return note


def test_a_thumbnail_is_small_and_named_after_its_picture(note):
    from PIL import Image

    make_thumbnail(note.pk)
    note.refresh_from_db()
    assert note.thumbnail.name == note.picture.name.replace("pictures", "thumbnails")
    with default_storage.open(note.thumbnail.name) as file:
        assert Image.open(file).size == (THUMBNAIL_SIZE[0], THUMBNAIL_SIZE[0] * 9 // 16)


def test_a_note_that_has_its_thumbnail_is_left_alone(note, monkeypatch):
    make_thumbnail(note.pk)
    monkeypatch.setattr(default_storage, "save", lambda *_: pytest.fail("the thumbnail was written again"))
    make_thumbnail(note.pk)


def test_a_task_that_was_cut_off_after_its_upload_leaves_one_file_when_it_runs_again(note, bucket):
    make_thumbnail(note.pk)
    Note.objects.update(thumbnail="")
    make_thumbnail(note.pk)
    assert len(list(bucket.objects.all())) == 2


@pytest.mark.django_db
def test_a_note_that_is_gone_is_no_error(bucket, caplog):
    make_thumbnail(4711)
    assert "Note 4711 is gone" in caplog.text


def test_a_note_that_goes_meanwhile_leaves_no_file(note, bucket, monkeypatch):
    save = default_storage.save

    def save_after_the_note_is_gone(*args):
        Note.objects.filter(pk=note.pk)._raw_delete("default")
        return save(*args)

    monkeypatch.setattr(default_storage, "save", save_after_the_note_is_gone)
    make_thumbnail(note.pk)
    assert [item.key for item in bucket.objects.all()] == [note.picture.name]


def test_a_bucket_that_fails_once_is_asked_again(note, monkeypatch):
    opened = default_storage.open
    failures = [ClientError({"Error": {"Code": "503"}}, "GetObject")]

    def fail_once(*args):
        if failures:
            raise failures.pop()
        return opened(*args)

    monkeypatch.setattr(default_storage, "open", fail_once)
    make_thumbnail.apply([note.pk], throw=False)
    note.refresh_from_db()
    assert note.thumbnail


def test_tasks_are_acknowledged_when_they_are_done():
    assert app.conf.task_acks_late and app.conf.task_reject_on_worker_lost
    assert make_thumbnail.acks_late and app.conf.worker_prefetch_multiplier == 1


@pytest.mark.django_db
def test_a_task_is_sent_when_the_note_can_be_seen_and_not_before(monkeypatch, django_capture_on_commit_callbacks):
    sent: list[int] = []
    monkeypatch.setattr(make_thumbnail, "delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        note = Note(text="x", picture=picture_name(None, ""))
        publish(note)
        assert sent == []
    assert sent == [note.pk]


@pytest.fixture
def worker(transactional_db, _object_store, start, tmp_path):
    """A real worker, as the deployment starts it, on the tests' database: its process and its output."""
    secret = {**json.loads(os.environ["DATABASE_SECRET"]), "dbname": connection.settings_dict["NAME"]}
    command = (
        "celery --app config worker --queues default --concurrency 1 --loglevel INFO --without-gossip --without-mingle"
    )
    variables = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DJANGO_PROCESS": "worker",
        "DATABASE_SECRET": json.dumps(secret),
        "TMPDIR": str(tmp_path),
    }
    output = tmp_path / "output"
    with output.open("w") as stream:
        process = start(
            [sys.executable, "-m", *command.split()],
            cwd=DJANGO,
            env={**os.environ, **variables},
            stdout=stream,
            stderr=subprocess.DEVNULL,
        )
    return process, output


def test_a_worker_makes_the_thumbnail_lives_visibly_and_stops_when_told(worker, queued, bucket, picture, tmp_path):
    process, output = worker
    note = Note(text="x")
    note.picture.save("x.webp", ContentFile(picture("WEBP")), save=False)
    publish(note)
    wait_for(lambda: Note.objects.get().thumbnail, output.read_text)
    heartbeat = tmp_path / "worker.heartbeat"
    assert heartbeat.exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert not heartbeat.exists()
    written = output.read_text().splitlines()
    # The one text that Celery prints past the loggers; the task's last line may come after it.
    assert [line for line in written if not line.startswith("{")] == ["", "worker: Warm shutdown (MainProcess)"]
    lines = [json.loads(line) for line in written if line.startswith("{")]
    assert {line["process"] for line in lines} == {"worker"}
    assert any(line["message"] == f"Note {note.pk} got its thumbnail" for line in lines)


@pytest.mark.django_db
def test_thumbnails_that_are_late_are_asked_for_again_and_no_others(monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(make_thumbnail, "delay", sent.append)
    now = timezone.now()
    ages = {"new": timedelta(seconds=5), "late": timedelta(minutes=2), "hopeless": timedelta(days=2)}
    notes = {}
    for name, age in ages.items():
        notes[name] = Note.objects.create(text=name, picture=picture_name(None, ""))
        Note.objects.filter(pk=notes[name].pk).update(created_at=now - age)
    done = Note.objects.create(text="done", picture=picture_name(None, ""), thumbnail="thumbnails/x.webp")
    Note.objects.filter(pk=done.pk).update(created_at=now - ages["late"])
    make_missing_thumbnails()
    assert sent == [notes["late"].pk]


@pytest.mark.django_db
def test_no_more_thumbnails_are_asked_for_than_workers_can_take(monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(make_thumbnail, "delay", sent.append)
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    Note.objects.bulk_create(Note(text="x", picture=picture_name(None, "")) for _ in range(3))
    Note.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    make_missing_thumbnails()
    assert len(sent) == 2


def test_beat_sends_tasks_that_exist_and_expire_before_the_next():
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] < 60


def test_beat_lives_visibly_and_stops_when_told(start, tmp_path):
    """As the deployment starts it, in a folder where it may write nothing but its schedule."""
    command = f"celery --quiet --app config beat --loglevel INFO --schedule {tmp_path}/celerybeat-schedule"
    before = {path.name for path in DJANGO.iterdir()}
    process = start(
        [sys.executable, "-m", *command.split()],
        cwd=DJANGO,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DJANGO_PROCESS": "beat",
            "TMPDIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
    )
    heartbeat = tmp_path / beat.FILE.name
    wait_for(lambda: heartbeat.exists() or process.poll() is not None)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, heartbeat.exists()) == (0, True), output
    assert {json.loads(line)["process"] for line in output.splitlines()} == {"beat"}
    assert {path.name for path in DJANGO.iterdir()} == before
