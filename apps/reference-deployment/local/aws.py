"""Clients of the emulated AWS. Only for use in the virtual environment, where boto3 is."""

import functools
import threading
from typing import Any

import boto3
from botocore.config import Config

from settings import DUMMY_KEYS, REGION, require_loopback

# boto3 makes clients from one session, which several threads must not use at the same time.
_making_client = threading.Lock()


@functools.cache
def client(service: str, endpoint: str) -> Any:
    """The client of a service at an endpoint of this machine."""
    with _making_client:
        return boto3.client(
            service,
            endpoint_url=require_loopback(endpoint),
            region_name=REGION,
            aws_access_key_id=DUMMY_KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=DUMMY_KEYS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"max_attempts": 1}, proxies={}),
        )
