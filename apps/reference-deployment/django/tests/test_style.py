from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent.parent
LONGEST = 250


def sources(folder: Path) -> list[Path]:
    """Every Python file of a folder; a virtual environment in it is somebody else's."""
    files = (file.relative_to(APP) for file in folder.rglob("*.py"))
    return [file for file in files if not any(part.startswith(".") for part in file.parts)]


@pytest.mark.parametrize("folder", ["django", "local"])
def test_no_file_is_too_long_to_read(folder):
    lengths = {str(file): len((APP / file).read_text().splitlines()) for file in sources(APP / folder)}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}
    assert lengths
