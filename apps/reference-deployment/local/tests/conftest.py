import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# The emulator's handlers read these when they are imported; nothing listens there.
os.environ.update(
    AWS_ENDPOINT_URL="http://127.0.0.1:1",
    GATEWAY_PORT="4577",
    DOCKER_NETWORK="net",
    LOCAL_GATEWAY_ADDRESS="10.1.0.1",
    STATE_DIR=tempfile.gettempdir() + "/ministack",
)

import pytest

import settings
from local_deployment import LocalDeployment


@pytest.fixture
def deployment(tmp_path, monkeypatch):
    """A deployment in a folder of its own, on ports that no other uses."""
    monkeypatch.setattr(settings, "CACHE", tmp_path)
    return LocalDeployment("test", proxy_port=18080, gateway_port=14577)
