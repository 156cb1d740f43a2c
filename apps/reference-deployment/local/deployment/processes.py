"""The three processes of a local deployment: podman's API, the emulator and the proxy."""

import functools
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from containers import podman
from containers.engine import Engine
from local_deployment import LocalDeployment
from problem import Problem
from proxy import routes
from settings import ACCOUNT, APP, LOCAL, OWNER, REGION, REPO

EMULATOR_S = 180


def require_free(port: int, purpose: str, option: str) -> None:
    """Fails when another program listens on a port that we are about to use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            raise Problem(
                f"port {port} on 127.0.0.1, for {purpose}, is in use by another program ({problem.strerror}).",
                f"stop that program or choose another port: {option} {port + 1}",
            ) from None


def start_engine_service(deployment: LocalDeployment, engine: Engine) -> str:
    """The DOCKER_HOST that the emulator uses."""
    if engine.name == "docker":
        return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    path, log = deployment.folder / "podman.sock", deployment.folder / "podman.log"
    if not deployment.state.alive("podman"):
        service = podman.serve(path, dict(engine.environment), log)
        deployment.state.remember("podman", service.pid)
        _wait(path.exists, 20, "podman's API", log)
    return f"unix://{path}"


def network_gateway(deployment: LocalDeployment, engine: Engine) -> str:
    """The address of this machine on the deployment's own container network, which is made when it is not there."""
    if deployment.network not in engine.cli("network", "ls", "--format", "{{.Name}}").split():
        engine.cli("network", "create", deployment.network)
    details = json.loads(engine.cli("network", "inspect", deployment.network))[0]
    # podman's and Docker's names for the same thing.
    gateways = [s["gateway"] for s in details.get("subnets", [])] or [s["Gateway"] for s in details["IPAM"]["Config"]]
    return next(address for address in gateways if ":" not in address)


def start_emulator(deployment: LocalDeployment, engine: Engine | None) -> None:
    """Starts the emulator; without an engine, its tasks and databases are records."""
    deployment.task_logs.mkdir(parents=True, exist_ok=True)
    environment = _emulator_environment(deployment)
    if engine:
        environment |= {
            "DOCKER_HOST": start_engine_service(deployment, engine),
            "DOCKER_NETWORK": deployment.network,
            "LOCAL_GATEWAY_ADDRESS": network_gateway(deployment, engine),
        }
    log = _start(deployment, "emulator", ["emulator"], environment)
    running = functools.partial(deployment.state.alive, "emulator")
    _wait(lambda: emulator_answers(deployment), EMULATOR_S, "the emulator", log, running)


def _emulator_environment(deployment: LocalDeployment) -> dict[str, str]:
    environment = deployment.child_environment()
    # The emulator takes their absence for "tasks are records".
    for name in ("DOCKER_NETWORK", "LOCAL_GATEWAY_ADDRESS"):
        environment.pop(name, None)
    return environment | {
        "GATEWAY_PORT": str(deployment.gateway_port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        # Part of the label on every container, hence what `stop` looks for.
        "MINISTACK_HOSTNAME": OWNER,
        "MINISTACK_DOCKER_TIMEOUT": "60",
        "STATE_DIR": str(deployment.folder / "ministack"),
        "RDS_TMPFS_SIZE": "1g",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # What CDK's own functions expect from Lambda's runtime.
        "NODE_PATH": os.pathsep.join(str(folder / "node_modules") for folder in (APP, REPO)),
        "LOCAL_TASK_LOGS": str(deployment.task_logs),
        "DOCKER_HOST": "unix:///nonexistent",
    }


def start_proxy(deployment: LocalDeployment, site_url: str) -> None:
    """Starts the proxy, unless it runs already on the same ports and with the same routes."""
    found = routes.find(deployment, site_url)
    wanted = {"proxy_port": deployment.proxy_port, "proxy_to": [site_url, routes.dumped(found)]}
    state = deployment.state
    if state.alive("proxy") and wanted.items() <= state.read().items():
        return
    state.end("proxy")
    arguments = [str(deployment.proxy_port), deployment.endpoint, site_url, routes.dumped(found)]
    command = ["proxy.server", *arguments, str(deployment.proxy_folder)]
    log = _start(deployment, "proxy", command, deployment.child_environment())
    state.write(**wanted)
    ports = [deployment.proxy_port + number for number in range(len(found))]
    _wait(lambda: all(map(_listens, ports)), 10, "the proxy", log, functools.partial(state.alive, "proxy"))


def emulator_answers(deployment: LocalDeployment) -> bool:
    try:
        return urllib.request.urlopen(f"{deployment.endpoint}/_ministack/health", timeout=3).status == 200
    except OSError:
        return False


def stop_everything(deployment: LocalDeployment, engine: Engine | None) -> None:
    """Ends the deployment's processes and removes its containers and network, whatever an earlier run left of them."""
    state = deployment.state
    for name in state.processes():
        if name != "podman":
            state.end(name)
    if engine:
        engine.remove(*engine.labelled(f"ministack.instance={deployment.owner}"))
        engine.cli("network", "rm", deployment.network, check=False)
        engine.remove_images(f"127.0.0.1:{deployment.gateway_port}/")
        if engine.name == "podman":
            podman.forget_network(deployment.network)
    state.end("podman")


def _start(deployment: LocalDeployment, name: str, module: list[str], environment: dict[str, str]) -> Path:
    """Starts a module of ours with its arguments as a process of its own; returns its log."""
    (deployment.folder / "tmp").mkdir(parents=True, exist_ok=True)
    log = deployment.folder / f"{name}.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=deployment.folder,
            env=environment | {"PYTHONPATH": str(LOCAL)},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    deployment.state.remember(name, process.pid)
    return log


def _wait(
    ready: Callable[[], bool],
    seconds: float,
    what: str,
    log: Path,
    running: Callable[[], object] = lambda: True,
) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        if not running():
            tail = "\n".join(log.read_text().splitlines()[-5:])
            raise Problem(
                f"{what} ended at once:\n{tail}", "read the lines above, then run `stop` and start again", log
            )
        time.sleep(0.2)
    raise Problem(f"{what} did not answer within {seconds:.0f} s.", "run `stop`, then start again", log)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
