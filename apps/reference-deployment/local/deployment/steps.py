"""The deployment itself, in the order in which one deploys to AWS: bootstrap, registry, image, site, admin."""

import datetime
import re
import secrets
import time
from collections.abc import Callable

import aws
from deployment import cdk as workspace
from problem import Problem
from settings import ACCOUNT, DOMAIN, REGION, ZONE, Place
from state import State

REGISTRY, SITE = "DjangoRegistry", "DjangoSite"
ADMIN = "admin"
TASK_S = 90
Progress = Callable[[str], None]


def context(place: Place, image: str | None = None) -> dict[str, str]:
    """The CDK context of the local deployment. Without an image it is the one that `cdk.json` names."""
    given = {"image": image} if image else {}
    if not place.https:
        # as in production: two web tasks, and room to scale, so that scaling is in the template
        return {"profile": place.profile, "minTasks": "2", "maxTasks": "4", **given}
    domain = {"domainName": DOMAIN, "hostedZoneId": hosted_zone(place), "hostedZoneName": ZONE}
    domain["cloudFrontCertificateArn"] = certificate(place)
    return {"profile": place.profile, **domain, **given}


def hosted_zone(place: Place) -> str:
    """The id of the domain's hosted zone, which one has before one deploys."""
    route53 = aws.client("route53", place)
    zones = route53.list_hosted_zones_by_name(DNSName=ZONE)["HostedZones"]
    found = next((zone for zone in zones if zone["Name"] == f"{ZONE}."), None)
    found = found or route53.create_hosted_zone(Name=ZONE, CallerReference=ZONE)["HostedZone"]
    return found["Id"].removeprefix("/hostedzone/")


def certificate(place: Place) -> str:
    """The ARN of the domain's certificate in us-east-1, which CloudFront needs before the site is deployed."""
    acm = aws.client("acm", place)
    known = acm.list_certificates()["CertificateSummaryList"]
    found = next((each for each in known if each["DomainName"] == DOMAIN), None)
    return (found or acm.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS"))["CertificateArn"]


def bootstrap(place: Place) -> None:
    if aws.stack(place, "CDKToolkit") is None:
        # From a folder without an app: there is none to synthesize.
        _cdk(place, "CDKToolkit", ["bootstrap", f"aws://{ACCOUNT}/{REGION}"], folder=place.folder)


def registry(place: Place, progress: Progress) -> str:
    """Deploy the registry where there is none yet, before the image that goes into it; answer the repository's name."""
    if aws.stack(place, REGISTRY) is None:
        _cdk(place, REGISTRY, ["deploy", REGISTRY, *_deploying(place, context(place))], progress)
    return aws.outputs(place, REGISTRY)["RepositoryName"]


def site(place: Place, image: str, progress: Progress) -> dict[str, str]:
    """Deploy the site by the image's digest, and before it the registry if that has changed; answer the site's outputs."""
    _cdk(place, SITE, ["deploy", SITE, *_deploying(place, context(place, image))], progress)
    return aws.outputs(place, SITE)


def destroy(place: Place, progress: Progress) -> None:
    """Destroy both stacks, as the last deployment synthesized them."""
    _cdk(place, SITE, ["destroy", "--all", "--force", "--app", str(place.folder / "cdk.out")], progress)


def admin(place: Place, state: State) -> str:
    """Make the admin user by a one-off task, as one does on AWS; answer the password. A second call only answers it."""
    known = state.read()
    password = known.get("password") or secrets.token_urlsafe(12)
    if not known.get("admin_made"):
        state.write(password=password)
        create_superuser(
            place,
            {
                "DJANGO_SUPERUSER_USERNAME": ADMIN,
                "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
                "DJANGO_SUPERUSER_PASSWORD": password,
            },
        )
        state.write(admin_made=True)
    return password


def create_superuser(place: Place, environment: dict[str, str]) -> None:
    """Run the task that the stack has for it, and wait for its end."""
    ecs, out = aws.client("ecs", place), aws.outputs(place, SITE)
    started = ecs.run_task(
        cluster=out["ClusterName"],
        taskDefinition=out["CommandTaskDefinition"],
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": out["TaskSubnets"].split(","),
                "securityGroups": [out["TaskSecurityGroup"]],
                "assignPublicIp": out["TaskPublicIp"],
            }
        },
        overrides={
            "containerOverrides": [
                {
                    "name": "django",
                    "environment": [{"name": k, "value": v} for k, v in environment.items()],
                }
            ]
        },
    )["tasks"][0]["taskArn"]
    deadline = time.monotonic() + TASK_S
    while (task := ecs.describe_tasks(cluster=out["ClusterName"], tasks=[started])["tasks"][0])[
        "lastStatus"
    ] != "STOPPED":
        if time.monotonic() > deadline:
            raise Problem(
                f"`createsuperuser` did not end within {TASK_S} s.", "run this again", place.folder / "emulator.log"
            )
        time.sleep(0.5)
    code = task["containers"][0].get("exitCode")
    if code != 0:
        lines = "\n".join(aws.task_log(place, f"command/django/{started.rsplit('/', 1)[-1]}"))
        raise Problem(
            f"`createsuperuser` ended with {code} ({task['stoppedReason']}):\n{lines}",
            "read the lines above, then run this again",
        )


def _deploying(place: Place, values: dict[str, str]) -> list[str]:
    options = ["--require-approval", "never", "--progress", "events", "--output", str(place.folder / "cdk.out")]
    return options + [f"--context={key}={value}" for key, value in values.items()]


def _cdk(place: Place, stack: str, args: list[str], progress: Progress = lambda text: None, **options) -> None:
    since = datetime.datetime.now(datetime.UTC)
    if workspace.cdk(place, *args, progress=progress, **options) == 0:
        return
    log = place.folder / "cdk.log"
    last = log.read_text().rpartition("\n$ ")[2]
    unknown = re.search(r"Unrecognized resource types: \[(.*?)\]", last)
    if unknown:
        raise Problem(
            f"the emulator does not know {unknown[1]}.",
            "add the type to local/emulator/added_types.py (see local/README.md)",
            log,
        )
    reasons = aws.failures(place, stack, since) if aws.stack(place, stack) else []
    for reason in reasons[:3]:
        for stream in re.findall(r"log stream (\S+)", reason):
            reasons.extend(f"  {line}" for line in aws.task_log(place, stream))
    if not reasons:
        reasons = [line for line in last.splitlines() if "rror" in line or "❌" in line][-5:] or last.splitlines()[-5:]
    raise Problem(
        f"`cdk {args[0]} {stack}` failed:\n" + "\n".join(reasons[:14]), "read the lines above, then run this again", log
    )
