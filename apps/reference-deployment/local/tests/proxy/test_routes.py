"""The whole way of a request: DNS, the proxy, and the emulator's load balancer, or its distribution with two origins behind it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from browser import Browser

import settings
from deployment import processes
from local_deployment import LocalDeployment
from problem import Problem
from proxy import routes, server

HOST = "www.example.com"
CACHING_OPTIMIZED, CACHING_DISABLED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


class Site(BaseHTTPRequestHandler):
    """Stands where a web task stands and says what it was asked."""

    seen = []

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
        self.send_response(200)
        for name, value in (("Content-Length", "4"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"site")

    do_POST = do_GET

    def log_message(self, *args):
        """Quiet."""


def serve(made):
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
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
    made = serve(ThreadingHTTPServer(("127.0.0.1", 0), Site))
    yield made.server_port
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def certificate(deployment):
    return deployment.client("acm").request_certificate(DomainName=HOST)["CertificateArn"]


@pytest.fixture(scope="module")
def balancer(deployment, target, certificate):
    """A load balancer that sends on what carries the distribution's secret, and nothing else."""
    elbv2 = deployment.client("elbv2")
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
def distribution(deployment, balancer, certificate):
    cloudfront, s3 = deployment.client("cloudfront"), deployment.client("s3")
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
    allow(deployment, made["ARN"])
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


def allow(deployment, arn: str) -> None:
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
    deployment.client("s3").put_bucket_policy(Bucket="files", Policy=policy)


@pytest.fixture(scope="module")
def enter(deployment):
    """Starts a proxy to an address and returns a browser that uses it."""
    servers = []

    def to(url, folder):
        ports = {}
        for route in routes.find(deployment, url):
            servers.append(serve(server.Server(0, deployment.endpoint, url, route, folder)))
            ports[route.port] = servers[-1].server_port
        if not url.startswith("https:"):
            return Browser(SimpleNamespace(url=f"http://localhost:{ports[80]}", https=False, ports={}))
        return Browser(SimpleNamespace(url=url, https=True, ports=ports, authority=folder / "authority.pem"))

    yield to
    for made in servers:
        made.shutdown()
        made.server_close()


@pytest.fixture(scope="module")
def browser(deployment, distribution, enter):
    """Comes by the site's DNS record."""
    point(deployment, distribution["DomainName"])
    return enter(deployment.url, deployment.folder / "distribution")


def point(deployment, name: str) -> None:
    """The site's DNS record leads to `name`."""
    route53 = deployment.client("route53")
    zones = route53.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
    zone = (zones or [route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]])[0]["Id"]
    target = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": name, "EvaluateTargetHealth": False}
    change = {"Action": "UPSERT", "ResourceRecordSet": {"Name": HOST, "Type": "A", "AliasTarget": target}}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


def test_what_no_behaviour_names_reaches_the_site_as_the_visitor_sent_it(browser):
    status, headers, content = browser.get("/notes/?a=%2F", Cookie="c=3", Referer=f"https://{HOST}/")
    assert (status, content, headers.get_all("Set-Cookie")) == (200, b"site", ["a=1", "b=2"])
    seen = Site.seen[-1]
    assert (seen["path"], seen["cookie"], seen["referer"]) == ("/notes/?a=%2F", "c=3", f"https://{HOST}/")
    assert (seen["host"], seen["x-forwarded-proto"]) == (HOST, "https")


def test_the_distributions_secret_takes_the_place_of_what_a_visitor_made_up(browser):
    assert browser.get("/", **{"X-Origin-Secret": "made up"})[0] == 200
    assert Site.seen[-1]["x-origin-secret"] == "the secret"


def test_a_form_reaches_the_site(browser):
    assert browser.ask(f"https://{HOST}/notes/add/", b"text=x")[0] == 200


def test_files_come_from_the_bucket_with_the_policys_headers(browser):
    before = len(Site.seen)
    status, headers, content = browser.get("/static/site.css?version=1")
    assert (status, content, headers["Content-Type"]) == (200, b"css", "text/css")
    assert (headers["X-Content-Type-Options"], headers["Etag"]) == ("nosniff", None)
    assert len(Site.seen) == before


def test_a_method_that_a_behaviour_does_not_allow_is_refused(browser):
    assert browser.ask(f"https://{HOST}/static/site.css", b"x=1")[0] == 403


def test_a_file_that_is_not_there_is_refused(browser):
    assert browser.get("/static/none.css")[0] == 403


def test_a_load_balancer_without_a_certificate_for_the_host_is_not_reached(browser, distribution):
    """The default behaviour sends the browser's host name on, here the distribution's own."""
    assert browser.get("/", Host=distribution["DomainName"])[0] == 502


def test_plain_http_is_redirected(browser):
    status, headers, _ = browser.ask(f"http://{HOST}/static/site.css?a=1")
    assert (status, headers["Location"]) == (301, f"https://{HOST}/static/site.css?a=1")


def test_the_load_balancer_sends_on_nothing_without_the_secret(deployment, balancer, distribution, enter):
    point(deployment, balancer["DNSName"])
    direct = enter(deployment.url, deployment.folder / "direct")
    assert direct.get("/")[0] == 421
    assert direct.get("/", **{"X-Origin-Secret": "the secret"})[0] == 200


def test_a_site_over_plain_http_is_visited_as_localhost_and_knows_its_own_name(deployment, balancer, enter):
    elbv2, arn = deployment.client("elbv2"), balancer["LoadBalancerArn"]
    group = elbv2.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    forward = {"Type": "forward", "TargetGroupArn": group}
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[forward])
    browser = enter(f"http://{balancer['DNSName']}", deployment.folder / "plain")
    assert browser.get("/notes/?a=1", Origin=browser.url)[0] == 200
    seen = Site.seen[-1]
    assert (seen["path"], seen["host"], seen["x-forwarded-proto"]) == ("/notes/?a=1", balancer["DNSName"], "http")
    assert seen["origin"] == f"http://{balancer['DNSName']}"


def test_a_name_that_leads_nowhere_is_said(deployment):
    with pytest.raises(Problem, match=r"leads to site\.example\.com, which is neither a load balancer nor"):
        routes.find(deployment, "https://site.example.com")
