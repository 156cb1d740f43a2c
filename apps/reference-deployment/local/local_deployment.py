"""One local deployment, and what belongs to it: folder, ports, addresses, state, clients, and what its child processes see."""

import functools
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import settings
from settings import DOMAIN, DUMMY_KEYS, OWNER, REGION, VENV, require_loopback
from state import State


@dataclass(frozen=True)
class LocalDeployment:
    """A deployment of the reference app on this machine, by its name, its ports, its profile and its stacks."""

    name: str
    proxy_port: int = 8080
    gateway_port: int = 4577
    profile: str = "development"
    stacks: str = "together"

    @property
    def folder(self) -> Path:
        return settings.CACHE / "run" / self.name

    @property
    def state(self) -> State:
        """What is remembered of it between commands."""
        return State(self.folder / "state.json")

    @property
    def endpoint(self) -> str:
        """Where the emulated AWS is."""
        return require_loopback(f"http://127.0.0.1:{self.gateway_port}")

    @property
    def https(self) -> bool:
        """Production requires a domain; without one, and without HTTPS, nothing has to be arranged on this machine."""
        return self.profile == "production"

    @property
    def url(self) -> str:
        """The site's address. Its name has to lead to `ports` first, and `authority` to be trusted."""
        return f"https://{DOMAIN}" if self.https else f"http://localhost:{self.proxy_port}"

    @property
    def ports(self) -> dict[int, int]:
        """The ports of this machine by the site's own: the second one redirects to the first."""
        return {443: self.proxy_port, 80: self.proxy_port + 1} if self.https else {80: self.proxy_port}

    @property
    def proxy_folder(self) -> Path:
        return self.folder / "proxy"

    @property
    def authority(self) -> Path:
        """The certificate authority of a site with HTTPS."""
        return self.proxy_folder / "authority.pem"

    @property
    def owner(self) -> str:
        """The label of every container of this deployment. It has the gateway's port, so two deployments never meet."""
        return f"{OWNER}:{self.gateway_port}"

    @property
    def network(self) -> str:
        """The name of the network between its containers."""
        return f"{OWNER}-{self.gateway_port}"

    @property
    def task_logs(self) -> Path:
        """A folder with a file for each task: what it wrote to its log stream."""
        return self.folder / "tasks"

    def task_log(self, stream: str, last: int = 10) -> list[str]:
        """The last lines that a task wrote."""
        path = self.task_logs / (stream.replace("/", "-") + ".log")
        return path.read_text().splitlines()[-last:] if path.exists() else []

    def client(self, service: str) -> Any:
        """boto3's client of a service of the emulated AWS."""
        import aws  # needs boto3, which is in the virtual environment only

        return aws.client(service, self.endpoint)

    def stack(self, name: str) -> dict[str, Any] | None:
        """The stack as CloudFormation describes it, or None."""
        cloudformation = self.client("cloudformation")
        try:
            return cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except cloudformation.exceptions.ClientError:
            return None

    def outputs(self, stack: str) -> dict[str, str]:
        """The values of a stack's outputs by their names; none without the stack."""
        return {o["OutputKey"]: o["OutputValue"] for o in (self.stack(stack) or {}).get("Outputs", [])}

    def child_environment(self, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment of every process that may call AWS: nothing of the user's AWS set-up, only the emulator."""
        kept = {k: v for k, v in environment.items() if not k.startswith(("AWS_", "CDK_", "DJANGO_SUPERUSER_"))}
        path = [str(VENV / "bin"), node_folder(), environment.get("PATH", os.defpath)]
        loopback_names = "127.0.0.1,localhost,::1"
        return {
            **kept,
            **DUMMY_KEYS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            # CDK and npm write there; like everything else of a run it goes with the run's folder.
            "HOME": str(self.folder / "home"),
            "CDK_HOME": str(self.folder / "home" / ".cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "NO_PROXY": loopback_names,
            "no_proxy": loopback_names,
            "TMPDIR": str(self.folder / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": os.pathsep.join(filter(None, path)),
        }


@functools.cache
def node_folder() -> str:
    """Where the real node is. What a version manager puts into PATH looks for itself in HOME, which children do not see."""
    command = ["node", "--print", "process.execPath"]
    try:
        return os.path.dirname(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
    except (OSError, subprocess.CalledProcessError):
        return ""
