"""What the tests ask of the site that the cycle deploys: its tasks and containers, its images, its database, its page."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from containers.engine import Engine
from deployment import steps
from deployment.status import SERVICES
from local_deployment import LocalDeployment
from tests.background import BackgroundTask
from tests.browser import Browser, found
from tests.patience import PATIENCE_S

DEPLOYMENT = LocalDeployment("cycle", proxy_port=8091, gateway_port=4591, profile="production", stacks="apart")


def eventually(check: Callable[[], Any]) -> Any:
    """Calls `check` until it returns something true or hangs; returns the last result."""
    deadline = time.monotonic() + PATIENCE_S
    while not (result := check()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return result


def quietly(text: str) -> None:
    """Progress is not looked at here."""


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def stack_status() -> str | None:
    """What CloudFormation says of the site's stack."""
    return (DEPLOYMENT.stack(steps.SITE) or {}).get("StackStatus")


def running_tasks() -> set[str]:
    cluster = DEPLOYMENT.outputs(steps.SITE)["ClusterName"]
    return set(DEPLOYMENT.client("ecs").list_tasks(cluster=cluster, desiredStatus="RUNNING")["taskArns"])


def containers(engine: Engine) -> list[str]:
    """Ids of the deployment's containers, running or not."""
    return engine.labelled(f"ministack.instance={DEPLOYMENT.owner}")


def task_containers(engine: Engine, process: str) -> list[dict[str, Any]]:
    """What the engine says about the running containers of one process."""
    # one that has gone meanwhile is an error, and the others are described all the same
    every = json.loads(engine.cli("inspect", *containers(engine), check=False) or "[]")
    return [c for c in every if c["State"]["Running"] and f"DJANGO_PROCESS={process}" in c["Config"]["Env"]]


class ContainerCounts(BackgroundTask):
    """Counts the containers of one process all the time while its `with` block runs; `seen` are their numbers."""

    def __init__(self, engine: Engine, process: str) -> None:
        super().__init__(pause=0.3)
        self.engine, self.process = engine, process
        self.seen: set[int] = set()

    def step(self) -> None:
        self.seen.add(len(task_containers(self.engine, self.process)))


def sql(engine: Engine, *statements: str) -> str:
    """What the database returns for the last of them; all in one session."""
    ours = containers(engine)
    database = next(id_ for id_ in engine.labelled("ministack=rds") if id_ in ours)
    options = [word for statement in statements for word in ("-c", statement)]
    command = ("exec", database, "psql", "-U", "django", "-d", "django", "-qAt", *options)
    return engine.cli(*command, timeout=PATIENCE_S).strip()


def image(digest: str) -> dict[str, Any]:
    name = DEPLOYMENT.outputs(steps.REGISTRY)["RepositoryName"]
    ids = [{"imageDigest": digest}]
    return DEPLOYMENT.client("ecr").describe_images(repositoryName=name, imageIds=ids)["imageDetails"][0]


def pins(digest: str) -> set[str]:
    """The image's tags that keep it from expiring."""
    return {tag for tag in image(digest)["imageTags"] if tag.startswith("inuse-")}


def wanted_pins(digest: str) -> set[str]:
    """One for each service, named after it and the image."""
    outputs = DEPLOYMENT.outputs(steps.SITE)
    return {f"inuse-{outputs[name]}-{digest[7:19]}" for name in SERVICES}


def deployed_digest() -> str:
    """The image of the web service, as its task definition names it."""
    ecs, outputs = DEPLOYMENT.client("ecs"), DEPLOYMENT.outputs(steps.SITE)
    service = ecs.describe_services(cluster=outputs["ClusterName"], services=[outputs["WebServiceName"]])["services"][0]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return next(c["image"] for c in definition["containerDefinitions"] if c["name"] == "django").partition("@")[2]


def style_sheet(browser: Browser) -> str:
    """The path of the page's style sheet, which has a hash in its name."""
    return found(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', browser.page("/"))
