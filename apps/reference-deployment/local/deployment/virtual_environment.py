"""The virtual environment of the emulator and its tests, made from hashed requirements and remade when they change."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from problem import Problem
from settings import CACHE, LOCAL, VENV

REQUIREMENTS = LOCAL / "requirements.txt"
PYTHON = VENV / "bin" / "python"
MINIMUM = (3, 11)


def ensure() -> Path:
    """Makes the environment unless it is there and complete; returns its Python."""
    if sys.version_info < MINIMUM:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Problem(f"Python {found} runs this, 3.11 or newer is needed.", "run the command with a newer python3")
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "made-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return PYTHON
    shutil.rmtree(VENV, ignore_errors=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / "venv.log"
    with log.open("w") as stream:
        for command in (
            [sys.executable, "-m", "venv", str(VENV)],
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(REQUIREMENTS)],
        ):
            if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream).returncode:
                hint = "apt-get install python3-venv" if "venv" in command else "see whether PyPI can be reached"
                raise Problem(f"`{' '.join(command)}` failed.", f"{hint}, then run this again", log)
    stamp.write_text(wanted)
    return PYTHON
