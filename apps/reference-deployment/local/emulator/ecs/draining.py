"""Deregistration: a load balancer lets requests end that it has sent to a target before ECS stops its task. MiniStack stops it at once."""

import threading
from collections import Counter
from typing import Any

from ministack.core.responses import StreamingResponse
from ministack.services import alb, ecs

from emulator.api import Native
from emulator.ecs.tasks import network

# As long as the site's target group waits (`deregistration_delay.timeout_seconds`).
DEREGISTRATION_S = 30

# Requests that a target, known by its address, has not answered to the end.
_open: Counter[str] = Counter()
_changed = threading.Condition()


def _count(address: str, change: int) -> None:
    with _changed:
        _open[address] += change
        _changed.notify_all()


async def to_target(
    target: dict[str, Any], *arguments: Any, native: Native = alb._proxy_http_target, **options: Any
) -> tuple[int, Any, Any]:
    """Sends a request to a target; it is open until the last byte of the answer."""
    address = str(target.get("Id", ""))
    _count(address, +1)
    try:
        status, headers, body = await native(target, *arguments, **options)
    except BaseException:
        _count(address, -1)
        raise
    if not isinstance(body, StreamingResponse):
        _count(address, -1)
        return status, headers, body

    async def stream(send: Any, receive: Any) -> None:
        try:
            await body.runner(send, receive)
        finally:
            _count(address, -1)

    return status, headers, StreamingResponse(stream)


def remove_container(docker: Any, container: Any, native: Native = ecs._remove_docker_container) -> None:
    """Stops a container when no request to it is open any more. Its task is no target by now."""
    for address in addresses(docker, container):
        with _changed:
            _changed.wait_for(lambda address=address: _open[address] <= 0, DEREGISTRATION_S)  # type: ignore[misc]
    native(docker, container)


def addresses(docker: Any, container: Any) -> list[str]:
    """The address of a container on the network of the tasks; none when it is gone."""
    try:
        found = docker.containers.get(container) if isinstance(container, str) else container
        attached = found.attrs["NetworkSettings"]["Networks"].get(network())
    except Exception:  # whatever the engine says, there is nothing to wait for
        return []
    return [attached["IPAddress"]] if attached and attached["IPAddress"] else []


REPLACED = ((alb, "_proxy_http_target", to_target), (ecs, "_remove_docker_container", remove_container))
