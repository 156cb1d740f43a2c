"""A browser visits the site over HTTPS, through CloudFront."""

import urllib.error
import urllib.request

import pytest

from deployment import one_off_task, steps
from tests.cycle.deployed import DEPLOYMENT, style_sheet
from tests.left_over import left_over


class TestHttps:
    def test_a_browser_over_plain_http_is_sent_to_https_by_cloudfront(self, browser):
        status, headers, _ = browser.ask("http://www.example.com/notes/add/?a=%2F")
        assert (status, headers["X-Cache"]) == (301, "Error from cloudfront")
        assert headers["Location"] == "https://www.example.com/notes/add/?a=%2F"

    def test_the_certificate_is_for_the_sites_name_only(self, browser):
        with pytest.raises(urllib.error.URLError, match=r"Hostname mismatch.*'other\.example\.com'"):
            browser.ask("https://other.example.com/")

    def test_a_request_around_cloudfront_does_not_reach_the_site(self):
        name = DEPLOYMENT.outputs(steps.SITE)["LoadBalancerName"]
        around = urllib.request.Request(f"{DEPLOYMENT.endpoint}/_alb/{name}/", headers={"Host": "www.example.com:443"})
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(around)
        assert refusal.value.code == 421
        assert refusal.value.read() == b"This server answers requests that come through CloudFront."

    def test_another_host_name_does_not_reach_the_site(self, browser):
        assert browser.get("/", Host="other.example.com")[0] == 403

    def test_browsers_are_told_to_stay_with_https(self, browser):
        status, headers, _ = browser.ask(f"{DEPLOYMENT.url}/")
        assert status == 200
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"

    def test_a_browser_cannot_say_which_protocol_was_used(self, browser):
        assert browser.ask(f"{DEPLOYMENT.url}/", **{"X-Forwarded-Proto": "http"})[0] == 200

    def test_cookies_belong_to_this_host_and_to_https(self, browser):
        cookie = browser.ask(f"{DEPLOYMENT.url}/admin/login/")[1]["Set-Cookie"]
        assert cookie.startswith("__Host-csrftoken=")
        assert {"Path=/", "Secure"} <= set(cookie.split("; "))
        assert "Domain" not in cookie

    def test_a_form_from_another_site_is_refused(self, browser):
        forged = {"Origin": "https://other.example.com", "Content-Type": "application/x-www-form-urlencoded"}
        assert browser.ask(f"{DEPLOYMENT.url}/admin/login/", b"username=admin", **forged)[0] == 403


def test_styles_come_from_the_bucket_are_hashed_and_never_asked_for_again(browser):
    sheet = style_sheet(browser)
    bucket = next(name for name in left_over(DEPLOYMENT)["bucket"] if "storagestatic" in name)
    assert DEPLOYMENT.client("s3").head_object(Bucket=bucket, Key=sheet[1:])["ContentLength"] > 0
    status, headers, content = browser.get(sheet)
    assert (headers["Server"], headers["X-Content-Type-Options"]) == (None, "nosniff")
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert b"{" in content


def test_the_admin_logs_in_with_the_generated_password(browser):
    password = DEPLOYMENT.state.read()["password"]
    page = browser.submit(
        "/admin/login/?next=/admin/", {"username": one_off_task.ADMIN, "password": password, "next": "/admin/"}
    )
    assert "Site administration" in page
    session = next(cookie for cookie in browser.cookies if "sessionid" in cookie.name)
    assert (session.name, session.secure, session.path, session.domain_specified) == (
        "__Host-sessionid",
        True,
        "/",
        False,
    )
    assert session.has_nonstandard_attr("HttpOnly")
