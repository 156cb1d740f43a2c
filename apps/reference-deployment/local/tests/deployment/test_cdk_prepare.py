import json

import pytest

from deployment import cdk


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """Names `npx` to a program that notes how it was called; returns what it noted."""
    notes = tmp_path / "notes"
    npx = tmp_path / "npx"
    npx.write_text(
        f"#!/usr/bin/env python3\nimport json, sys\nopen({str(notes)!r}, 'a').write(json.dumps(sys.argv[1:]))\n"
    )
    npx.chmod(0o755)
    monkeypatch.setattr(cdk, "CACHE", tmp_path)
    monkeypatch.setattr(cdk, "_installed", lambda: True)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return lambda: json.loads(notes.read_text()) if notes.exists() else None


def test_the_packages_are_compiled(commands, monkeypatch):
    monkeypatch.delenv("PACKAGES_COMPILED", raising=False)
    cdk.prepare(print)
    assert commands() == ["--no", "--", "nx", "run-many", "-t", "compile"]


def test_what_the_whole_test_has_compiled_is_left_alone(commands, monkeypatch):
    monkeypatch.setenv("PACKAGES_COMPILED", "true")
    cdk.prepare(print)
    assert commands() is None
