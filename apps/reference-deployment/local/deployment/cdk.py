"""The TypeScript side: npm's packages, the compiled packages of this repository, and the CDK command."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from local_deployment import LocalDeployment
from problem import Problem
from settings import APP, CACHE, REPO

# The daemons that nx starts would outlive the command.
QUIET = {"NX_DAEMON": "false", "NX_TUI": "false", "CI": "true"}


def prepare(progress: Callable[[str], None]) -> None:
    """Installs npm's packages unless those of the lockfile are there, and compiles the repository's when they have changed."""
    log = CACHE / "workspace.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as stream:
        if not _installed():
            progress("npm ci")
            _run(
                ["npm", "ci", "--no-audit", "--no-fund"],
                stream,
                log,
                "see whether the npm registry can be reached, then run this again",
            )
        # the whole test has compiled them, and other steps of it read them now
        if not os.environ.get("PACKAGES_COMPILED"):
            _run(
                ["npx", "--no", "--", "nx", "run-many", "-t", "compile"],
                stream,
                log,
                "put the compile errors right, then run this again",
            )


def _installed() -> bool:
    installed, wanted = REPO / "node_modules" / ".package-lock.json", REPO / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime > wanted.stat().st_mtime


def _run(command: list[str], stream: IO[str], log: Path, next_step: str) -> None:
    try:
        (CACHE / "tmp").mkdir(exist_ok=True)
        environment = os.environ | QUIET | {"TMPDIR": str(CACHE / "tmp")}
        done = subprocess.run(
            command, cwd=REPO, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
    except FileNotFoundError:
        raise Problem(f"{command[0]} was not found.", "install Node 20.16 or newer with npm", log) from None
    if done.returncode:
        raise Problem(f"`{' '.join(command)}` ended with {done.returncode}.", next_step, log)


def run(
    deployment: LocalDeployment,
    *arguments: str,
    folder: Path = APP,
    progress: Callable[[str], None] = lambda text: None,
) -> int:
    """Runs the CDK command in `folder`; returns its exit code. All of its output is in the deployment's cdk.log."""
    command = [str(REPO / "node_modules" / ".bin" / "cdk"), *arguments, "--no-notices"]
    started, done, told = time.monotonic(), 0, 0.0
    with (deployment.folder / "cdk.log").open("a") as log:
        log.write(f"$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=deployment.child_environment() | QUIET,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout, "asked for above"
        for line in process.stdout:
            log.write(line)
            log.flush()
            done += bool(re.search(r"\| (CREATE|UPDATE|DELETE)_COMPLETE ", line))
            if done:
                told = told or time.monotonic()
                if time.monotonic() - told > 10:
                    told = time.monotonic()
                    progress(f"{done} resources done")
        process.wait()
        log.write(f"ended with {process.returncode} after {time.monotonic() - started:.0f} s\n")
    return process.returncode
