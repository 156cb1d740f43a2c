import subprocess
import sys
from pathlib import Path

import pytest

DJANGO = Path(__file__).resolve().parent.parent
FOLDERS = [DJANGO, DJANGO.parent / "local"]


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_python_is_written_in_the_houses_style(folder, command):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", str(folder)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long_to_read():
    lengths = {file: len(file.read_text().splitlines()) for file in DJANGO.rglob("*.py")}
    long = {str(file.relative_to(DJANGO)): length for file, length in lengths.items() if length > 250}
    assert long == {}
