#!/usr/bin/env python3
"""The tests of the Django project: one command, which makes everything that they need and takes it away again.

    python3 tests/run.py [arguments for pytest]

Needs Python 3.11. The tests themselves run on CPython 3.13, against PostgreSQL and Valkey in containers.
"""

import signal
import sys
import tempfile
from pathlib import Path

DJANGO = Path(__file__).resolve().parent.parent
APP = DJANGO.parent
CACHE = APP.parent.parent / ".cache"
REPORT = APP / "test-reports" / "django.xml"
sys.path[:0] = [str(DJANGO), str(APP / "local")]

from containers import base_images as images
from containers import engine as engines
from containers import podman
from tests.interpreter import find_interpreter
from tests.services import Services


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that containers are removed then, too
    try:
        engine = engines.find()
        images.ensure(engine)
        reason = ""
    except engines.NoEngine as problem:
        engine, reason = None, " ".join(str(problem).split())
    except engines.EngineError as problem:
        sys.exit(str(problem))
    python = find_interpreter(engine, CACHE)
    CACHE.mkdir(exist_ok=True)
    REPORT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="django-tests-", dir=CACHE) as folder, Services(engine, Path(folder)) as up:
        environment = {**up.environment(), "TEST_SERVICES_MISSING": reason, "TMPDIR": folder}
        status = python.run(["-m", "pytest", f"--junitxml={REPORT}", *sys.argv[1:]], environment, cwd=DJANGO)
    if engine and engine.name == "podman":
        podman.forget_runtime()
    if reason:
        print(f"SKIPPED every test that needs PostgreSQL or Valkey: {reason}")
    return status


if __name__ == "__main__":
    sys.exit(main())
