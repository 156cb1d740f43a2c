"""The three processes of a local deployment: podman's API, the emulator and the door."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from containers import podman
from containers.engine import Engine
from problem import Problem
from settings import ACCOUNT, APP, LOCAL, OWNER, REGION, REPO, Place, child_environment
from state import State

EMULATOR_S = 60


def require_free(port: int, purpose: str, option: str) -> None:
    """Fail when another program listens on a port that we are about to use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            raise Problem(
                f"port {port} on 127.0.0.1, for {purpose}, is in use by another program ({problem.strerror}).",
                f"stop that program or choose another port: {option} {port + 1}",
            ) from None


def start_engine_service(place: Place, state: State, engine: Engine) -> str:
    """The DOCKER_HOST that the emulator uses."""
    if engine.name == "docker":
        return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    path = place.folder / "podman.sock"
    if not state.alive("podman"):
        service = podman.serve(path, dict(engine.environment), place.folder / "podman.log")
        state.remember("podman", service.pid)
        _wait(lambda: path.exists(), 20, "podman's API", place.folder / "podman.log")
    return f"unix://{path}"


def network_gateway(place: Place, engine: Engine) -> str:
    """The address of this machine on the deployment's own container network, which is made when it is not there."""
    if place.network not in engine.cli("network", "ls", "--format", "{{.Name}}").split():
        engine.cli("network", "create", place.network)
    details = json.loads(engine.cli("network", "inspect", place.network))[0]
    # podman's and Docker's names for the same thing.
    gateways = [s["gateway"] for s in details.get("subnets", [])] or [s["Gateway"] for s in details["IPAM"]["Config"]]
    return next(address for address in gateways if ":" not in address)


def start_emulator(place: Place, state: State, engine: Engine | None) -> None:
    environment = child_environment(place) | {
        "GATEWAY_PORT": str(place.gateway_port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        # Part of the label on every container, hence what `stop` looks for.
        "MINISTACK_HOSTNAME": OWNER,
        "MINISTACK_DOCKER_TIMEOUT": "60",
        "RDS_TMPFS_SIZE": "1g",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # What CDK's own functions expect from Lambda's runtime.
        "NODE_PATH": os.pathsep.join(str(folder / "node_modules") for folder in (APP, REPO)),
        "PYTHONPATH": str(LOCAL),
        "LOCAL_TASK_LOGS": str(place.task_logs),
        "DOCKER_HOST": "unix:///nonexistent",
    }
    if engine:
        environment |= {
            "DOCKER_HOST": start_engine_service(place, state, engine),
            "DOCKER_NETWORK": place.network,
            "LOCAL_GATEWAY_ADDRESS": network_gateway(place, engine),
        }
    else:
        # The emulator takes their absence for "tasks are records".
        environment = {k: v for k, v in environment.items() if k not in ("DOCKER_NETWORK", "LOCAL_GATEWAY_ADDRESS")}
    place.task_logs.mkdir(parents=True, exist_ok=True)
    log = place.folder / "emulator.log"
    _start(place, state, "emulator", [sys.executable, "-m", "emulator"], environment, log)
    _wait(lambda: emulator_answers(place), EMULATOR_S, "the emulator", log, lambda: state.alive("emulator"))


def start_door(place: Place, state: State, site_url: str) -> None:
    """Open the door, unless it is open already, on the same ports and to the same entrances."""
    from proxy import routes as entrances  # boto3 is in the virtual environment only

    found = entrances.find(place, site_url)
    wanted = {"door_port": place.door_port, "door_to": [site_url, entrances.dumped(found)]}
    if state.alive("door") and wanted.items() <= state.read().items():
        return
    state.end("door")
    log = place.folder / "door.log"
    last = [*wanted["door_to"], str(place.door_folder)]
    command = [sys.executable, "-m", "proxy.server", str(place.door_port), place.endpoint, *last]
    _start(place, state, "door", command, child_environment(place) | {"PYTHONPATH": str(LOCAL)}, log)
    state.write(**wanted)
    ports = [place.door_port + number for number in range(len(found))]
    _wait(lambda: all(map(_listens, ports)), 10, "the door", log, lambda: state.alive("door"))


def emulator_answers(place: Place) -> bool:
    try:
        return urllib.request.urlopen(f"{place.endpoint}/_ministack/health", timeout=3).status == 200
    except OSError:
        return False


def stop_everything(place: Place, state: State, engine: Engine | None) -> None:
    """End our processes and remove our containers and network, whatever an earlier run left of them."""
    for name in state.processes():
        if name != "podman":
            state.end(name)
    if engine:
        engine.remove(*engine.labelled(f"ministack.instance={place.owner}"))
        engine.cli("network", "rm", place.network, check=False)
        engine.remove_images(f"127.0.0.1:{place.gateway_port}/")
        if engine.name == "podman":
            podman.forget_network(place.network)
    state.end("podman")


def _start(place: Place, state: State, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
    (place.folder / "tmp").mkdir(parents=True, exist_ok=True)
    with log.open("w") as stream:
        process = subprocess.Popen(
            command,
            cwd=place.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    state.remember(name, process.pid)


def _wait(ready, seconds: float, what: str, log: Path, running=lambda: True) -> None:
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
