"""The tests of local/: the quick ones, and one whole cycle on the emulator.

python3 local/tests/run.py [pytest's options]      e.g. -k "not cycle and not control_plane" for the quick ones alone,
                                                   or the path of a folder or file
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS.parent))

from deployment import virtual_environment
from problem import Problem
from settings import APP, CACHE


def main() -> int:
    try:
        python = virtual_environment.ensure()
    except Problem as problem:
        print(f"FAILED: {problem}", file=sys.stderr)
        return 1
    report = APP / "test-reports" / "local.xml"
    command = [
        str(python),
        "-m",
        "pytest",
        *([] if any(Path(argument.partition("::")[0]).exists() for argument in sys.argv[1:]) else [str(TESTS)]),
        "-p",
        "no:cacheprovider",
        "-rs",
        f"--rootdir={TESTS}",
        f"--junitxml={report}",
        *sys.argv[1:],
    ]
    with tempfile.TemporaryDirectory(prefix="tests-", dir=CACHE) as folder:
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": folder}
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
