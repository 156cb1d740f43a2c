"""The container engine: Docker when its daemon runs, else podman.

engine = find()                     # an Engine; raises NoEngine with the reason and the next step
engine.build(folder, tag)           # an image from a Dockerfile
engine.run(image, name=..., env=..., publish={8000: 8000})   # a container in the background
engine.address(name)                # where the host reaches it
engine.remove(name)                 # gone, running or not
"""

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from containers import podman
from problem import Problem
from settings import say

CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
# Times that a list of images is asked for.
LISTINGS = 5
PIP_CONFIGS = ("/etc/pip.conf", "~/.config/pip/pip.conf", "~/.pip/pip.conf")


class NoEngine(Problem):
    """No container engine can be used here."""


class EngineError(Problem):
    """A command of the engine failed."""


@dataclass(frozen=True)
class Engine:
    """A working engine: its command and the environment the command needs."""

    name: str
    environment: Mapping[str, str] = field(repr=False)

    def cli(self, *args: str, timeout: float = 120, check: bool = True, log: Path | None = None) -> str:
        """Runs one command of the engine and returns what it prints. With `log`, the output goes there as well."""
        done = subprocess.run(
            [self.name, *args],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if log else subprocess.PIPE,
            text=True,
            timeout=timeout,
        )
        if log:
            with log.open("a") as stream:
                stream.write(f"$ {self.name} {' '.join(args)}\n{done.stdout}")
        if check and done.returncode:
            tail = "\n".join((done.stdout if log else done.stderr).strip().splitlines()[-8:])
            raise EngineError(
                f"`{self.name} {' '.join(args)}` ended with {done.returncode}:\n{tail}",
                "read the lines above, then run this again",
                log,
            )
        return done.stdout

    def has_image(self, tag: str) -> bool:
        # asked for alone: a list fails when another program removes an image meanwhile
        return bool(self.cli("image", "inspect", "--format", "{{.Id}}", tag, check=False).strip())

    def image_label(self, tag: str, label: str) -> str | None:
        """The value of a label of an image that is there, or None when it has no such label."""
        image = json.loads(self.cli("image", "inspect", tag))[0]
        # podman's and Docker's places for the same thing.
        labels = image.get("Labels") or image.get("Config", {}).get("Labels") or {}
        return labels.get(label)

    def build(
        self,
        folder: Path,
        tag: str,
        *,
        labels: Mapping[str, str] | None = None,
        args: Mapping[str, str] | None = None,
        dockerfile: Path | None = None,
        secrets: Mapping[str, Path] | None = None,
        log: Path | None = None,
        timeout: float = 900,
    ) -> None:
        """Builds `folder` as `tag`. The host's CA bundle is there for the build only, as the secret `ca`."""
        command = ["build", "--tag", tag, "--file", str(dockerfile or folder / "Dockerfile")]
        for name, value in (labels or {}).items():
            command += ["--label", f"{name}={value}"]
        for name, value in (args or {}).items():
            command += ["--build-arg", f"{name}={value}"]
        if CA_BUNDLE.exists():
            secrets = {"ca": CA_BUNDLE, **(secrets or {})}
        for name, path in (secrets or {}).items():
            command += ["--secret", f"id={name},src={path}"]
        if self.name == "podman":
            command += podman.build_options(host_pip_config())
        self.cli(*command, str(folder), log=log, timeout=timeout)

    def run(
        self,
        image: str,
        *,
        name: str,
        env: Mapping[str, str] | None = None,
        command: Iterable[str] = (),
        publish: Mapping[int, int] | None = None,
        volumes: Mapping[Path, str] | None = None,
        options: Iterable[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> str:
        """Starts a container in the background and returns its id. `publish` is host port to container port on 127.0.0.1."""
        args = ["run", "--detach", "--name", name, *options]
        for key, value in (env or {}).items():
            args += ["--env", f"{key}={value}"]
        for host_port, port in (publish or {}).items():
            args += ["--publish", f"127.0.0.1:{host_port}:{port}"]
        for path, inside in (volumes or {}).items():
            args += ["--volume", f"{path}:{inside}"]
        for key, value in (labels or {}).items():
            args += ["--label", f"{key}={value}"]
        return self.cli(*args, image, *command).strip()

    def address(self, name: str) -> str:
        """The container's own address, which the host reaches on Linux."""
        networks = json.loads(self.cli("inspect", name))[0]["NetworkSettings"]["Networks"]
        return next(n["IPAddress"] for n in networks.values() if n["IPAddress"])

    def remove(self, *names: str) -> None:
        """Removes containers with their anonymous volumes. One that is not there is no error."""
        for name in names:
            self.cli("rm", "--force", "--volumes", name, check=False)

    def remove_images(self, prefix: str) -> None:
        """Removes the images whose name starts with `prefix`. What they were built from stays, for the next build."""
        lines = (line.split() for line in self._list_images().splitlines())
        ids = dict.fromkeys(id_ for id_, repository in lines if repository.startswith(prefix))
        if ids:
            self.cli("rmi", "--force", *ids, check=False)

    def _list_images(self) -> str:
        """Ids and names of all images. podman's list fails when another program removes an image meanwhile: it is asked again."""
        for _ in range(LISTINGS - 1):
            with contextlib.suppress(EngineError):
                return self.cli("images", "--format", "{{.ID}} {{.Repository}}")
        return self.cli("images", "--format", "{{.ID}} {{.Repository}}")

    def labelled(self, label: str) -> list[str]:
        """Ids of all containers, running or not, with the label `name=value`."""
        return self.cli("ps", "--all", "--quiet", "--filter", f"label={label}").split()


def host_pip_config() -> Path | None:
    """The host's own pip configuration (an index, a certificate), which a build on this host needs as well."""
    named = os.environ.get("PIP_CONFIG_FILE")
    candidates = [named] if named else PIP_CONFIGS
    return next((path for path in (Path(c).expanduser() for c in candidates) if path.is_file()), None)


def find(install: bool = True) -> Engine:
    """The engine to use. On Debian, as root, podman is installed when there is none; `install=False` only looks."""
    if platform.system() != "Linux":
        raise NoEngine(
            f"{platform.system()} keeps containers in a virtual machine whose addresses the emulated load balancer cannot reach.",
            "run this on Linux (a virtual machine will do)",
        )
    docker = _docker()
    if docker:
        return docker
    missing = podman.missing()
    if missing and install and podman.can_install():
        say(f"  installing the container engine by apt: {' '.join(podman.PACKAGES)}")
        podman.install()
        missing = podman.missing()
    if missing:
        raise NoEngine(f"no Docker daemon answers, and podman cannot be used: {missing}.", podman.next_step())
    return Engine("podman", {**os.environ, **podman.configure()})


def _docker() -> Engine | None:
    """Docker, if its daemon answers. Its credentials file is not read: an emulated registry needs none of them."""
    if not shutil.which("docker"):
        return None
    try:
        done = subprocess.run(["docker", "info"], stdin=subprocess.DEVNULL, capture_output=True, timeout=15)
    except subprocess.TimeoutExpired:
        return None
    return Engine("docker", {**os.environ, "DOCKER_BUILDKIT": "1"}) if done.returncode == 0 else None


def content_hash(*paths: Path) -> str:
    """Twelve hex digits that change when a file under one of `paths` changes its name, mode or content."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(
                    f"{file.relative_to(path.parent)}\0{file.stat().st_mode & 0o111}\0".encode() + file.read_bytes()
                )
    return digest.hexdigest()[:12]
