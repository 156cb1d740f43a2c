import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from ops import beat, heartbeat, probe
from tests.processes import PATIENCE

DJANGO = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(tmp_path):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "ops.probe", *arguments],
            cwd=DJANGO,
            env={"TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )

    return run


PROCESSES = pytest.mark.parametrize(("process", "file"), [("worker", heartbeat.FILE), ("beat", beat.FILE)])


def touch(file: Path, age: float):
    file.touch()
    os.utime(file, (time.time() - age,) * 2)


@PROCESSES
def test_a_process_with_a_fresh_heartbeat_is_healthy(run, tmp_path, process, file):
    touch(tmp_path / file.name, age=-PATIENCE)  # fresh even to a probe that is slow to start
    assert run(process).returncode == 0


@PROCESSES
def test_a_process_whose_heart_stopped_is_not(run, tmp_path, process, file):
    touch(tmp_path / file.name, age=probe.MAX_AGE + 1)
    done = run(process)
    assert done.returncode == 1
    assert re.fullmatch(r"the last heartbeat is \d+ s old\n", done.stderr)


@PROCESSES
def test_a_process_that_never_lived_is_not(run, process, file):
    done = run(process)
    assert (done.returncode, "no heartbeat" in done.stderr) == (1, True)


def test_an_unknown_process_is_refused(run):
    done = run("release")
    assert (done.returncode, done.stderr.strip()) == (1, "usage: python -m ops.probe web|worker|beat, got ['release']")


def test_a_heart_may_miss_some_beats():
    assert probe.MAX_AGE >= 3 * max(heartbeat.INTERVAL, settings.CELERY_BEAT_MAX_LOOP_INTERVAL)


def test_the_probe_imports_nothing_but_the_standard_library():
    code = "import sys, ops.probe; print(*[m for m in sys.modules if m.partition('.')[0] in ('django', 'celery')])"
    shown = subprocess.run([sys.executable, "-c", code], cwd=DJANGO, capture_output=True, text=True)
    assert shown.stdout.strip() == ""
