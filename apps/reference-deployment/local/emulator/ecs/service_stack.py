"""AWS::ECS::Service: CloudFormation waits until the deployment is done, and fails when it is not."""

import functools
import time
from typing import Any

from emulator.api import Properties, call, camel, poll
from emulator.resource_types import Made, Run, corrected

STABILIZE_S = 300
# As many as the deployment circuit breaker allows for small services.
FAILED_TASKS = 3


def create(run: Run, p: Properties, stack: str, logical_id: str) -> Made:
    since = time.time()
    ref, attributes = run()
    dropped = {k: v for k, v in p.items() if k in ("EnableExecuteCommand", "HealthCheckGracePeriodSeconds")}
    call("ecs", "update_service", camel(dropped), cluster=p.get("Cluster", "default"), service=ref)
    try:
        wait_until_steady(ref, p, since)
    except ValueError:
        call("ecs", "delete_service", cluster=p.get("Cluster", "default"), service=ref, force=True)
        raise
    return ref, attributes


def update(run: Run, ref: str, p: Properties) -> Any:
    since = time.time()
    result = run()
    wait_until_steady(ref, p, since)
    return result


def wait_until_steady(ref: str, p: Properties, since: float) -> None:
    """Returns when one deployment runs at full count; raises when its tasks keep failing or the circuit breaker rolled it back."""
    api, cluster, wanted = functools.partial(call, "ecs"), p.get("Cluster", "default"), p["TaskDefinition"]

    def failures(service: Properties) -> list[str]:
        stopped = api("list_tasks", cluster=cluster, serviceName=service["serviceName"], desiredStatus="STOPPED")[
            "taskArns"
        ]
        tasks = api("describe_tasks", cluster=cluster, tasks=stopped)["tasks"] if stopped else []
        return [
            task["stoppedReason"]
            for task in tasks
            if task["taskDefinitionArn"] == wanted
            and task["createdAt"].timestamp() > since - 1
            and task["stopCode"] in ("TaskFailedToStart", "EssentialContainerExited")
        ]

    def steady() -> bool:
        service = api("describe_services", cluster=cluster, services=[ref])["services"][0]
        primary = next(d for d in service["deployments"] if d["status"] == "PRIMARY")
        reasons = failures(service)
        if primary["taskDefinition"] != wanted or primary["rolloutState"] == "FAILED" or len(reasons) >= FAILED_TASKS:
            raise ValueError(f"Service deployment failed: {(reasons or [primary['rolloutStateReason']])[-1]}")
        complete = primary["rolloutState"] == "COMPLETED" and len(service["deployments"]) == 1
        return complete and service["runningCount"] == service["desiredCount"]

    if not poll(STABILIZE_S, steady):
        raise ValueError(f"Service {ref} did not become steady in {STABILIZE_S} s")


corrected(
    "AWS::ECS::Service",
    create=create,
    update=update,
    note="CloudFormation did not wait for the deployment; tasks counted as healthy without their health check",
)
