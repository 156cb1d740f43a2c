import json
import re

import pytest

from emulator.ecs import deployments
from settings import LOCAL


def test_the_readme_lists_exactly_the_ecs_operations_that_are_ours():
    rows = re.findall(r"^\| `ecs:(\w+)` \| (.+?) \|$", (LOCAL / "README.md").read_text(), re.MULTILINE)
    assert rows == [(name, operation.note) for name, operation in deployments.OPERATIONS.items()]


class TestDeployments:
    """What becomes of a service's deployments is announced and can be asked for."""

    @pytest.fixture(autouse=True)
    def fresh(self, monkeypatch):
        monkeypatch.setattr(deployments, "HISTORY", {})

    @staticmethod
    def deployment(number, state="COMPLETED", status="PRIMARY"):
        return {
            "id": f"ecs-svc/{number}",
            "status": status,
            "rolloutState": state,
            "taskDefinition": f"site:{number}",
            "updatedAt": "2026-11-24T12:00:00Z",
            "runningCount": 0,
            "pendingCount": 0,
        }

    @staticmethod
    def service(*made, running=0):
        return {
            "serviceArn": "arn:aws:ecs:us-east-1:111122223333:service/shop/web",
            "clusterArn": "arn:aws:ecs:us-east-1:111122223333:cluster/shop",
            "desiredCount": 2,
            "runningCount": running,
            "deployments": list(made),
        }

    @staticmethod
    def events(service):
        found = [json.loads(event["Detail"]) for event in deployments.watch(service)]
        return [(detail["eventName"], detail["deploymentId"]) for detail in found]

    def record(self, service):
        return deployments.HISTORY[service["serviceArn"]][-1]

    def revision(self, number):
        return f"arn:aws:ecs:us-east-1:111122223333:service-revision/shop/web/{number}"

    def test_the_first_one_is_complete_only_when_its_tasks_run(self):
        first = self.deployment(1)
        assert self.events(self.service(first)) == [("SERVICE_DEPLOYMENT_IN_PROGRESS", "ecs-svc/1")]
        assert self.events(self.service(first, running=1)) == []
        assert self.events(self.service(first, running=2)) == [("SERVICE_DEPLOYMENT_COMPLETED", "ecs-svc/1")]
        assert self.events(self.service(first, running=1)) == []

    def test_an_update_comes_from_the_one_before_it(self):
        first = self.deployment(1)
        self.events(self.service(first, running=2))
        first["status"], second = "ACTIVE", self.deployment(2, "IN_PROGRESS")
        service = self.service(second, first, running=4)
        assert self.events(service) == [("SERVICE_DEPLOYMENT_IN_PROGRESS", "ecs-svc/2")]
        assert self.record(service)["sourceServiceRevisions"] == [{"arn": self.revision(1)}]
        assert self.record(service)["targetServiceRevision"] == {"arn": self.revision(2)}
        second["rolloutState"] = "COMPLETED"
        assert self.events(self.service(second, running=2)) == [("SERVICE_DEPLOYMENT_COMPLETED", "ecs-svc/2")]
        assert self.record(service)["status"] == "SUCCESSFUL"

    def test_one_that_fails_falls_back_to_the_one_before_it(self):
        first = self.deployment(1)
        self.events(self.service(first, running=2))
        first |= {"status": "PRIMARY", "rolloutState": "IN_PROGRESS"}
        second = self.deployment(2, "FAILED", "ACTIVE")
        service = self.service(second, first, running=1)
        assert self.events(service) == [
            ("SERVICE_DEPLOYMENT_IN_PROGRESS", "ecs-svc/2"),
            ("SERVICE_DEPLOYMENT_FAILED", "ecs-svc/2"),
            ("SERVICE_DEPLOYMENT_IN_PROGRESS", "ecs-svc/1"),
        ]
        assert self.record(service)["rollback"] == {"serviceRevisionArn": self.revision(1)}
        first["rolloutState"] = "COMPLETED"
        assert self.events(self.service(second, first, running=2)) == [("SERVICE_DEPLOYMENT_COMPLETED", "ecs-svc/1")]
        assert self.record(service)["status"] == "ROLLBACK_SUCCESSFUL"

    def test_one_that_a_newer_one_overtakes_is_stopped(self):
        first, second = self.deployment(1, "IN_PROGRESS", "ACTIVE"), self.deployment(2, "IN_PROGRESS")
        service = self.service(second, first)
        self.events(service)
        assert [record["status"] for record in deployments.HISTORY[service["serviceArn"]]] == ["STOPPED", "IN_PROGRESS"]
