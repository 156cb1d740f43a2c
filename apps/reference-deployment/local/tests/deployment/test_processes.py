import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

from containers.engine import Engine
from deployment import processes
from problem import Problem


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    processes.require_free(port, "the site", "--port")


def test_a_port_in_use_is_answered_with_another_one(busy_port):
    with pytest.raises(Problem) as problem:
        processes.require_free(busy_port, "the site", "--port")
    assert f"port {busy_port} on 127.0.0.1, for the site, is in use" in str(problem.value)
    assert f"--port {busy_port + 1}" in str(problem.value)


def test_a_process_that_ends_at_once_is_shown_with_its_last_words(deployment, tmp_path):
    log = tmp_path / "emulator.log"
    log.write_text("Traceback\nModuleNotFoundError: No module named 'ministack'\n")
    with pytest.raises(Problem) as problem:
        processes._wait(lambda: False, 5, "the emulator", log, running=lambda: False)
    assert "No module named 'ministack'" in str(problem.value)
    assert f"Log: {log}" in str(problem.value)


@dataclass(frozen=True)
class RecordingEngine(Engine):
    """An engine whose commands are written down and not run."""

    calls: list[tuple[str, ...]] = field(default_factory=list)

    def cli(self, *args: str, **options: Any) -> str:
        self.calls.append(args)
        return {
            "ps": "4a1b\n5c2d\n",
            "images": "1 127.0.0.1:14577/site\n2 127.0.0.1:145770/other\n3 localhost/site\n",
        }.get(args[0], "")


def test_stopping_removes_what_a_killed_run_left_and_nothing_else(deployment):
    engine = RecordingEngine("podman", {})
    processes.stop_everything(deployment, engine)
    assert engine.calls == [
        ("ps", "--all", "--quiet", "--filter", "label=ministack.instance=reference-deployment:14577"),
        ("rm", "--force", "--volumes", "4a1b"),
        ("rm", "--force", "--volumes", "5c2d"),
        ("network", "rm", "reference-deployment-14577"),
        ("images", "--format", "{{.ID}} {{.Repository}}"),
        ("rmi", "--force", "1"),
    ]


@pytest.mark.parametrize(
    "details",
    [
        '[{"subnets": [{"subnet": "fd00::/64", "gateway": "fd00::1"}, {"subnet": "10.89.0.0/24", "gateway": "10.89.0.1"}]}]',
        '[{"IPAM": {"Config": [{"Subnet": "10.89.0.0/24", "Gateway": "10.89.0.1"}]}}]',
    ],
)
def test_the_gateway_is_read_from_podman_and_docker_alike(deployment, monkeypatch, details):
    monkeypatch.setattr(
        Engine, "cli", lambda self, *args, **options: deployment.network if args[1] == "ls" else details
    )
    assert processes.network_gateway(deployment, Engine("docker", {})) == "10.89.0.1"
