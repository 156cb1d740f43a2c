"""podman where there is no Docker: installed by apt, configured in our own folder, spoken to over its Docker-like socket.

Nothing here reads or writes the user's podman: images, containers and networks live under the cache folder, what is
running under /run, and both are removed with them.
"""

import fcntl
import functools
import hashlib
import os
import resource
import shutil
import subprocess
import time
from pathlib import Path
from typing import IO

from containers import traces
from containers.traces import commands
from problem import Problem
from settings import CACHE, REPO

PACKAGES = ("podman", "runc", "catatonit", "debootstrap")
HOME = CACHE / "podman"
MONITORS_S = 10
# podman mounts it on itself and leaves it so: the repository could not be deleted.
LAYERS = HOME / "storage" / "overlay"
# Below /run, because it must vanish with a reboot: podman takes a file there for "my containers still run".
RUNTIME = Path("/run") / f"reference-deployment-{hashlib.sha256(str(REPO).encode()).hexdigest()[:8]}"


def missing() -> str | None:
    """Why podman cannot be used here, or None."""
    if os.geteuid() != 0:
        return "it must run as root (a rootless network has no addresses that the host reaches)"
    absent = [tool for tool in ("podman", "runc") if not shutil.which(tool)]
    if absent:
        return f"{' and '.join(absent)} not installed"
    if not any(Path(folder, "catatonit").exists() for folder in ("/usr/bin", "/usr/libexec/podman")):
        return "catatonit (the init process of containers) not installed"
    return None


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = CACHE / "apt.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as stream:
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES]):
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, timeout=600
            )
            if done.returncode:
                raise Problem(
                    f"`{' '.join(command)}` ended with {done.returncode}.",
                    "install Docker or podman yourself, then run this again",
                    log,
                )


def next_step() -> str:
    return f"start Docker, or as root `apt-get install --no-install-recommends {' '.join(PACKAGES)}`"


def configure() -> dict[str, str]:
    """Writes podman's configuration and returns the variables that make podman use it, from now on until this process ends."""
    for folder in (HOME / "storage", HOME / "networks", RUNTIME):
        folder.mkdir(parents=True, exist_ok=True)
    fcntl.flock(_users(), fcntl.LOCK_SH)
    files = {
        "containers.conf": _containers(),
        "storage.conf": _storage(),
        "registries.conf": _registries(),
        "auth.json": '{"auths": {}}',
    }
    for name, text in files.items():
        path = HOME / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    return {
        "CONTAINERS_CONF": str(HOME / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(HOME / "storage.conf"),
        "CONTAINERS_REGISTRIES_CONF": str(HOME / "registries.conf"),
        "REGISTRY_AUTH_FILE": str(HOME / "auth.json"),
    }


@functools.cache
def _users() -> IO[str]:
    """The file that all who work with our podman have locked together, so that nobody removes what another needs."""
    return (HOME / "users.lock").open("w")


def _containers() -> str:
    # Explicit limits: podman's own default is above what a container host's hard limit often allows.
    files = min(65535, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    processes = min(4096, resource.getrlimit(resource.RLIMIT_NPROC)[1])
    # An empty base for hosts files: podman 4.3 would copy the host's, and writes the word "host-gateway" into it literally.
    return f"""[containers]
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
base_hosts_file = "none"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
# What watches a health check inside a container ends with it; the default is five minutes later.
exit_command_delay = 1
tmp_dir = "{RUNTIME}/libpod"
lock_type = "file"
[network]
network_config_dir = "{HOME}/networks"
"""


def _storage() -> str:
    return f"""[storage]
driver = "overlay"
graphroot = "{HOME}/storage"
runroot = "{RUNTIME}/storage"
"""


def _registries() -> str:
    # Any port of this machine is a registry without TLS: the emulated ECR.
    return """unqualified-search-registries = ["docker.io"]
[[registry]]
location = "127.0.0.1"
insecure = true
"""


def build_options(pip_config: Path | None) -> list[str]:
    """Options of `podman build`: no namespaces of its own (works inside containers), and the host's pip configuration."""
    options = ["--isolation", "chroot", "--layers", "--format", "docker"]
    return options + (["--volume", f"{pip_config}:/etc/pip.conf:ro"] if pip_config else [])


def serve(socket: Path, environment: dict[str, str], log: Path) -> subprocess.Popen:
    """Starts podman's Docker-compatible API on a unix socket."""
    socket.unlink(missing_ok=True)
    with log.open("w") as stream:
        return subprocess.Popen(
            ["podman", "system", "service", "--time=0", f"unix://{socket}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )


def forget_network(name: str) -> None:
    """Removes the addresses that the network plugin has noted for a network of ours; it keeps them when the network goes."""
    shutil.rmtree(Path("/var/lib/cni/networks") / name, ignore_errors=True)


def in_use() -> bool:
    """Whether a container of ours runs, or a process of anyone works with our podman (the tests of the Django project may)."""
    if any(Path(command[0]).name == "conmon" and str(HOME / "storage") in " ".join(command) for command in commands()):
        return True
    ours = f"CONTAINERS_STORAGE_CONF={HOME / 'storage.conf'}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if ours in environment.read_bytes().split(b"\0") and environment.parent.name != str(os.getpid()):
                return True
        except OSError:
            continue
    return False


def forget_runtime() -> None:
    """Removes what podman keeps of running containers, unless there still are containers or somebody works with them."""
    if not RUNTIME.exists() or missing():
        return
    # What watched a container ends a moment after it.
    deadline = time.monotonic() + MONITORS_S
    while in_use():
        if time.monotonic() > deadline:
            return
        time.sleep(0.2)
    environment = {**os.environ, **configure()}
    try:
        fcntl.flock(_users(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    left = subprocess.run(
        ["podman", "ps", "--all", "--quiet"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if not left.stdout.strip():
        shutil.rmtree(RUNTIME, ignore_errors=True)
        traces.unmount(LAYERS)
        traces.remove()
    fcntl.flock(_users(), fcntl.LOCK_SH)


def remove_everything() -> None:
    """Removes the images, containers and networks of this repository, and the folders they lived in."""
    environment = {**os.environ, **configure()}
    for command in (["rm", "--all", "--force"], ["rmi", "--all", "--force"], ["network", "prune", "--force"]):
        subprocess.run(
            ["podman", *command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=180
        )
    traces.unmount(LAYERS)
    _users.cache_clear()
    for folder in (HOME, RUNTIME):
        shutil.rmtree(folder, ignore_errors=True)
    traces.remove()
