import stat
import subprocess
import sys

import pytest

from state import State, started
from tests.patience import PATIENCE_S


@pytest.fixture
def state(tmp_path):
    return State(tmp_path / "run" / "state.json")


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_the_file_is_readable_by_its_owner_only(state):
    state.write(password="secret")
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o600


def test_a_change_keeps_the_rest(state):
    state.write(password="secret")
    state.write(image="sha256:1")
    assert state.read() == {"password": "secret", "image": "sha256:1"}


@pytest.mark.parametrize("text", ["", "{", '{"processes": '])
def test_a_half_written_file_counts_as_none(state, text):
    state.path.parent.mkdir(parents=True)
    state.path.write_text(text)
    assert state.read() == {}


def test_a_running_process_is_alive_until_it_is_ended(state, sleeper):
    state.remember("emulator", sleeper.pid)
    assert state.alive("emulator") == sleeper.pid
    state.end("emulator", patience=PATIENCE_S)
    assert started(sleeper.pid) is None
    assert state.alive("emulator") is None
    assert state.processes() == []


def test_a_process_that_died_is_not_alive_and_ending_it_is_no_error(state, sleeper):
    state.remember("emulator", sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert state.alive("emulator") is None
    state.end("emulator")
    assert state.processes() == []


def test_another_process_with_the_same_number_is_left_alone(state, sleeper):
    state.write(processes={"emulator": {"pid": sleeper.pid, "started": (started(sleeper.pid) or 0) - 1}})
    assert state.alive("emulator") is None
    state.end("emulator")
    assert sleeper.poll() is None


def test_what_was_started_last_is_ended_first(state, sleeper):
    for name in ("podman", "emulator", "proxy"):
        state.remember(name, sleeper.pid)
    assert state.processes() == ["proxy", "emulator", "podman"]
