"""The images that the deployment starts from: pulled where a registry answers, else made from Debian packages."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from containers import engine as engines
from problem import Problem
from settings import CACHE, LOCAL, say

STANDINS = LOCAL / "containers" / "standins"
LABEL = "reference-deployment.standin"


@dataclass(frozen=True)
class Image:
    """An image, and the folder its stand-in is made from."""

    tag: str
    standin: str

    @property
    def registry(self) -> str:
        host = self.tag.split("/", 1)[0]
        return "registry-1.docker.io" if host == "docker.io" else host


PYTHON = Image("docker.io/library/python:3.13-slim-trixie", "python")
POSTGRES = Image("docker.io/library/postgres:17-alpine", "postgres")
VALKEY = Image("docker.io/valkey/valkey:8.1-alpine", "valkey")
# What ElastiCache's engine version 8.0 runs on.
VALKEY_8_0 = Image("docker.io/valkey/valkey:8.0-alpine", "valkey")
ALL = (PYTHON, POSTGRES, VALKEY, VALKEY_8_0)


def ensure(engine: engines.Engine) -> None:
    """Makes sure that every image is there and, if it is a stand-in, made from what `standins/` says now."""
    reachable: dict[str, bool] = {}
    for image in ALL:
        if _present(engine, image):
            continue
        started = time.monotonic()
        if image.registry not in reachable:
            reachable[image.registry] = accepts_connections(image.registry)
        if reachable[image.registry]:
            engine.cli("pull", image.tag, timeout=600)
            how = "pulled"
        else:
            _make(engine, image)
            how = f"made from Debian packages ({image.registry} cannot be reached)"
        say(f"  {image.tag}: {how}, {time.monotonic() - started:.0f} s")


def accepts_connections(host: str, port: int = 443, timeout: float = 5) -> bool:
    """True for a registry that can be reached."""
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError:
        return False
    return True


def wanted_label(image: Image) -> str:
    """The value of the stand-in's label when it is up to date. Every stand-in is built from the python one."""
    folders = dict.fromkeys((STANDINS / PYTHON.standin, STANDINS / image.standin))
    return engines.content_hash(*folders)


def _present(engine: engines.Engine, image: Image) -> bool:
    return engine.has_image(image.tag) and engine.image_label(image.tag, LABEL) in (None, wanted_label(image))


def _make(engine: engines.Engine, image: Image) -> None:
    if not shutil.which("debootstrap"):
        raise Problem(
            f"{image.registry} cannot be reached and debootstrap is not installed, so there is neither {image.tag} nor a stand-in.",
            "as root `apt-get install debootstrap`, or run this where image registries can be reached",
        )
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / "images.log"
    context = STANDINS / image.standin
    if image is PYTHON:
        context = _python_context(log)
    try:
        engine.build(context, image.tag, labels={LABEL: wanted_label(image)}, log=log)
    finally:
        if image is PYTHON:
            shutil.rmtree(context)


def _python_context(log: Path) -> Path:
    """A build folder with the stand-in's Dockerfile and root.tar."""
    context = CACHE / "standin-python"
    shutil.rmtree(context, ignore_errors=True)
    shutil.copytree(STANDINS / PYTHON.standin, context)
    root = context / "root"
    with log.open("w") as stream:
        for command in (
            [str(context / "make-root.sh"), str(root), *debian_mirror()],
            ["tar", "--create", "--directory", str(root), "--file", str(context / "root.tar"), "."],
        ):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, timeout=900)
            if done.returncode:
                raise Problem(
                    f"`{command[0]}` ended with {done.returncode} while making the {PYTHON.tag} stand-in.",
                    "see whether the Debian mirror can be reached, then run this again",
                    log,
                )
    shutil.rmtree(root)
    return context


def debian_mirror() -> list[str]:
    """The mirror that this machine's apt uses for Debian itself, or nothing: debootstrap knows Debian's own."""
    try:
        listed = subprocess.run(
            [
                "apt-get",
                "indextargets",
                "--format",
                "$(REPO_URI)",
                "Created-By: Packages",
                "Origin: Debian",
                "Component: main",
            ],
            capture_output=True,
            text=True,
            timeout=30,
        ).stdout.split()
    except OSError:
        listed = []
    return [uri.rstrip("/") for uri in listed if "security" not in uri][:1]
