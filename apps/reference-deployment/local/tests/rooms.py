"""The rooms of local/, and what an import may not do: go up their list, in a circle, or into the emulator from outside."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Imports go down this list only. A room is a folder or a file; the longest name that fits a module is its room.
ROOMS = (
    "tests",
    "demo",
    "deployment",
    "proxy",
    "containers",
    "emulator.__main__",
    "emulator.ecs",
    "emulator",
    "local_deployment",
    "state",
    "aws",
    "settings",
    "problem",
)
# The emulator runs in a process of its own: nobody else imports it.
OF_THE_EMULATOR = ("emulator", "tests.emulator")


class Import(NamedTuple):
    """One import: the module that it is in, with its file and line, and the module that it names."""

    module: str
    place: str
    target: str


def faults(folder: Path) -> list[str]:
    """What is wrong with the imports below `folder`, or nothing."""
    files = {_module(path.relative_to(folder)): path for path in sorted(folder.rglob("*.py"))}
    lost = [f"{files[name].relative_to(folder)} is in no room" for name in files if _room(name) is None]
    imports = [each for name, path in files.items() for each in _imports(name, path, folder, set(files))]
    return [*lost, *_upward(imports), *_intruding(imports), *_circles(imports)]


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _room(module: str) -> str | None:
    return max((room for room in ROOMS if _within(module, room)), key=len, default=None)


def _imports(module: str, path: Path, folder: Path, modules: set[str]) -> Iterator[Import]:
    """The imports of modules below the folder, wherever in the file they stand."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        for name in _names(node, package):
            target = name if name in modules else name.rpartition(".")[0]
            if target in modules and target != module:
                yield Import(module, f"{path.relative_to(folder)}:{getattr(node, 'lineno', 0)}", target)


def _names(node: ast.AST, package: str) -> list[str]:
    """The names that a statement or a call imports: modules, or things in modules."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*parents, *filter(None, [node.module])])
        return [f"{base}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return [str(node.args[0].value)] if function in ("import_module", "__import__") else []
    return []


def _upward(imports: list[Import]) -> Iterator[str]:
    for each in imports:
        room, target = _room(each.module), _room(each.target)
        if room and target and ROOMS.index(target) < ROOMS.index(room):
            yield f"{each.place} imports {each.target}: up, from {room} to {target}"


def _intruding(imports: list[Import]) -> Iterator[str]:
    for each in imports:
        inside = any(_within(each.module, package) for package in OF_THE_EMULATOR)
        if _within(each.target, "emulator") and not inside:
            yield f"{each.place} imports {each.target}: the emulator's own files alone may"


def _circles(imports: list[Import]) -> Iterator[str]:
    """Each circle once, from the module whose name comes first."""
    below: dict[str, set[str]] = {}
    for each in imports:
        below.setdefault(each.module, set()).add(each.target)
    for start in sorted(below):
        circle = _way_back(start, below)
        if circle and start == min(circle):
            yield f"circle: {' -> '.join([*circle, start])}"


def _way_back(start: str, below: dict[str, set[str]]) -> list[str] | None:
    """The shortest way from a module back to itself."""
    ways, seen = [[start]], set[str]()
    for way in ways:
        for target in sorted(below.get(way[-1], set()) - seen):
            if target == start:
                return way
            seen.add(target)
            ways.append([*way, target])
    return None
