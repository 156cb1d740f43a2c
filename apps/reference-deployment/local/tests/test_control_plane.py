"""Without a container engine the stacks are deployed all the same, and nobody is told that a site runs."""

import os
import subprocess

import pytest

from settings import LOCAL, VENV

OPTIONS = ("--name", "without-engine", "--port", "8092", "--gateway-port", "4592")
HIDDEN = ("docker", "podman", "apt-get")


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with every command of this machine but the container engines and what would install one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for directory in os.environ["PATH"].split(os.pathsep):
        for name in os.listdir(directory) if os.path.isdir(directory) else ():
            if name not in HIDDEN and not (folder / name).exists():
                (folder / name).symlink_to(os.path.join(directory, name))
    return str(folder)


@pytest.fixture
def demo_command(bare_path):
    def run(command):
        return subprocess.run(
            [str(VENV / "bin" / "python"), str(LOCAL / "demo.py"), command, *OPTIONS],
            env=os.environ | {"PATH": bare_path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    yield run
    run("stop")


def test_the_control_plane_is_deployed_and_the_user_is_told(demo_command):
    done = demo_command("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NO CONTAINER ENGINE" in done.stdout
    assert "Next step: start Docker, or as root `apt-get install" in done.stdout
    assert "NO SITE RUNS" in done.stdout
    assert "Password" not in done.stdout
