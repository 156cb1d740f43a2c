import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops import heartbeat, probe

DJANGO = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(tmp_path):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "ops.probe", *arguments],
            cwd=DJANGO,
            env={"TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
        )

    return run


def beat(folder: Path, age: float):
    file = folder / heartbeat.FILE.name
    file.touch()
    os.utime(file, (time.time() - age,) * 2)


def test_a_worker_with_a_fresh_heartbeat_is_healthy(run, tmp_path):
    beat(tmp_path, age=heartbeat.INTERVAL + 1)
    assert run("worker").returncode == 0


def test_a_worker_whose_heart_stopped_is_not(run, tmp_path):
    beat(tmp_path, age=probe.MAX_AGE + 1)
    done = run("worker")
    assert (done.returncode, "the last heartbeat is 61 s old" in done.stderr) == (1, True)


def test_a_worker_that_never_lived_is_not(run):
    done = run("worker")
    assert (done.returncode, "no heartbeat" in done.stderr) == (1, True)


def test_an_unknown_process_is_refused(run):
    done = run("beat")
    assert (done.returncode, done.stderr.strip()) == (1, "usage: python -m ops.probe web|worker, got ['beat']")


def test_a_heart_may_miss_some_beats():
    assert probe.MAX_AGE >= 3 * heartbeat.INTERVAL


def test_the_probe_imports_nothing_but_the_standard_library():
    code = "import sys, ops.probe; print(*[m for m in sys.modules if m.partition('.')[0] in ('django', 'celery')])"
    shown = subprocess.run([sys.executable, "-c", code], cwd=DJANGO, capture_output=True, text=True)
    assert shown.stdout.strip() == ""
