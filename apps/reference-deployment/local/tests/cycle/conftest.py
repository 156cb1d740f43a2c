"""The chapters of the cycle run on one deployment, in the order of their numbers: each test stands on the one before it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from containers import engine as engines
from containers import site_image
from deployment import steps
from deployment.stop import stop
from tests.browser import Browser
from tests.cycle.deployed import DEPLOYMENT

FIRST = "test_1_deploy.py"
# The tests that failed.
FAILED: list[str] = []


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
        FAILED.append(item.name)


def pytest_runtest_setup(item: pytest.Item) -> None:
    chapters = [each.path.name for each in item.session.items if each.path.parent == item.path.parent]
    if chapters[0] != FIRST:
        pytest.fail(f"not run, because {FIRST} does not run: run the folder cycle/ as a whole", pytrace=False)
    if FAILED:
        pytest.fail(f"not run, because {FAILED[0]} failed", pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def engine() -> Iterator[engines.Engine]:
    try:
        found = engines.find()
    except engines.NoEngine as problem:
        pytest.skip(f"THE WHOLE CYCLE WAS NOT TESTED: {problem}")
    stop(DEPLOYMENT, everything=False)
    yield found
    stop(DEPLOYMENT, everything=False)


@pytest.fixture(scope="session")
def browser() -> Browser:
    return Browser.of(DEPLOYMENT)


@pytest.fixture
def release(tmp_path: Path, engine: engines.Engine) -> Callable[[Callable[[Path], None]], str]:
    """Publishes a changed copy of the project and returns its digest."""

    def publish(change: Callable[[Path], None]) -> str:
        copy = tmp_path / "django"
        shutil.copytree(site_image.DJANGO, copy, ignore=shutil.ignore_patterns("*.sqlite3", "__pycache__"))
        change(copy)
        return site_image.publish(DEPLOYMENT, engine, DEPLOYMENT.outputs(steps.REGISTRY)["RepositoryName"], copy)

    return publish
