"""Serve MiniStack with our handlers: `python -m emulator`, started by local/deployment/processes.py with its environment."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

VERSION = "1.5.33"
# What our handlers use of MiniStack and no document promises: the reason why the version is pinned to the digit.
PRIVATE = {
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
    "ministack.services.cloudformation.stacks": ("_runs_on_worker_thread",),
    "ministack.services.ecs": (
        "_build_run_kwargs",
        "_run_docker_container",
        "_mark_task_running",
        "_emit_awslogs_event",
        "_get_docker",
        "_ACTION_MAP",
        "_refresh_service_state",
        "_remove_docker_container",
        "_services",
    ),
    "ministack.app": ("_parse_cloudfront_dataplane_host",),
    "ministack.core.iam_evaluator": ("_request_origin",),
    "ministack.services.acm": ("_certificates",),
    "ministack.services.alb": ("_listeners", "_proxy_http_target", "dispatch_request", "find_lb_for_host"),
    "ministack.services.cloudfront": (
        "_collect_streaming_body",
        "_distributions",
        "_fetch_from_alb_origin",
        "_get_distribution_aliases",
        "_origin_connect_target",
        "_origin_request_headers",
        "OriginTimeout",
        "OriginUnreachable",
    ),
    "ministack.services.eventbridge": ("_put_events", "_invoke_target"),
    "ministack.services.ecr": ("_describe_images",),
    "ministack.services.rds": ("_reported_endpoint",),
    "ministack.services.s3": ("serve_cloudfront_origin_fetch",),
}


def check_ministack(found: str | None = None) -> None:
    """Stops at once when this is not the MiniStack that the handlers were written for."""
    found = found or version("ministack")
    if found != VERSION:
        raise SystemExit(
            f"the emulator's handlers are written for ministack {VERSION}, found {found}. Next step: remove .cache/local/venv."
        )
    gone = [
        f"{module}.{name}"
        for module, names in PRIVATE.items()
        for name in names
        if not hasattr(__import__(module, fromlist=[name]), name)
    ]
    if gone:
        raise SystemExit(f"ministack {found} lacks names that the emulator's handlers use: {', '.join(gone)}.")


def replacements() -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """Functions of ours that take the place of MiniStack's: its module, the name there, the function."""
    from emulator import cloudfront, ecr, scheduler
    from emulator.ecs import deployments, draining, tasks

    for ours in (tasks, deployments, draining, ecr, scheduler, cloudfront):
        yield from ours.REPLACED


def install() -> None:
    """Puts our handlers and functions into MiniStack. Importing a module adds the types that it has."""
    from ministack.services import ecs
    from ministack.services.cloudformation import stacks

    from emulator import added_types, corrected_types, resource_types  # noqa: F401
    from emulator.ecs import deployments, service_stack, without_containers  # noqa: F401

    stacks._runs_on_worker_thread = resource_types.runs_on_worker_thread
    for module, name, function in replacements():
        setattr(module, name, function)
    ecs._ACTION_MAP.update({name: operation.function for name, operation in deployments.OPERATIONS.items()})
    without_containers.install()


def listen_for_containers(address: str, port: int) -> socket.socket:
    """A socket on the containers' network. Its bridge may not exist before the first container: Linux lets us bind all the same."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_IP, getattr(socket, "IP_FREEBIND", 15), 1)
    listener.bind((address, port))
    listener.set_inheritable(True)
    return listener


def main() -> None:
    check_ministack()
    install()
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    port = int(os.environ["GATEWAY_PORT"])
    config = Config()
    config.keep_alive_timeout = 75
    # Loopback and the containers' network, and no other: an emulator that runs code for anyone must not face the outside.
    config.bind = [f"127.0.0.1:{port}"]
    if os.environ.get("LOCAL_GATEWAY_ADDRESS"):
        config.bind.append(f"fd://{listen_for_containers(os.environ['LOCAL_GATEWAY_ADDRESS'], port).detach()}")
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main()
