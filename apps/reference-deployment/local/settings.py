"""What every local deployment has in common: folders, the emulated account and its dummy keys, loopback alone."""

import ipaddress
import os
import sys
from collections.abc import Mapping
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
# Marks every container and network of this folder's deployments.
OWNER = "reference-deployment"


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


def ignored_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Variables that would send calls elsewhere. Children never see them; the caller says so once."""
    return sorted(
        name for name in environment if name.startswith(("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"))
    )


def say(text: str) -> None:
    """One progress line, at once even into a pipe."""
    print(text, flush=True, file=sys.stdout)
