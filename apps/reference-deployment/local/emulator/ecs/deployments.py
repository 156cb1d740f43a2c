"""ECS's service deployments. MiniStack rolls them out, but neither remembers them nor announces them on the event bus."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecs, eventbridge

from emulator.api import Native, Properties, Response, arn

Action = Callable[[Properties], Response]

# Service deployments by the ARN of their service, oldest first, as the API describes them; names with _ are for this file alone.
HISTORY: dict[str, list[Properties]] = {}
_watching = threading.Lock()


def refresh_service_state(cluster_name: str, group: str | None, native: Native = ecs._refresh_service_state) -> None:
    """MiniStack calls this after every change of a service's tasks or deployments."""
    native(cluster_name, group)
    service = ecs._services.get(f"{cluster_name}/{(group or '').removeprefix('service:')}")
    if service:
        for event in watch(service):
            eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)


def watch(service: Properties) -> list[Properties]:
    """Brings the record up to what became of the service's deployments; returns the events of what is new."""
    with _watching:
        history = HISTORY.setdefault(service["serviceArn"], [])
        return [*_begun(service, history), *_ended(service, history)]


def _begun(service: Properties, history: list[Properties]) -> Iterator[Properties]:
    known = {record["_deployment"]["id"] for record in history}
    for deployment in reversed(service["deployments"]):
        if deployment["id"] in known:
            continue
        for record in history:
            if record["status"] == "IN_PROGRESS":
                record["status"] = "STOPPED"
        others = [d for d in service["deployments"] if d is not deployment and d["rolloutState"] != "FAILED"]
        history.append(
            {
                "serviceDeploymentArn": _arn("service-deployment", service, deployment),
                "serviceArn": service["serviceArn"],
                "clusterArn": service["clusterArn"],
                "createdAt": time.time(),
                "status": "IN_PROGRESS",
                "sourceServiceRevisions": [{"arn": _arn("service-revision", service, d)} for d in others],
                "targetServiceRevision": {"arn": _arn("service-revision", service, deployment)},
                "_deployment": deployment,
            }
        )
        yield _event(service, deployment, "IN_PROGRESS")


def _ended(service: Properties, history: list[Properties]) -> Iterator[Properties]:
    """Only the newest can end: a newer one stops those before it."""
    if not history:
        return
    record, target = history[-1], history[-1]["_deployment"]
    primary = next((d for d in service["deployments"] if d["status"] == "PRIMARY"), target)
    # MiniStack calls the first deployment completed before its tasks run.
    steady = primary["rolloutState"] == "COMPLETED" and service["runningCount"] >= service["desiredCount"]
    if record["status"] == "IN_PROGRESS" and target["rolloutState"] == "FAILED":
        record["status"] = "STOPPED"
        yield _event(service, target, "FAILED")
        if primary is not target:
            record["status"] = "ROLLBACK_IN_PROGRESS"
            record["rollback"] = {"serviceRevisionArn": _arn("service-revision", service, primary)}
            yield _event(service, primary, "IN_PROGRESS")
    elif record["status"] in ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS") and steady:
        record["status"] = "SUCCESSFUL" if record["status"] == "IN_PROGRESS" else "ROLLBACK_SUCCESSFUL"
        yield _event(service, primary, "COMPLETED")


def _arn(kind: str, service: Properties, deployment: Properties) -> str:
    names = service["serviceArn"].split(":service/", 1)[1]
    return arn("ecs", f"{kind}/{names}/{deployment['id'].rsplit('/', 1)[-1]}")


def _event(service: Properties, deployment: Properties, state: str) -> Properties:
    detail = {
        "eventType": "ERROR" if state == "FAILED" else "INFO",
        "eventName": f"SERVICE_DEPLOYMENT_{state}",
        "deploymentId": deployment["id"],
        "updatedAt": deployment["updatedAt"],
        "reason": f"ECS deployment {deployment['id']} {state.lower().replace('_', ' ')}.",
    }
    return {
        "Source": "aws.ecs",
        "DetailType": "ECS Deployment State Change",
        "Resources": [service["serviceArn"]],
        "Detail": json.dumps(detail),
    }


def _records() -> list[Properties]:
    return [record for history in HISTORY.values() for record in history]


def describe_services(data: Properties, native: Native = ecs._ACTION_MAP["DescribeServices"]) -> Response:
    status, _, body = native(data)
    response = json.loads(body)
    for service in response.get("services", []):
        service["currentServiceRevisions"] = [
            {
                "arn": _arn("service-revision", service, deployment),
                "runningTaskCount": deployment["runningCount"],
                "pendingTaskCount": deployment["pendingCount"],
            }
            for deployment in service["deployments"]
            if deployment["rolloutState"] != "FAILED"
        ]
    return json_response(response, status)


def list_service_deployments(data: Properties) -> Response:
    found = json.loads(
        ecs._ACTION_MAP["DescribeServices"]({"cluster": data.get("cluster", ""), "services": [data["service"]]})[2]
    )
    if not found.get("services"):
        return error_response_json("ServiceNotFoundException", "Service not found.", 400)
    briefs = [
        {
            **{k: record[k] for k in ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "status")},
            "targetServiceRevisionArn": record["targetServiceRevision"]["arn"],
        }
        for record in reversed(HISTORY.get(found["services"][0]["serviceArn"], []))
    ]
    return json_response({"serviceDeployments": briefs})


def describe_service_deployments(data: Properties) -> Response:
    known = {record["serviceDeploymentArn"]: record for record in _records()}
    return _found(data["serviceDeploymentArns"], known, "serviceDeployments")


def describe_service_revisions(data: Properties) -> Response:
    known = {
        record["targetServiceRevision"]["arn"]: {
            "serviceRevisionArn": record["targetServiceRevision"]["arn"],
            "serviceArn": record["serviceArn"],
            "clusterArn": record["clusterArn"],
            "createdAt": record["createdAt"],
            "taskDefinition": record["_deployment"]["taskDefinition"],
            "containerImages": list(_container_images(record["_deployment"])),
        }
        for record in _records()
    }
    return _found(data["serviceRevisionArns"], known, "serviceRevisions")


def _found(wanted: list[str], known: dict[str, Properties], name: str) -> Response:
    return json_response(
        {
            name: [{k: v for k, v in known[arn].items() if k[0] != "_"} for arn in wanted if arn in known],
            "failures": [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in known],
        }
    )


def _container_images(deployment: Properties) -> Iterator[Properties]:
    """The digest is in the image's name, or MiniStack has asked the registry for it."""
    definition = ecs._ACTION_MAP["DescribeTaskDefinition"]({"taskDefinition": deployment["taskDefinition"]})[2]
    for container in json.loads(definition)["taskDefinition"]["containerDefinitions"]:
        name, image = container["name"], container["image"]
        digest = image.partition("@")[2] or deployment.get("_image_digests", {}).get(name)
        yield {"containerName": name, "image": image, **({"imageDigest": digest} if digest else {})}


class Operation(NamedTuple):
    """One row of the README's table of operations."""

    function: Action
    note: str


OPERATIONS = {
    "DescribeServices": Operation(describe_services, "names the revisions that are current"),
    "ListServiceDeployments": Operation(list_service_deployments, "was always empty; all in one page, no filters"),
    "DescribeServiceDeployments": Operation(
        describe_service_deployments, "was always empty; status, revisions and rollback"
    ),
    "DescribeServiceRevisions": Operation(describe_service_revisions, "was always empty; task definition and images"),
}

REPLACED = ((ecs, "_refresh_service_state", refresh_service_state),)
