"""The guard on imports: local/ is as its rooms say, and each planted fault is found."""

import ast

import pytest

from settings import APP, LOCAL
from tests.rooms import ROOMS, faults

CLEAN = {
    "demo.py": "from deployment import start",
    "deployment/__init__.py": "",
    "deployment/start.py": "import settings\nfrom containers import engine as engines\nfrom deployment import steps",
    "deployment/steps.py": "import json",
    "containers/__init__.py": "",
    "containers/engine.py": "def find():\n    from containers.podman import missing",
    "containers/podman.py": "missing = 1",
    "emulator/__init__.py": "",
    "emulator/__main__.py": "from emulator.ecs import tasks",
    "emulator/api.py": "import settings",
    "emulator/ecs/__init__.py": "",
    "emulator/ecs/tasks.py": "from emulator.api import call",
    "settings.py": "",
    "tests/emulator/test_api.py": "from emulator import api",
    "tests/deployment/test_steps.py": "from deployment import steps",
}
# A file, what it says instead, and what is wrong with it.
PLANTED = {
    "up": (
        "containers/engine.py",
        "from deployment import steps",
        "containers/engine.py:1 imports deployment.steps: up, from containers to deployment",
    ),
    "up to a name in a module": (
        "containers/engine.py",
        "from deployment.steps import SITE",
        "containers/engine.py:1 imports deployment.steps: up, from containers to deployment",
    ),
    "up inside a function": (
        "settings.py",
        "def late():\n    import demo",
        "settings.py:2 imports demo: up, from settings to demo",
    ),
    "up for types only": (
        "settings.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from deployment import steps",
        "settings.py:3 imports deployment.steps: up, from settings to deployment",
    ),
    "up by a call": (
        "settings.py",
        "import importlib\nimportlib.import_module('deployment.steps')",
        "settings.py:2 imports deployment.steps: up, from settings to deployment",
    ),
    "up by a relative import": (
        "emulator/api.py",
        "from .ecs import tasks",
        "emulator/api.py:1 imports emulator.ecs.tasks: up, from emulator to emulator.ecs",
    ),
    "up from a room within a room": (
        "emulator/ecs/tasks.py",
        "from .. import __main__",
        "emulator/ecs/tasks.py:1 imports emulator.__main__: up, from emulator.ecs to emulator.__main__",
    ),
    "into the tests": (
        "deployment/steps.py",
        "from tests.deployment import test_steps",
        "deployment/steps.py:1 imports tests.deployment.test_steps: up, from deployment to tests",
    ),
    "a circle of rooms": (
        "containers/podman.py",
        "from deployment import start",
        "circle: containers.engine -> containers.podman -> deployment.start -> containers.engine",
    ),
    "a circle in a room": (
        "deployment/steps.py",
        "import deployment.start",
        "circle: deployment.start -> deployment.steps -> deployment.start",
    ),
    "into the emulator": (
        "deployment/steps.py",
        "from emulator.ecs import tasks",
        "deployment/steps.py:1 imports emulator.ecs.tasks: the emulator's own files alone may",
    ),
    "into the emulator from another room's tests": (
        "tests/deployment/test_steps.py",
        "import emulator.api",
        "tests/deployment/test_steps.py:1 imports emulator.api: the emulator's own files alone may",
    ),
    "a new folder": ("network/ports.py", "", "network/ports.py is in no room"),
}


@pytest.fixture
def planted(tmp_path):
    """Writes a tree and returns its folder."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def test_imports_go_down_the_rooms_only_and_in_no_circle():
    assert faults(LOCAL) == []


def test_every_room_is_there():
    missing = [room for room in ROOMS if not list(LOCAL.glob(f"{room.replace('.', '/')}*"))]
    assert missing == []


def test_the_django_project_imports_nothing_of_the_emulator():
    """Its tests use the container engine of this folder."""
    for path in (APP / "django" / "tests").rglob("*.py"):
        nodes = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        named = [getattr(node, "module", None) or "" for node in nodes]
        named += [alias.name for node in nodes for alias in node.names]
        assert [name for name in named if name.split(".")[0] == "emulator"] == [], path


def test_a_tree_without_a_fault_has_none(planted):
    assert faults(planted(CLEAN)) == []


@pytest.mark.parametrize("file, text, fault", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found(planted, file, text, fault):
    assert fault in faults(planted(CLEAN | {file: text}))
