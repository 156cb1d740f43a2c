from typing import Any

import pytest

from emulator import scheduler

TARGET: dict[str, Any] = {
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
