"""What MiniStack leaves out when it starts a task's containers, and when it calls a task healthy."""

import functools
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ministack.services import ecs, rds

from emulator.api import Native, Properties, call, poll
from settings import DUMMY_KEYS

START_S = 180
BAD_ANSWERS = 3


def network() -> str:
    return os.environ["DOCKER_NETWORK"]


def gateway() -> str:
    """The address of this machine as containers see it."""
    return os.environ["LOCAL_GATEWAY_ADDRESS"]


def run_arguments(cdef: Properties, *args: Any, native: Native = ecs._build_run_kwargs) -> dict[str, Any]:
    """The task definition's limits as the engine's arguments; MiniStack passes on the command, ports and added capabilities."""
    arguments: dict[str, Any] = native(cdef, *args)
    linux = cdef.get("linuxParameters") or {}
    arguments |= {
        "environment": task_environment(arguments["environment"]),
        "network": network(),
        "extra_hosts": database_hosts(),
        "read_only": bool(cdef.get("readonlyRootFilesystem")),
        "init": bool(linux.get("initProcessEnabled")),
        "cap_drop": (linux.get("capabilities") or {}).get("drop") or [],
        "tmpfs": {
            mount["containerPath"]: ",".join([f"size={mount['size']}m", *mount.get("mountOptions", [])])
            for mount in linux.get("tmpfs", [])
        },
    }
    for ours, theirs in (("user", "user"), ("entryPoint", "entrypoint"), ("workingDirectory", "working_dir")):
        if cdef.get(ours):
            arguments[theirs] = cdef[ours]
    return arguments


def task_environment(environment: dict[str, str]) -> dict[str, str]:
    """By address, because boto3 then puts the bucket into the path; with dummy keys, because it refuses this host as a source of them."""
    kept = {k: v for k, v in environment.items() if not k.startswith(("AWS_CONTAINER_", "AWS_ENDPOINT_URL"))}
    metadata = kept.get("ECS_CONTAINER_METADATA_URI_V4", "").replace("host.docker.internal", gateway())
    return (
        kept
        | DUMMY_KEYS
        | {
            "AWS_ENDPOINT_URL": f"http://{gateway()}:{os.environ['GATEWAY_PORT']}",
            "ECS_CONTAINER_METADATA_URI_V4": metadata,
        }
    )


def database_containers() -> Iterator[tuple[str, str]]:
    """Names and addresses of the containers behind RDS."""
    docker = ecs._get_docker()
    for container in docker.containers.list(filters={"label": "ministack=rds"}):
        attached = container.attrs["NetworkSettings"]["Networks"].get(network())
        if attached and attached["IPAddress"]:
            yield container.name, attached["IPAddress"]


def database_hosts() -> dict[str, str]:
    """Lines for a task's hosts file, so that the name in the database's certificate leads to it."""
    return dict(database_containers())


def database_endpoint(host: str, port: int, host_port: int) -> tuple[str, int]:
    """RDS describes an endpoint by the name in its certificate, not by an address: `sslmode=verify-full` compares it."""
    return next((name for name, address in database_containers() if address == host), host), port


def local_image(image: str | None) -> str | None:
    """An image of the emulated ECR under the address where this machine's engine finds it."""
    return re.sub(r"^\d{12}\.dkr\.ecr\.[^/]+/", f"127.0.0.1:{os.environ['GATEWAY_PORT']}/", image) if image else image


def run_container(
    docker: Any,
    cdef: Properties,
    arguments: dict[str, Any],
    native: Native = ecs._run_docker_container,
    **options: Any,
) -> Any:
    names = {key: local_image(image) for key, image in options.items() if key in ("cache_image", "fallback_image")}
    return native(docker, {**cdef, "image": local_image(cdef["image"])}, arguments, **options | names)


def keep_log_line(config: dict[str, str], message: str, native: Native = ecs._emit_awslogs_event) -> None:
    """A line of a task's log, also as a file: a log group goes with its stack, and with it the reason of a failed first deployment."""
    native(config, message)
    path = Path(os.environ["LOCAL_TASK_LOGS"], config["stream"].replace("/", "-") + ".log")
    with path.open("a") as stream:
        stream.write(message + "\n")


class Check(NamedTuple):
    """A health check of a task. `passes` returns True, False for a bad answer, or None while nothing answers yet."""

    name: str
    passes: Callable[[], bool | None]


def mark_running(task_arn: str, task: Properties, native: Native = ecs._mark_task_running) -> Any:
    """A task becomes RUNNING (hence a target, hence a reason to stop its predecessor) only once its health checks pass.
    One whose checks do not pass has failed, which feeds the deployment circuit breaker."""
    for check in (*load_balancer_checks(task), *container_checks(task)):
        wait_until_healthy(task, check)
    return native(task_arn, task)


def wait_until_healthy(task: Properties, check: Check) -> None:
    bad = 0

    def settled() -> bool | None:
        nonlocal bad
        if any(container.status in ("exited", "dead") for container in containers(task)):
            raise RuntimeError("Essential container in task exited")
        verdict = check.passes()
        bad += verdict is False
        return verdict or bad >= BAD_ANSWERS

    if not poll(START_S, settled) or bad >= BAD_ANSWERS:
        raise RuntimeError(f"Task failed {check.name}")


def containers(task: Properties) -> list[Any]:
    docker = ecs._get_docker()
    return [docker.containers.get(id_) for id_ in task.get("_docker_ids", [])]


def container_checks(task: Properties) -> Iterator[Check]:
    """The health check commands of the task definition. A container that is still starting may fail them."""
    definition = call("ecs", "describe_task_definition", taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    for cdef, container in zip(definition["containerDefinitions"], containers(task), strict=False):
        kind, *words = cdef.get("healthCheck", {}).get("command") or ["NONE"]
        if kind == "NONE":
            continue
        words = ["/bin/sh", "-c", *words] if kind == "CMD-SHELL" else words
        yield Check(f"container health checks of {cdef['name']}", functools.partial(succeeds_inside, container, words))


def succeeds_inside(container: Any, command: list[str]) -> bool | None:
    """True when a command succeeds in a container, else None."""
    return container.exec_run(command).exit_code == 0 or None


def load_balancer_checks(task: Properties) -> Iterator[Check]:
    kind, _, name = task.get("group", "").partition(":")
    services = (
        call("ecs", "describe_services", cluster=task["clusterArn"], services=[name])["services"]
        if kind == "service"
        else []
    )
    for balancer in (balancer for service in services for balancer in service.get("loadBalancers", [])):
        group = call("elbv2", "describe_target_groups", TargetGroupArns=[balancer["targetGroupArn"]])["TargetGroups"][0]
        address = next(
            d["value"] for a in task["attachments"] for d in a["details"] if d["name"] == "privateIPv4Address"
        )
        url = f"http://{address}:{balancer['containerPort']}{group.get('HealthCheckPath') or '/'}"
        yield Check(f"ELB health checks ({url})", functools.partial(answers_well, url))


def answers_well(url: str) -> bool | None:
    """True for a good answer, False for a bad one, None while nothing listens."""
    try:
        return urllib.request.urlopen(url, timeout=3).status < 400
    except urllib.error.HTTPError:
        return False
    except OSError:
        return None


REPLACED = (
    (ecs, "_build_run_kwargs", run_arguments),
    (ecs, "_run_docker_container", run_container),
    (ecs, "_mark_task_running", mark_running),
    (ecs, "_emit_awslogs_event", keep_log_line),
    (rds, "_reported_endpoint", database_endpoint),
)
