"""Where the site's address leads: its DNS record, and the load balancer or distribution behind it, read from the emulator."""

import json
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from local_deployment import LocalDeployment
from problem import Problem


@dataclass(frozen=True)
class Listener:
    """One port of a load balancer."""

    port: int
    load_balancer: str
    # The names in its certificate; a port without any speaks plain HTTP.
    names: tuple[str, ...] = ()

    def emulator_path(self, path: str) -> str:
        """The path under which the emulator serves `path` of the site."""
        return f"/_alb/{self.load_balancer}{path}"

    def accepts(self, host: str) -> bool:
        """True for every host name: the load balancer's rules decide, not its port."""
        return True

    def headers(self, host: str) -> dict[str, str]:
        """Headers that tell the emulator the port; the load balancer takes it out again before a target sees it."""
        return {"Host": f"{host}:{self.port}"}


@dataclass(frozen=True)
class Distribution:
    """One port of a CloudFront distribution; the emulator knows it by the host name of a request."""

    port: int
    # Its own name and its aliases.
    hosts: tuple[str, ...]
    names: tuple[str, ...] = ()

    def emulator_path(self, path: str) -> str:
        return path

    def accepts(self, host: str) -> bool:
        """CloudFront itself refuses a name that no distribution has."""
        return host.lower() in self.hosts

    def headers(self, host: str) -> dict[str, str]:
        """Headers that tell the emulator the protocol."""
        return {"Host": host, "X-Forwarded-Proto": "https" if self.names else "http"}


Route = Listener | Distribution
KINDS: dict[str, type[Route]] = {kind.__name__: kind for kind in (Listener, Distribution)}


def dumped(routes: list[Route]) -> str:
    return json.dumps([[type(route).__name__, asdict(route)] for route in routes])


def loaded(text: str) -> list[Route]:
    return [KINDS[kind](**_with_tuples(values)) for kind, values in json.loads(text)]


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def find(deployment: LocalDeployment, site_url: str) -> list[Route]:
    """Every port of what the site's name leads to; first the one of the address itself."""
    url = urlsplit(site_url)
    if not url.hostname:
        raise Problem(f"{site_url!r} names no host.", "see what the stack's output SiteUrl says")
    target = _alias(deployment, url.hostname) or url.hostname
    found = _of_load_balancer(deployment, target) or _of_distribution(deployment, target)
    if not found:
        raise Problem(
            f"{site_url} leads to {target}, which is neither a load balancer nor a distribution of the emulator.",
            "see whether the site's DNS record points to what the stack has made",
        )
    return sorted(found, key=lambda route: bool(route.names) != (url.scheme == "https"))


def _alias(deployment: LocalDeployment, host: str) -> str | None:
    """The target of the host's alias record, if there is one."""
    route53 = deployment.client("route53")
    for zone in route53.list_hosted_zones()["HostedZones"]:
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
            if record["Name"] == f"{host}." and record["Type"] == "A" and "AliasTarget" in record:
                return record["AliasTarget"]["DNSName"].lower().removeprefix("dualstack.").removesuffix(".")
    return None


def _of_load_balancer(deployment: LocalDeployment, name: str) -> list[Route]:
    elbv2 = deployment.client("elbv2")
    return [
        Listener(
            listener["Port"],
            balancer["LoadBalancerName"],
            tuple(
                certified
                for certificate in listener.get("Certificates", [])
                for certified in _certified(deployment, certificate["CertificateArn"])
            ),
        )
        for balancer in elbv2.describe_load_balancers()["LoadBalancers"]
        if balancer["DNSName"].lower() == name
        for listener in elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    ]


def _of_distribution(deployment: LocalDeployment, name: str) -> list[Route]:
    distributions = deployment.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    for distribution in distributions:
        if distribution["DomainName"].lower() == name:
            certificate = distribution["ViewerCertificate"]["ACMCertificateArn"]
            hosts = (name, *(alias.lower() for alias in distribution["Aliases"].get("Items", [])))
            return [Distribution(443, hosts, _certified(deployment, certificate)), Distribution(80, hosts)]
    return []


def _certified(deployment: LocalDeployment, arn: str) -> tuple[str, ...]:
    certificate = deployment.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    return tuple(certificate["SubjectAlternativeNames"])
