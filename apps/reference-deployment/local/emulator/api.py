"""Calls to MiniStack's own service APIs, so that what our handlers create shows up in describe calls."""

import os
import time
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

import aws
from settings import ACCOUNT, REGION

# A resource's properties as its template has them, or an API's input or output.
Properties = dict[str, Any]
# Status, headers and body of a response, as MiniStack's own functions return it.
Response = tuple[int, dict[str, str], bytes]
# A function of MiniStack whose place one of ours takes.
Native = Callable[..., Any]
Result = TypeVar("Result")


def call(service: str, operation: str, properties: Properties | None = None, /, **more: Any) -> Properties:
    """One API call. Of `properties` those that the operation knows by the same name are passed on; `more` wins over them."""
    client = aws.client(service, os.environ["AWS_ENDPOINT_URL"])
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    return getattr(client, operation)(**_coerced({**(properties or {}), **more}, shape))


def _coerced(value: Any, shape: Any) -> Any:
    """CloudFormation writes numbers and booleans as strings now and then; the API gets what its model asks for."""
    kind = shape.type_name
    if kind == "structure":
        return {name: _coerced(v, shape.members[name]) for name, v in value.items() if name in shape.members}
    if kind == "list":
        return [_coerced(v, shape.member) for v in value]
    if kind == "boolean":
        return str(value).lower() == "true"
    cast: Callable[[Any], Any] | None = {
        "integer": int,
        "long": int,
        "float": float,
        "double": float,
        "string": str,
    }.get(kind)
    return cast(value) if cast else value


# Maps whose keys are data, not names of properties.
_DATA = ("Options", "DockerLabels", "DriverOpts", "Labels")


def camel(value: Any) -> Any:
    """CloudFormation's PascalCase as the ECS API's camelCase."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: v if key in _DATA else camel(v) for key, v in value.items()}
    return [camel(v) for v in value] if isinstance(value, list) else value


def poll(seconds: float, check: Callable[[], Result], pause: float = 0.5) -> Result:
    """Calls `check` until it returns something true or the time is up; returns the last result."""
    end = time.monotonic() + seconds
    while not (result := check()) and time.monotonic() < end:
        time.sleep(pause)
    return result


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def unique(stack: str, logical_id: str | None, longest: int = 60) -> str:
    """A name for a resource that the template leaves unnamed: the same one each time."""
    full = f"{stack}-{logical_id}"
    return full if len(full) <= longest else f"{full[: longest - 9]}-{zlib.crc32(full.encode()):08x}"
