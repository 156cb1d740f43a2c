import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from emulator import __main__ as launcher
from emulator import cloudfront, corrected_types, resource_types, scheduler
from emulator.api import camel, unique
from emulator.ecs import deployments, tasks

launcher.install()
README = Path(__file__).resolve().parents[2] / "README.md"


def test_another_ministack_is_refused():
    with pytest.raises(SystemExit, match=r"written for ministack 1\.5\.33, found 1\.5\.34"):
        launcher.check_ministack("1.5.34")


def test_a_name_that_ministack_no_longer_has_is_refused(monkeypatch):
    monkeypatch.setitem(launcher.PRIVATE, "ministack.services.ecs", ("_gone",))
    with pytest.raises(SystemExit, match=r"lacks names .* ministack\.services\.ecs\._gone"):
        launcher.check_ministack()


def test_every_name_that_is_replaced_is_checked_at_start():
    for module, name, _ in launcher.replacements():
        assert name in launcher.PRIVATE[module.__name__]


def test_a_type_that_ministack_has_is_not_added_again():
    with pytest.raises(SystemExit, match="this MiniStack has the type itself"):
        resource_types.added("AWS::SNS::Topic", "sns", lambda api, p, name: (name, {}), note="")


def test_the_readme_lists_exactly_the_types_that_are_ours():
    rows = re.findall(r"^\| `(AWS::\S+)` \| (.+?) \| (.+?) \|$", README.read_text(), re.MULTILINE)
    assert rows == sorted((ours.type, ours.kind, ours.note) for ours in resource_types.RESOURCE_TYPES)


def test_the_readme_lists_exactly_the_ecs_operations_that_are_ours():
    rows = re.findall(r"^\| `ecs:(\w+)` \| (.+?) \|$", README.read_text(), re.MULTILINE)
    assert rows == [(name, operation.note) for name, operation in deployments.OPERATIONS.items()]


def test_our_types_run_on_a_worker_thread():
    assert resource_types.runs_on_worker_thread("AWS::EC2::EIP")
    assert not resource_types.runs_on_worker_thread("AWS::SNS::Topic")


def test_a_container_definition_gets_the_apis_names_and_keeps_its_data():
    definition = {
        "Secrets": [{"Name": "A", "ValueFrom": "arn"}],
        "LogConfiguration": {"LogDriver": "awslogs", "Options": {"Awslogs-Group": "g"}},
    }
    assert camel(definition) == {
        "secrets": [{"name": "A", "valueFrom": "arn"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"Awslogs-Group": "g"}},
    }


def test_a_long_name_is_cut_and_stays_different():
    one, other = (unique("DjangoSite", "SiteDatabaseInstance" + end, 27) for end in ("A", "B"))
    assert len(one) == 27
    assert one != other


def test_exclusions_of_a_secret_become_characters():
    excluded = corrected_types.excluded_characters(
        {"GenerateSecretString": {"ExcludePunctuation": True, "ExcludeCharacters": "a"}}
    )
    assert excluded["GenerateSecretString"]["ExcludeCharacters"].startswith("a!")
    assert "0" not in excluded["GenerateSecretString"]["ExcludeCharacters"]
    assert corrected_types.excluded_characters({"SecretString": "x"}) == {"SecretString": "x"}


def test_the_name_of_a_secret_is_read_from_its_arn():
    assert (
        corrected_types.secret_name("arn:aws:secretsmanager:us-east-1:111122223333:secret:my/secret-name-1a2b3c")
        == "my/secret-name"
    )


@pytest.mark.parametrize("value, deleted", [("true", False), ("false", True)])
def test_a_load_balancer_is_deleted_unless_it_is_protected(monkeypatch, value, deleted):
    attributes = [{"Key": "deletion_protection.enabled", "Value": value}, {"Key": "other", "Value": "true"}]
    monkeypatch.setattr(corrected_types, "call", lambda *_, **options: {"Attributes": attributes})
    done = []
    if deleted:
        corrected_types.unprotected(lambda: done.append(True), "arn", {})
    else:
        with pytest.raises(ValueError, match="'arn' cannot be deleted because deletion protection is enabled"):
            corrected_types.unprotected(lambda: done.append(True), "arn", {})
    assert done == [True] * deleted


def test_an_alarm_on_metric_math_watches_its_first_metric():
    alarm = corrected_types.plain_alarm(
        {
            "Threshold": 1,
            "Metrics": [
                {"Expression": "a / 2"},
                {"MetricStat": {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60, "Stat": "p95"}},
            ],
        }
    )
    assert alarm == {"Threshold": 1, "Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": 60}


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


TARGET = {
    "Arn": "arn:aws:ecs:us-east-1:111122223333:cluster/shop",
    "RoleArn": "arn:aws:iam::111122223333:role/scheduler",
    "EcsParameters": {
        "TaskDefinitionArn": "arn:aws:ecs:us-east-1:111122223333:task-definition/report:3",
        "LaunchType": "FARGATE",
        "TaskCount": "1",
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
        },
    },
}


@pytest.mark.parametrize("target", [TARGET, scheduler.with_the_apis_network({"Target": TARGET})["Target"]])
def test_a_schedule_that_is_due_starts_its_task(monkeypatch, target):
    started = {}
    monkeypatch.setattr(
        scheduler,
        "call",
        lambda service, operation, p, **more: started.update({**p, **more, "is": (service, operation)}),
    )
    scheduler.invoke_target(target, {}, {}, native=lambda *_: pytest.fail("left to MiniStack"))
    wanted = {
        "is": ("ecs", "run_task"),
        "cluster": TARGET["Arn"],
        "taskDefinition": TARGET["EcsParameters"]["TaskDefinitionArn"],
        "count": "1",
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
        },
    }
    assert started == wanted | {k: started[k] for k in ("taskDefinitionArn", "taskCount")}


def test_targets_that_are_no_tasks_are_left_to_ministack():
    asked = []
    target = {"Arn": "arn:aws:lambda:us-east-1:111122223333:function:f"}
    scheduler.invoke_target(target, {"a": 1}, {"b": 2}, native=lambda *arguments: asked.append(arguments))
    assert asked == [(target, {"a": 1}, {"b": 2}, None)]
    assert scheduler.with_the_apis_network({"Target": target}) == {"Target": target}


@pytest.mark.parametrize(
    "name, covered",
    [("www.example.com", True), ("*.example.com", True), ("example.com", False), ("*.www.example.com", False)],
)
def test_a_star_in_a_certificate_stands_for_one_part_of_a_name(name, covered):
    assert cloudfront.covers(name, "WWW.example.com:443") == covered


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
