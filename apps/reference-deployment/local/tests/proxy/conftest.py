"""An emulator, and in it a site behind a load balancer and a distribution with two origins."""

import json
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

import settings
from deployment import processes
from local_deployment import LocalDeployment
from proxy import routes, server
from tests.browser import Browser
from tests.proxy.serving import QuietHandler, serving

HOST = "www.example.com"
CACHING_OPTIMIZED, CACHING_DISABLED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


class Site(QuietHandler):
    """Stands where a web task stands and says what it was asked."""

    seen: list[dict[str, str]] = []

    def do_GET(self) -> None:
        self.body()
        self.seen.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
        self.send_response(200)
        for name, value in (("Content-Length", "4"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"site")

    do_POST = do_GET


@pytest.fixture(scope="module")
def emulated(tmp_path_factory):
    """A deployment whose emulator runs, without containers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "CACHE", tmp_path_factory.mktemp("cache"))
        deployment = LocalDeployment("routes", gateway_port=4593, profile="production")
        processes.require_free(deployment.gateway_port, "the emulator", "--gateway-port")
        try:
            processes.start_emulator(deployment, None)
            yield deployment
        finally:
            processes.stop_everything(deployment, None)


@pytest.fixture(scope="module")
def target():
    with serving() as serve:
        yield serve(ThreadingHTTPServer(("127.0.0.1", 0), Site))


@pytest.fixture(scope="module")
def certificate(emulated):
    return emulated.client("acm").request_certificate(DomainName=HOST)["CertificateArn"]


@pytest.fixture(scope="module")
def balancer(emulated, target, certificate):
    """A load balancer that sends on what carries the distribution's secret, and nothing else."""
    elbv2 = emulated.client("elbv2")
    made = elbv2.create_load_balancer(Name="site")["LoadBalancers"][0]
    group = elbv2.create_target_group(Name="site", Protocol="HTTP", Port=80, TargetType="ip")["TargetGroups"][0]
    group = group["TargetGroupArn"]
    elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": target}])
    refusal = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "421"}}
    listener = elbv2.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[refusal],
    )["Listeners"][0]["ListenerArn"]
    secret = {"HttpHeaderName": "X-Origin-Secret", "Values": ["the secret"]}
    elbv2.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[
            {"Field": "host-header", "HostHeaderConfig": {"Values": [HOST]}},
            {"Field": "http-header", "HttpHeaderConfig": secret},
        ],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    return made


@pytest.fixture(scope="module")
def distribution(emulated, balancer, certificate):
    cloudfront, s3 = emulated.client("cloudfront"), emulated.client("s3")
    s3.create_bucket(Bucket="files")
    s3.put_object(Bucket="files", Key="static/site.css", Body=b"css", ContentType="text/css")
    s3.put_object(Bucket="files", Key="secret.txt", Body=b"secret")
    access = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "files",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    headers = cloudfront.create_response_headers_policy(
        ResponseHeadersPolicyConfig={
            "Name": "files",
            "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
            "RemoveHeadersConfig": {"Quantity": 1, "Items": [{"Header": "Etag"}]},
        }
    )["ResponseHeadersPolicy"]["Id"]
    behaviour = {"ViewerProtocolPolicy": "redirect-to-https", "Compress": True}
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "site",
            "Comment": "",
            "Enabled": True,
            "Aliases": {"Quantity": 1, "Items": [HOST]},
            "ViewerCertificate": {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only"},
            "Origins": {"Quantity": 2, "Items": [to_balancer(balancer), to_bucket(access)]},
            "CacheBehaviors": {
                "Quantity": 1,
                "Items": [
                    {
                        **behaviour,
                        "PathPattern": "/static/*",
                        "TargetOriginId": "files",
                        "CachePolicyId": CACHING_OPTIMIZED,
                        "ResponseHeadersPolicyId": headers,
                        "AllowedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                **behaviour,
                "TargetOriginId": "site",
                "CachePolicyId": CACHING_DISABLED,
                "OriginRequestPolicyId": ALL_VIEWER,
                "AllowedMethods": {"Quantity": len(METHODS), "Items": METHODS},
            },
        }
    )["Distribution"]
    allow(emulated, made["ARN"])
    return made


def to_balancer(balancer) -> dict:
    secret = {"HeaderName": "X-Origin-Secret", "HeaderValue": "the secret"}
    return {
        "Id": "site",
        "DomainName": balancer["DNSName"],
        "CustomHeaders": {"Quantity": 1, "Items": [secret]},
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }


def to_bucket(access: str) -> dict:
    return {
        "Id": "files",
        "DomainName": "files.s3.us-east-1.amazonaws.com",
        "OriginAccessControlId": access,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def allow(emulated, arn: str) -> None:
    """The bucket lets the distribution read what is below static/, over HTTPS."""
    insecure = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::files/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::files/static/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [insecure, statement]})
    emulated.client("s3").put_bucket_policy(Bucket="files", Policy=policy)


@pytest.fixture(scope="module")
def enter(emulated):
    """Starts a proxy to an address and returns a browser that uses it."""
    with serving() as serve:

        def to(url: str, folder: Path) -> Browser:
            ports = {}
            for route in routes.find(emulated, url):
                ports[route.port] = serve(server.Server(0, emulated.endpoint, url, route, folder))
            if not url.startswith("https:"):
                return Browser(f"http://localhost:{ports[80]}", {})
            return Browser(url, ports, folder / "authority.pem")

        yield to


@pytest.fixture(scope="module")
def browser(emulated, distribution, enter):
    """A browser that follows the site's DNS record to the distribution."""
    point(emulated, distribution["DomainName"])
    return enter(emulated.url, emulated.folder / "distribution")


def point(emulated, name: str) -> None:
    """The site's DNS record leads to `name`."""
    route53 = emulated.client("route53")
    zones = route53.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
    zone = (zones or [route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]])[0]["Id"]
    target = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": name, "EvaluateTargetHealth": False}
    change = {"Action": "UPSERT", "ResourceRecordSet": {"Name": HOST, "Type": "A", "AliasTarget": target}}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
