"""What one local deployment remembers between commands: its processes and the admin's password. Readable by its owner only."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any


class State:
    """The state file of a deployment. Every change is written at once, so that a killed run leaves a usable file."""

    def __init__(self, path: Path):
        self.path = path

    def read(self) -> dict[str, Any]:
        try:
            return json.loads(self.path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def write(self, **changes: Any) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self.read() | changes, indent=2) + "\n")
        fresh.replace(self.path)

    def remember(self, name: str, pid: int) -> None:
        self.write(processes=self.read().get("processes", {}) | {name: {"pid": pid, "started": started(pid)}})

    def alive(self, name: str) -> int | None:
        """The process id of `name` if that very process still runs; another one with its number does not count."""
        known = self.read().get("processes", {}).get(name)
        return known["pid"] if known and known["started"] == started(known["pid"]) else None

    def processes(self) -> list[str]:
        """Names of all remembered processes, last started first."""
        return list(reversed(self.read().get("processes", {})))

    def end(self, name: str, patience: float = 20) -> None:
        """End a process of ours and what it started; forget it."""
        pid = self.alive(name)
        if pid:
            _signal(pid, signal.SIGTERM, group=False)
            deadline = time.monotonic() + patience
            while self.alive(name) and time.monotonic() < deadline:
                time.sleep(0.1)
            # Each process of ours leads a group of its own, in which its children live.
            _signal(pid, signal.SIGKILL, group=True)
        self.write(processes={k: v for k, v in self.read().get("processes", {}).items() if k != name})


def started(pid: int) -> int | None:
    """When a process started, in the kernel's ticks; None when there is no such process or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def _signal(pid: int, number: int, group: bool) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number) if group else os.kill(pid, number)
