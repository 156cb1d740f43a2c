import os

import pytest

from containers import engine as engines
from containers import podman
from containers.engine import content_hash, host_pip_config


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    (folder / "a").write_text("1")
    (folder / "sub" / "b").write_text("2")
    return folder


def test_a_hash_stays_when_nothing_changes(tree):
    before = content_hash(tree)
    (tree / "__pycache__").mkdir()
    (tree / "__pycache__" / "a.pyc").write_text("byte code")
    assert content_hash(tree) == before
    assert len(before) == 12


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: (tree / "a").write_text("3"),
        lambda tree: (tree / "a").rename(tree / "c"),
        lambda tree: (tree / "a").chmod(0o755),
        lambda tree: (tree / "d").write_text(""),
    ],
)
def test_a_hash_changes_with_content_name_and_mode(tree, change):
    before = content_hash(tree)
    change(tree)
    assert content_hash(tree) != before


def test_without_an_engine_the_reason_and_the_next_step_are_said(monkeypatch):
    monkeypatch.setattr(engines, "_docker", lambda: None)
    monkeypatch.setattr(podman.shutil, "which", lambda tool: None)
    monkeypatch.setattr(podman.os, "geteuid", lambda: 0)
    with pytest.raises(engines.NoEngine) as problem:
        engines.find(install=False)
    assert "no Docker daemon answers, and podman cannot be used: podman and runc not installed" in str(problem.value)
    assert "Next step: start Docker, or as root `apt-get install" in str(problem.value)


def test_podman_without_root_is_refused(monkeypatch):
    monkeypatch.setattr(engines, "_docker", lambda: None)
    monkeypatch.setattr(podman.os, "geteuid", lambda: 1000)
    with pytest.raises(engines.NoEngine, match="must run as root"):
        engines.find()


def test_another_system_than_linux_is_refused(monkeypatch):
    monkeypatch.setattr(engines.platform, "system", lambda: "Darwin")
    with pytest.raises(engines.NoEngine, match="run this on Linux"):
        engines.find()


def test_the_hosts_pip_configuration_is_the_named_one(tmp_path, monkeypatch):
    own = tmp_path / "pip.conf"
    own.write_text("[global]\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(own))
    assert host_pip_config() == own
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "absent"))
    assert host_pip_config() is None


@pytest.fixture
def listing(tmp_path, monkeypatch):
    """An engine whose list of images fails while `failures` has lines, as podman's does when an image goes meanwhile."""
    failures, removed = tmp_path / "failures", tmp_path / "removed"
    engine = tmp_path / "engine"
    engine.write_text(
        f"""#!/bin/sh
case "$1 $2" in
  "image inspect") [ "$5" = here ] && echo sha256:1 || {{ echo "Error: $5: image not known" >&2; exit 125; }};;
  "images --format")
    if [ -s {failures} ]; then sed -i 1d {failures}; echo "Error: reading image: image not known" >&2; exit 125; fi
    echo "1 shop/site"; echo "2 other";;
  rmi*) echo "$@" > {removed};;
esac
"""
    )
    engine.chmod(0o755)
    return engines.Engine(str(engine), os.environ), failures, removed


def test_an_image_is_there_or_not(listing):
    engine, _, _ = listing
    assert engine.has_image("here")
    assert not engine.has_image("elsewhere")


def test_a_list_that_fails_while_another_program_removes_an_image_is_asked_for_again(listing):
    engine, failures, removed = listing
    failures.write_text("1\n2\n3\n4\n")
    engine.remove_images("shop/")
    assert removed.read_text() == "rmi --force 1\n"


def test_a_list_that_goes_on_failing_is_an_error(listing):
    engine, failures, removed = listing
    failures.write_text("again\n" * 9)
    with pytest.raises(engines.EngineError, match="image not known"):
        engine.remove_images("shop/")
    assert not removed.exists()
