"""Calls to MiniStack's own service APIs, so that what our handlers create shows up in describe calls."""

import os
import time
import zlib

import aws
from settings import ACCOUNT, REGION


def call(service, operation, properties=None, /, **more):
    """One API call. Of `properties` those that the operation knows by the same name are passed on; `more` wins over them."""
    client = aws.client(service, os.environ["AWS_ENDPOINT_URL"])
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    return getattr(client, operation)(**_coerced({**(properties or {}), **more}, shape))


def _coerced(value, shape):
    """CloudFormation writes numbers and booleans as strings now and then; the API gets what its model asks for."""
    kind = shape.type_name
    if kind == "structure":
        return {name: _coerced(v, shape.members[name]) for name, v in value.items() if name in shape.members}
    if kind == "list":
        return [_coerced(v, shape.member) for v in value]
    if kind == "boolean":
        return str(value).lower() == "true"
    cast = {"integer": int, "long": int, "float": float, "double": float, "string": str}.get(kind)
    return cast(value) if cast else value


# Maps whose keys are data, not names of properties.
_DATA = ("Options", "DockerLabels", "DriverOpts", "Labels")


def camel(value):
    """CloudFormation's PascalCase as the ECS API's camelCase."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: v if key in _DATA else camel(v) for key, v in value.items()}
    return [camel(v) for v in value] if isinstance(value, list) else value


def poll(seconds, check, pause=0.5):
    """Calls `check` until it returns something true or the time is up; returns the last result."""
    end = time.monotonic() + seconds
    while not (result := check()) and time.monotonic() < end:
        time.sleep(pause)
    return result


def arn(service, rest):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def unique(stack, logical_id, longest=60):
    """A name for a resource that the template leaves unnamed: the same one each time."""
    full = f"{stack}-{logical_id}"
    return full if len(full) <= longest else f"{full[: longest - 9]}-{zlib.crc32(full.encode()):08x}"
