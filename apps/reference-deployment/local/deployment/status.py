"""Says what runs of a deployment."""

from deployment.steps import SITE
from local_deployment import LocalDeployment
from settings import say

SERVICES = ("WebServiceName", "WorkerServiceName", "BeatServiceName")


def status(deployment: LocalDeployment) -> None:
    known, alive = deployment.state.read(), deployment.state.alive
    if not known:
        return say("Nothing runs.")
    for name in ("emulator", "podman", "proxy"):
        pid = alive(name)
        say(f"{name:9} {f'process {pid}' if pid else 'does not run'}")
    if alive("emulator") and known.get("image"):
        _say_services(deployment)
        if alive("proxy"):
            say(f"site      {deployment.url}")


def _say_services(deployment: LocalDeployment) -> None:
    outputs = deployment.outputs(SITE)
    names = [outputs[name] for name in SERVICES]
    found = deployment.client("ecs").describe_services(cluster=outputs["ClusterName"], services=names)
    for service in found["services"]:
        say(f"service   {service['serviceName']}: {service['runningCount']} of {service['desiredCount']} tasks")
