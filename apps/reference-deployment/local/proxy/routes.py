"""Where a visitor who types the site's address ends up: what DNS and AWS's own front doors would say, read from the emulator."""

import json
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import aws
from problem import Problem
from settings import Place


@dataclass(frozen=True)
class Listener:
    """One port on which a load balancer takes visitors."""

    port: int
    load_balancer: str
    # Those of its certificate; a port without any speaks plain HTTP.
    names: tuple[str, ...] = ()

    def target(self, path: str) -> str:
        """The path under which the emulator serves it."""
        return f"/_alb/{self.load_balancer}{path}"

    def takes(self, host: str) -> bool:
        """Whether it has an answer of its own for this host name."""
        return True

    def headers(self, host: str) -> dict[str, str]:
        """What tells the emulator the port; the load balancer takes it out again before a target sees it."""
        return {"Host": f"{host}:{self.port}"}


@dataclass(frozen=True)
class Distribution:
    """One port on which a CloudFront distribution takes visitors; the emulator knows it by their host name."""

    port: int
    # Its own name and its aliases.
    hosts: tuple[str, ...]
    names: tuple[str, ...] = ()

    def target(self, path: str) -> str:
        return path

    def takes(self, host: str) -> bool:
        """CloudFront itself refuses a name that no distribution has."""
        return host.lower() in self.hosts

    def headers(self, host: str) -> dict[str, str]:
        """What tells the emulator the protocol."""
        return {"Host": host, "X-Forwarded-Proto": "https" if self.names else "http"}


Entrance = Listener | Distribution
KINDS = {kind.__name__: kind for kind in (Listener, Distribution)}


def dumped(entrances: list[Entrance]) -> str:
    return json.dumps([[type(entrance).__name__, asdict(entrance)] for entrance in entrances])


def loaded(text: str) -> list[Entrance]:
    return [
        KINDS[kind](**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
        for kind, values in json.loads(text)
    ]


def find(place: Place, site_url: str) -> list[Entrance]:
    """Every port of what the site's name leads to; first the one of the address itself."""
    url = urlsplit(site_url)
    target = _alias(place, url.hostname) or url.hostname
    found = _of_load_balancer(place, target) or _of_distribution(place, target)
    if not found:
        raise Problem(
            f"{site_url} leads to {target}, which is neither a load balancer nor a distribution of the emulator.",
            "see whether the site's DNS record points to what the stack has made",
        )
    return sorted(found, key=lambda entrance: bool(entrance.names) != (url.scheme == "https"))


def _alias(place: Place, host: str) -> str | None:
    """The target of the host's alias record, if there is one."""
    route53 = aws.client("route53", place)
    for zone in route53.list_hosted_zones()["HostedZones"]:
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
            if record["Name"] == f"{host}." and record["Type"] == "A" and "AliasTarget" in record:
                return record["AliasTarget"]["DNSName"].lower().removeprefix("dualstack.").removesuffix(".")
    return None


def _of_load_balancer(place: Place, name: str) -> list[Entrance]:
    elbv2 = aws.client("elbv2", place)
    return [
        Listener(
            listener["Port"],
            balancer["LoadBalancerName"],
            tuple(
                certified
                for certificate in listener.get("Certificates", [])
                for certified in _certified(place, certificate["CertificateArn"])
            ),
        )
        for balancer in elbv2.describe_load_balancers()["LoadBalancers"]
        if balancer["DNSName"].lower() == name
        for listener in elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    ]


def _of_distribution(place: Place, name: str) -> list[Entrance]:
    distributions = aws.client("cloudfront", place).list_distributions()["DistributionList"].get("Items", [])
    for distribution in distributions:
        if distribution["DomainName"].lower() == name:
            certificate = distribution["ViewerCertificate"]["ACMCertificateArn"]
            hosts = (name, *(alias.lower() for alias in distribution["Aliases"].get("Items", [])))
            return [Distribution(443, hosts, _certified(place, certificate)), Distribution(80, hosts)]
    return []


def _certified(place: Place, arn: str) -> tuple[str, ...]:
    certificate = aws.client("acm", place).describe_certificate(CertificateArn=arn)["Certificate"]
    return tuple(certificate["SubjectAlternativeNames"])
