"""A task that runs a command once, as one does on AWS, and the admin user, who is made by one."""

import secrets
import time
from typing import Any, NamedTuple

from deployment.steps import SITE
from local_deployment import LocalDeployment
from problem import Problem

ADMIN = "admin"
TASK_S = 300


class EndedTask(NamedTuple):
    """What became of a task."""

    exit_code: int | None
    reason: str
    # The last lines that its container `django` wrote.
    log: list[str]


def run(deployment: LocalDeployment, **request: Any) -> EndedTask:
    """Starts a task of the site's cluster by ECS's RunTask, and waits for its end."""
    ecs, cluster = deployment.client("ecs"), deployment.outputs(SITE)["ClusterName"]
    arn = ecs.run_task(cluster=cluster, launchType="FARGATE", **request)["tasks"][0]["taskArn"]
    deadline = time.monotonic() + TASK_S
    while time.monotonic() < deadline:
        task = ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]
        if task["lastStatus"] == "STOPPED":
            log = deployment.task_log(f"command/django/{arn.rsplit('/', 1)[-1]}")
            return EndedTask(task["containers"][0].get("exitCode"), task.get("stoppedReason", ""), log)
        time.sleep(0.5)
    raise Problem(
        f"a task of {request['taskDefinition']} did not end within {TASK_S} s.",
        "run this again",
        deployment.folder / "emulator.log",
    )


def admin(deployment: LocalDeployment) -> str:
    """Makes the admin user by a one-off task; returns the password. A second call returns it and makes nothing."""
    known = deployment.state.read()
    password: str = known.get("password") or secrets.token_urlsafe(12)
    if not known.get("admin_made"):
        deployment.state.write(password=password)
        _create_superuser(deployment, password)
        deployment.state.write(admin_made=True)
    return password


def _create_superuser(deployment: LocalDeployment, password: str) -> None:
    outputs = deployment.outputs(SITE)
    network = {
        "subnets": outputs["TaskSubnets"].split(","),
        "securityGroups": [outputs["TaskSecurityGroup"]],
        "assignPublicIp": outputs["TaskPublicIp"],
    }
    environment = {
        "DJANGO_SUPERUSER_USERNAME": ADMIN,
        "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
        "DJANGO_SUPERUSER_PASSWORD": password,
    }
    variables = [{"name": name, "value": value} for name, value in environment.items()]
    ended = run(
        deployment,
        taskDefinition=outputs["CommandTaskDefinition"],
        networkConfiguration={"awsvpcConfiguration": network},
        overrides={"containerOverrides": [{"name": "django", "environment": variables}]},
    )
    if ended.exit_code != 0:
        lines = "\n".join(ended.log)
        raise Problem(
            f"`createsuperuser` ended with {ended.exit_code} ({ended.reason}):\n{lines}",
            "read the lines above, then run this again",
        )
