"""The steps of a deployment, in the order in which one deploys to AWS: bootstrap, registry, site; and its destruction."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path

from deployment import cdk
from local_deployment import LocalDeployment
from problem import Problem
from settings import ACCOUNT, APP, DOMAIN, REGION, ZONE

REGISTRY, SITE = "DjangoRegistry", "DjangoSite"
# Where the site's state is when it is not in the site's stack.
NETWORK, DATA = "DjangoNetwork", "DjangoData"
Progress = Callable[[str], None]


def context(deployment: LocalDeployment, image: str | None = None) -> dict[str, str]:
    """The CDK context of the local deployment. Without an image it is the one that `cdk.json` names."""
    given = {"stacks": deployment.stacks} | ({"image": image} if image else {})
    if not deployment.https:
        # as in production: two web tasks, and room to scale, so that scaling is in the template
        return {"profile": deployment.profile, "minTasks": "2", "maxTasks": "4", **given}
    domain = {"domainName": DOMAIN, "hostedZoneId": hosted_zone(deployment), "hostedZoneName": ZONE}
    domain["cloudFrontCertificateArn"] = certificate(deployment)
    return {"profile": deployment.profile, **domain, **given}


def hosted_zone(deployment: LocalDeployment) -> str:
    """The id of the domain's hosted zone, which one has before one deploys."""
    route53 = deployment.client("route53")
    zones = route53.list_hosted_zones_by_name(DNSName=ZONE)["HostedZones"]
    found = next((zone for zone in zones if zone["Name"] == f"{ZONE}."), None)
    found = found or route53.create_hosted_zone(Name=ZONE, CallerReference=ZONE)["HostedZone"]
    return found["Id"].removeprefix("/hostedzone/")


def certificate(deployment: LocalDeployment) -> str:
    """The ARN of the domain's certificate in us-east-1, which CloudFront needs before the site is deployed."""
    acm = deployment.client("acm")
    known = acm.list_certificates()["CertificateSummaryList"]
    found = next((each for each in known if each["DomainName"] == DOMAIN), None)
    return (found or acm.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS"))["CertificateArn"]


def bootstrap(deployment: LocalDeployment) -> None:
    if deployment.stack("CDKToolkit") is None:
        # From a folder without an app: there is none to synthesize.
        _cdk(deployment, "CDKToolkit", ["bootstrap", f"aws://{ACCOUNT}/{REGION}"], folder=deployment.folder)


def registry(deployment: LocalDeployment, progress: Progress) -> str:
    """Deploys the registry where there is none yet, before the image that goes into it; returns the repository's name."""
    if deployment.stack(REGISTRY) is None:
        _cdk(deployment, REGISTRY, ["deploy", REGISTRY, *_options(deployment, context(deployment))], progress)
    return deployment.outputs(REGISTRY)["RepositoryName"]


def site(deployment: LocalDeployment, image: str, progress: Progress) -> dict[str, str]:
    """Deploys the site by the image's digest, and before it the registry if that has changed; returns the site's outputs."""
    _cdk(deployment, SITE, ["deploy", SITE, *_options(deployment, context(deployment, image))], progress)
    return deployment.outputs(SITE)


def destroy(deployment: LocalDeployment, progress: Progress, stack: str = "--all") -> None:
    """Destroys every stack, or that one, as the last deployment synthesized them."""
    _cdk(deployment, SITE, ["destroy", stack, "--force", "--app", str(deployment.folder / "cdk.out")], progress)


def _options(deployment: LocalDeployment, values: dict[str, str]) -> list[str]:
    options = ["--require-approval", "never", "--progress", "events", "--output", str(deployment.folder / "cdk.out")]
    return options + [f"--context={key}={value}" for key, value in values.items()]


def _cdk(
    deployment: LocalDeployment,
    stack: str,
    arguments: list[str],
    progress: Progress = lambda text: None,
    folder: Path = APP,
) -> None:
    since = datetime.datetime.now(datetime.UTC)
    if cdk.run(deployment, *arguments, progress=progress, folder=folder) == 0:
        return
    log = deployment.folder / "cdk.log"
    last = log.read_text().rpartition("\n$ ")[2]
    unknown = re.search(r"Unrecognized resource types: \[(.*?)\]", last)
    if unknown:
        raise Problem(
            f"the emulator does not know {unknown[1]}.",
            "add the type to local/emulator/added_types.py (see local/README.md)",
            log,
        )
    reasons = _reasons(deployment, stack, since) or _errors(last)
    raise Problem(
        f"`cdk {arguments[0]} {stack}` failed:\n" + "\n".join(reasons[:14]),
        "read the lines above, then run this again",
        log,
    )


def _reasons(deployment: LocalDeployment, stack: str, since: datetime.datetime) -> list[str]:
    """Why the stack's operation failed, with the last lines of the tasks that are named."""
    reasons = _failures(deployment, stack, since) if deployment.stack(stack) else []
    for reason in reasons[:3]:
        for stream in re.findall(r"log stream (\S+)", reason):
            reasons.extend(f"  {line}" for line in deployment.task_log(stream))
    return reasons


def _failures(deployment: LocalDeployment, stack: str, since: datetime.datetime) -> list[str]:
    """The resources that have failed since then with their reasons, first one first."""
    reasons: list[str] = []
    for page in deployment.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack):
        for event in page["StackEvents"]:
            if event["Timestamp"] < since:
                return reasons
            if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason"):
                reason = f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
                reasons.insert(0, reason)
    return reasons


def _errors(output: str) -> list[str]:
    """The lines of the command's output that speak of an error, else its last ones."""
    lines = output.splitlines()
    return [line for line in lines if "rror" in line or "❌" in line][-5:] or lines[-5:]
