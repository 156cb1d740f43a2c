"""The whole way of a request: DNS, the proxy, and the emulator's load balancer, or its distribution with two origins behind it."""

import pytest

from problem import Problem
from proxy import routes
from tests.proxy.conftest import HOST, Site, point


def test_what_no_behaviour_names_reaches_the_site_as_the_browser_sent_it(browser):
    status, headers, content = browser.get("/notes/?a=%2F", Cookie="c=3", Referer=f"https://{HOST}/")
    assert (status, content, headers.get_all("Set-Cookie")) == (200, b"site", ["a=1", "b=2"])
    seen = Site.seen[-1]
    assert (seen["path"], seen["cookie"], seen["referer"]) == ("/notes/?a=%2F", "c=3", f"https://{HOST}/")
    assert (seen["host"], seen["x-forwarded-proto"]) == (HOST, "https")


def test_the_distributions_secret_takes_the_place_of_what_a_browser_made_up(browser):
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


def test_the_load_balancer_sends_on_nothing_without_the_secret(emulated, balancer, distribution, enter):
    point(emulated, balancer["DNSName"])
    direct = enter(emulated.url, emulated.folder / "direct")
    assert direct.get("/")[0] == 421
    assert direct.get("/", **{"X-Origin-Secret": "the secret"})[0] == 200


def test_a_site_over_plain_http_is_visited_as_localhost_and_knows_its_own_name(emulated, balancer, enter):
    elbv2, arn = emulated.client("elbv2"), balancer["LoadBalancerArn"]
    group = elbv2.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    forward = {"Type": "forward", "TargetGroupArn": group}
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[forward])
    browser = enter(f"http://{balancer['DNSName']}", emulated.folder / "plain")
    assert browser.get("/notes/?a=1", Origin=browser.url)[0] == 200
    seen = Site.seen[-1]
    assert (seen["path"], seen["host"], seen["x-forwarded-proto"]) == ("/notes/?a=1", balancer["DNSName"], "http")
    assert seen["origin"] == f"http://{balancer['DNSName']}"


def test_an_address_without_a_host_is_refused(deployment):
    with pytest.raises(
        Problem, match=r"'www\.example\.com' names no host\.\nNext step: see what the stack's output SiteUrl"
    ):
        routes.find(deployment, "www.example.com")


def test_a_name_that_leads_nowhere_is_said(emulated):
    with pytest.raises(Problem, match=r"leads to site\.example\.com, which is neither a load balancer nor"):
        routes.find(emulated, "https://site.example.com")
