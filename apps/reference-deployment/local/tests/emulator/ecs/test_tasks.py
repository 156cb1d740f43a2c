from types import SimpleNamespace

import pytest

from emulator.ecs import tasks


@pytest.mark.parametrize(
    "image, here",
    [
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/site@sha256:ab", "127.0.0.1:4577/site@sha256:ab"),
        ("docker.io/library/python:3.13", "docker.io/library/python:3.13"),
        (None, None),
    ],
)
def test_only_images_of_ecr_are_looked_for_at_the_emulator(image, here):
    assert tasks.local_image(image) == here


def test_the_limits_of_a_task_definition_reach_the_engine(monkeypatch):
    monkeypatch.setattr(tasks, "database_hosts", lambda: {"db": "10.1.0.2"})
    cdef = {
        "readonlyRootFilesystem": True,
        "user": "10001",
        "entryPoint": ["sh"],
        "linuxParameters": {
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"]},
            "tmpfs": [{"containerPath": "/tmp", "size": 64, "mountOptions": ["noexec"]}],
        },
    }
    environment = {
        "AWS_ENDPOINT_URL": "http://host.docker.internal:4577",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "x",
        "SITE_URL": "http://localhost",
        "ECS_CONTAINER_METADATA_URI_V4": "http://host.docker.internal:4577/v4/t",
    }
    arguments = tasks.run_arguments(cdef, native=lambda cdef: {"environment": environment, "image": "i"})
    assert arguments == {
        "image": "i",
        "network": "net",
        "extra_hosts": {"db": "10.1.0.2"},
        "read_only": True,
        "init": True,
        "cap_drop": ["ALL"],
        "tmpfs": {"/tmp": "size=64m,noexec"},
        "user": "10001",
        "entrypoint": ["sh"],
        "environment": {
            "SITE_URL": "http://localhost",
            "AWS_ENDPOINT_URL": "http://10.1.0.1:4577",
            "AWS_ACCESS_KEY_ID": "111122223333",
            "AWS_SECRET_ACCESS_KEY": "local-only",
            "ECS_CONTAINER_METADATA_URI_V4": "http://10.1.0.1:4577/v4/t",
        },
    }


class TestHealth:
    """A task becomes RUNNING only when its checks pass."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr(
            tasks, "poll", lambda seconds, check: next((r for r in (check() for _ in range(10)) if r), None)
        )
        monkeypatch.setattr(tasks, "containers", lambda task: [SimpleNamespace(status=task["status"])])

    @staticmethod
    def check(*verdicts):
        left = iter(verdicts)
        return tasks.Check("ELB health checks (http://10.1.0.3:8000/livez)", lambda: next(left, None))

    def test_a_container_that_answers_after_a_while_is_healthy(self):
        tasks.wait_until_healthy({"status": "running"}, self.check(None, None, False, True))

    def test_three_bad_answers_fail_the_task(self):
        with pytest.raises(RuntimeError, match="Task failed ELB health checks"):
            tasks.wait_until_healthy({"status": "running"}, self.check(None, False, False, False, True))

    def test_a_container_that_never_answers_fails_the_task(self):
        with pytest.raises(RuntimeError, match="Task failed ELB health checks"):
            tasks.wait_until_healthy({"status": "running"}, self.check())

    def test_a_container_that_exits_fails_the_task_at_once(self):
        with pytest.raises(RuntimeError, match="Essential container in task exited"):
            tasks.wait_until_healthy({"status": "exited"}, self.check(None, True))
