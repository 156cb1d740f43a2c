import re

import pytest

pytestmark = pytest.mark.django_db

ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def directives(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/login/", "/no/such/page"])
def test_every_page_has_the_security_headers(site, path):
    answer = site.get(path)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(site):
    policy = directives(site.get("/"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"


@pytest.mark.parametrize("path", ["/", "/notes/add/", "/admin/", "/admin/notes/note/add/", "/admin/notes/note/"])
def test_no_page_needs_anything_inline(site, admin_user, path):
    site.force_login(admin_user)
    page = site.get(path).content.decode()
    assert "</html>" in page
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)", page)


def test_http_is_sent_to_https_with_the_same_host(client):
    answer = client.get("/x?y=1", headers={"host": "www.example.com", "x-forwarded-proto": "http"})
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://www.example.com/x?y=1")
    assert not answer.cookies


def test_a_plain_site_answers_over_http(client, plain_http):
    answer = client.get("/", headers={"host": "www.example.com"})
    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS


def test_a_plain_sites_member_logs_in_over_http(client, user, plain_http):
    login = {"username": "ada", "password": "a-long-password"}
    answer = client.post("/accounts/login/", login, headers={"host": "www.example.com"})
    assert answer.status_code == 302
    assert not client.cookies["sessionid"]["secure"] and client.cookies["sessionid"]["httponly"]


def test_an_https_sites_cookies_stay_with_it(site, user):
    site.post("/accounts/login/", {"username": "ada", "password": "a-long-password"})
    for name, http_only in (("__Host-sessionid", True), ("__Host-csrftoken", "")):
        cookie = site.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, http_only, "/", "")
        assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(("origin", "status"), [("https://www.example.com", 200), ("https://evil.example", 403)])
def test_a_form_is_taken_from_the_site_itself_only(site, origin, status):
    site.handler.enforce_csrf_checks = True
    page = site.get("/accounts/login/").content.decode()
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = {"csrfmiddlewaretoken": token, "username": "ada", "password": "wrong"}
    answer = site.post("/accounts/login/", form, headers={"origin": origin})
    assert answer.status_code == status
    assert "style=" not in answer.content.decode() and "<style" not in answer.content.decode()


@pytest.mark.parametrize("proto", ["http", "https"])
def test_another_host_name_is_refused(client, proto):
    answer = client.get("/", headers={"host": "evil.example", "x-forwarded-proto": proto})
    assert answer.status_code == 400
    assert b"DisallowedHost" not in answer.content


def test_a_page_that_is_not_there_tells_nothing_about_the_site(site):
    answer = site.get("/no/such/page")
    assert (answer.status_code, b"urlpatterns" in answer.content, b"DEBUG" in answer.content) == (404, False, False)
