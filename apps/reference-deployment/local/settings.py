"""The one place for the emulator's address, its dummy keys and what child processes see of the environment."""

import functools
import ipaddress
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from problem import Problem

LOCAL = Path(__file__).resolve().parent
APP = LOCAL.parent
REPO = APP.parent.parent
CACHE = REPO / ".cache" / "local"
VENV = CACHE / "venv"

ACCOUNT = "111122223333"
REGION = "us-east-1"
DUMMY_KEYS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "local-only"}
# The name of a site with HTTPS, and the hosted zone that it is in.
DOMAIN, ZONE = "www.example.com", "example.com"
# Marks every container and network of ours; the gateway's port is appended, so two deployments never meet.
OWNER = "reference-deployment"


@dataclass(frozen=True)
class Place:
    """Where one local deployment lives, its folder and its ports, and under which profile."""

    name: str
    door_port: int = 8080
    gateway_port: int = 4577
    profile: str = "development"

    @property
    def folder(self) -> Path:
        return CACHE / "run" / self.name

    @property
    def task_logs(self) -> Path:
        """A file for each task: what it wrote to its log stream."""
        return self.folder / "tasks"

    @property
    def endpoint(self) -> str:
        return require_loopback(f"http://127.0.0.1:{self.gateway_port}")

    @property
    def https(self) -> bool:
        """Production requires a domain; without one, and without HTTPS, nothing has to be arranged on this machine."""
        return self.profile == "production"

    @property
    def url(self) -> str:
        """How visitors reach the site. A name has to lead to `ports` first, and `authority` to be trusted."""
        return f"https://{DOMAIN}" if self.https else f"http://localhost:{self.door_port}"

    @property
    def ports(self) -> dict[int, int]:
        """The ports of this machine by the site's own: the second one redirects to the first."""
        return {443: self.door_port, 80: self.door_port + 1} if self.https else {80: self.door_port}

    @property
    def door_folder(self) -> Path:
        return self.folder / "door"

    @property
    def authority(self) -> Path:
        """The certificate authority of a site with HTTPS."""
        return self.door_folder / "authority.pem"

    @property
    def owner(self) -> str:
        return f"{OWNER}:{self.gateway_port}"

    @property
    def network(self) -> str:
        return f"{OWNER}-{self.gateway_port}"


def require_loopback(endpoint: str) -> str:
    """The endpoint itself, or an error when it names anything but this machine."""
    host = urlsplit(endpoint).hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        raise Problem(
            f"refusing to talk to {endpoint!r}: the local deployment only uses loopback addresses (127.0.0.1, ::1, localhost).",
            "to deploy to AWS, use `npx cdk deploy` in apps/reference-deployment",
        )
    return endpoint


def ignored_variables(environment=os.environ) -> list[str]:
    """Variables that would send calls elsewhere. Children never see them; the caller says so once."""
    return sorted(
        name for name in environment if name.startswith(("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"))
    )


@functools.cache
def node_folder() -> str:
    """Where the real node is. What a version manager puts into PATH looks for itself in HOME, which children do not see."""
    try:
        return os.path.dirname(
            subprocess.run(
                ["node", "--print", "process.execPath"], capture_output=True, text=True, check=True
            ).stdout.strip()
        )
    except (OSError, subprocess.CalledProcessError):
        return ""


def child_environment(place: Place, environment=os.environ) -> dict[str, str]:
    """The environment of every process that may call AWS: nothing of the user's AWS set-up, only the emulator."""
    kept = {k: v for k, v in environment.items() if not k.startswith(("AWS_", "CDK_", "DJANGO_SUPERUSER_"))}
    loopback_names = "127.0.0.1,localhost,::1"
    return (
        kept
        | DUMMY_KEYS
        | {
            "AWS_ENDPOINT_URL": place.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            # CDK and npm write there; like everything else of a run it goes with the run's folder.
            "HOME": str(place.folder / "home"),
            "CDK_HOME": str(place.folder / "home" / ".cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "NO_PROXY": loopback_names,
            "no_proxy": loopback_names,
            "TMPDIR": str(place.folder / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": os.pathsep.join(
                filter(None, [str(VENV / "bin"), node_folder(), environment.get("PATH", os.defpath)])
            ),
        }
    )


def say(text: str) -> None:
    """One progress line, at once even into a pipe."""
    print(text, flush=True, file=sys.stdout)
