"""EventBridge Scheduler: MiniStack's clock knows when a schedule is due, but not how to start an ECS task."""

from typing import Any

from ministack.services import eventbridge

from emulator.api import Native, Properties, call, camel
from emulator.resource_types import corrected


def invoke_target(
    target: Properties,
    event: Properties,
    rule: Properties,
    view: Any = None,
    native: Native = eventbridge._invoke_target,
) -> None:
    """MiniStack calls this for schedules and for rules, from a thread of its own."""
    if "EcsParameters" not in target:
        return native(target, event, rule, view)
    parameters = camel(target["EcsParameters"])
    call(
        "ecs",
        "run_task",
        parameters,
        cluster=target["Arn"],
        taskDefinition=parameters["taskDefinitionArn"],
        count=parameters.get("taskCount", 1),
    )


def with_the_apis_network(p: Properties) -> Properties:
    """The one key that CloudFormation writes in another way than the API."""
    parameters = p["Target"].get("EcsParameters", {})
    if "NetworkConfiguration" not in parameters:
        return p
    network = {"awsvpcConfiguration": parameters["NetworkConfiguration"]["AwsvpcConfiguration"]}
    return {**p, "Target": {**p["Target"], "EcsParameters": {**parameters, "NetworkConfiguration": network}}}


corrected(
    "AWS::Scheduler::Schedule",
    properties=with_the_apis_network,
    note="an ECS task was never started; all times are UTC, and a start that fails is neither tried again nor a dead letter",
)

REPLACED = ((eventbridge, "_invoke_target", invoke_target),)
