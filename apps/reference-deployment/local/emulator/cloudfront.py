"""CloudFront and load balancers by the site's host name. MiniStack serves both under their own names alone."""

import asyncio
import fnmatch
import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import StreamingResponse
from ministack.services import acm, alb, cloudfront, s3

from emulator.api import Native, Properties


def load_balancer_of_host(host: str, native: Native = alb.find_lb_for_host) -> Properties | None:
    """With a port, the path names the load balancer; where the host does so, too, MiniStack would leave that name in the path."""
    return None if ":" in host else native(host)


def distribution_of_host(host: str, native: Native = app._parse_cloudfront_dataplane_host) -> str | None:
    """The first part of a distribution's own name; a site's name, too, leads to the distribution that has it as an alias.
    With a port it is a load balancer that is asked for."""
    label = native(host)
    if label or ":" in host:
        return label
    for distribution in cloudfront._distributions.values():
        if host.lower() in cloudfront._get_distribution_aliases(distribution):
            return native(distribution["DomainName"])
    return None


async def from_load_balancer(
    balancer: Properties,
    origin: Properties,
    method: str,
    uri: str,
    query: str,
    headers: dict[str, str],
    body: bytes | None,
    https: bool,
    client: str,
    forwarded_for: str,
    native: Native = cloudfront._fetch_from_alb_origin,
) -> tuple[int, str, list[tuple[str, str]], bytes]:
    """Over HTTPS, CloudFront wants a certificate for the host name that it sends, else for the origin's own."""
    _, port, secure = cloudfront._origin_connect_target(origin, https)
    if not secure:
        return await native(balancer, origin, method, uri, query, headers, body, https, client, forwarded_for)
    host = headers.get("host") or origin["domain_name"]
    if not any(covers(name, host) for name in certified_names(balancer, port)):
        raise cloudfront.OriginUnreachable(f"no certificate for {host} on port {port} of {balancer['DNSName']}")
    sent = cloudfront._origin_request_headers(origin, headers, client, forwarded_for)
    response = alb.dispatch_request(
        balancer,
        method,
        uri,
        {name.lower(): value for name, value in sent.items()},
        body or b"",
        parse_qs(query, keep_blank_values=True),
        port,
        client_ip="127.0.0.1",
        raw_query_string=query,
    )
    try:
        status, answered, content = await asyncio.wait_for(response, origin["read_timeout"])
    except TimeoutError as problem:
        raise cloudfront.OriginTimeout(f"no answer within {origin['read_timeout']} s") from problem
    if isinstance(content, StreamingResponse):
        content = await cloudfront._collect_streaming_body(content, origin["read_timeout"])
    lines = [(name, line) for name, v in answered.items() for line in (v if isinstance(v, list) else [v])]
    return status, http.client.responses.get(status, ""), lines, content


def from_bucket(*arguments: Any, native: Native = s3.serve_cloudfront_origin_fetch, **options: Any) -> Any:
    """Over HTTPS, which a bucket may require: MiniStack looks at the viewer's own connection, and here that is the proxy's."""
    before = iam_evaluator._request_origin.set(("127.0.0.1", True))
    try:
        return native(*arguments, **options)
    finally:
        iam_evaluator._request_origin.reset(before)


def certified_names(balancer: Properties, port: int) -> Iterator[str]:
    for listener in alb._listeners.values():
        if listener["LoadBalancerArn"] == balancer["LoadBalancerArn"] and listener["Port"] == port:
            for arn in listener.get("Certificates", []):
                yield from acm._certificates[arn]["SubjectAlternativeNames"]


def covers(name: str, host: str) -> bool:
    """A star stands for one part of a name."""
    host = host.partition(":")[0].lower()
    return name.count(".") == host.count(".") and fnmatch.fnmatchcase(host, name.lower())


REPLACED = (
    (alb, "find_lb_for_host", load_balancer_of_host),
    (app, "_parse_cloudfront_dataplane_host", distribution_of_host),
    (cloudfront, "_fetch_from_alb_origin", from_load_balancer),
    (s3, "serve_cloudfront_origin_fetch", from_bucket),
)
