from pathlib import Path

import pytest

from containers.engine import Engine
from deployment import cdk, preparation
from problem import Problem

ENGINE = Engine("podman", {})


@pytest.fixture
def images(monkeypatch, tmp_path):
    """Stands for the command that makes the images; returns what it does."""

    def does(program: str) -> None:
        (tmp_path / "demo.py").write_text(program)
        monkeypatch.setattr(preparation, "LOCAL", tmp_path)

    return does


def test_images_are_made_beside_the_packages(images, monkeypatch, tmp_path, capsys):
    images(
        f"import os, sys\nos.mkfifo({str(tmp_path / 'half')!r})\nopen({str(tmp_path / 'half')!r}).read()\nprint('made', sys.argv[1])"
    )

    def packages(progress):
        while not (tmp_path / "half").exists():
            pass
        (tmp_path / "half").write_text("the packages are there while the images are not")

    monkeypatch.setattr(cdk, "prepare", packages)
    preparation.prepare(ENGINE, print)
    assert capsys.readouterr().out == "made prepare\n"


def test_what_failed_with_the_images_is_said(images, monkeypatch, capsys):
    images("import sys\nsys.exit('FAILED: no mirror answers')")
    monkeypatch.setattr(cdk, "prepare", print)
    with pytest.raises(Problem, match="the images could not be made, see above"):
        preparation.prepare(ENGINE, print)
    assert "FAILED: no mirror answers" in capsys.readouterr().out


def test_when_the_packages_fail_the_images_are_not_waited_for(images, monkeypatch, tmp_path):
    images(
        f"import signal, subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)\n"
        f"open({str(tmp_path / 'child')!r}, 'w').write(str(child.pid) + ' ')\nsignal.pause()"
    )
    child = tmp_path / "child"

    def packages(progress):
        while not (child.exists() and child.read_text().endswith(" ")):
            pass
        raise Problem("`npm ci` ended with 1.", "see whether the npm registry can be reached")

    monkeypatch.setattr(cdk, "prepare", packages)
    with pytest.raises(Problem, match="npm ci"):
        preparation.prepare(ENGINE, print)
    status = Path("/proc", child.read_text().strip(), "status")
    while status.exists() and "State:\tZ" not in status.read_text():
        pass  # it ends a moment later


def test_without_an_engine_no_image_is_made(images, monkeypatch):
    images("raise SystemExit('never')")
    done: list[object] = []
    monkeypatch.setattr(cdk, "prepare", done.append)
    preparation.prepare(None, print)
    assert done == [print]
