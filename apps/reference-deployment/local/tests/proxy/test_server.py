import http.client
import ssl
from http.server import HTTPServer
from typing import Any

import pytest

from problem import Problem
from proxy import server
from proxy.routes import Distribution, Listener, Route, dumped, loaded
from tests.patience import PATIENCE_S
from tests.proxy.serving import QuietHandler, serving

PUBLIC = "http://site-1.us-east-1.elb.amazonaws.com"
PLAIN = Listener(80, "site-lb")
SECURE = Listener(443, "site-lb", ("www.example.com", "example.com"))


class Balancer(QuietHandler):
    """Stands where the emulator stands and says what it was asked."""

    seen: dict[str, Any] = {}
    location = ""

    def do_POST(self) -> None:
        type(self).seen = {"path": self.path, "headers": dict(self.headers.items()), "body": self.body()}
        self.send_response(302)
        self.send_header("Location", self.location)
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok")

    do_GET = do_HEAD = do_POST


@pytest.fixture
def serve():
    with serving() as start:
        yield start


@pytest.fixture
def balancer(serve):
    return f"http://127.0.0.1:{serve(HTTPServer(('127.0.0.1', 0), Balancer))}"


@pytest.fixture
def proxied(balancer, serve, tmp_path):
    return serve(server.Server(0, balancer, PUBLIC, PLAIN, tmp_path))


def ask(port, method="GET", path="/", body=None, headers=None, tls=None, name="www.example.com"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    if tls:
        connection.connect()
        connection.sock = tls.wrap_socket(connection.sock, server_hostname=name)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer, answer.read()


def test_a_request_reaches_the_load_balancer_with_path_query_and_body(proxied):
    ask(proxied, "POST", "/notes/add/?x=1&y=%2F", b"\x00picture")
    assert Balancer.seen["path"] == "/_alb/site-lb/notes/add/?x=1&y=%2F"
    assert Balancer.seen["body"] == b"\x00picture"


class TestWithoutHttps:
    """The site's own name leads nowhere, so the browser knows it as localhost."""

    def test_the_sites_name_takes_the_place_of_localhost(self, proxied):
        own = f"http://localhost:{proxied}"
        ask(proxied, "POST", "/", b"x", {"Host": f"localhost:{proxied}", "Origin": own, "Referer": f"{own}/login/"})
        headers = Balancer.seen["headers"]
        assert headers["Host"] == "site-1.us-east-1.elb.amazonaws.com:80"
        assert (headers["Origin"], headers["Referer"]) == (PUBLIC, f"{PUBLIC}/login/")

    def test_another_sites_origin_stays_what_it_is(self, proxied):
        ask(proxied, "POST", "/", b"x", {"Origin": f"http://localhost:{proxied}0", "Referer": "https://example.com/"})
        assert Balancer.seen["headers"]["Origin"] == f"http://localhost:{proxied}0"
        assert Balancer.seen["headers"]["Referer"] == "https://example.com/"

    def test_localhost_is_put_back_into_redirects_and_both_cookies_arrive(self, proxied, monkeypatch):
        monkeypatch.setattr(Balancer, "location", f"{PUBLIC}/next")
        answer, body = ask(proxied)
        assert answer.getheader("Location") == f"http://localhost:{proxied}/next"
        assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
        assert body == b"ok"


class TestWithHttps:
    """The browser connects to the proxy for the site's name, and nothing has to be translated."""

    @pytest.fixture
    def secured(self, balancer, serve, tmp_path):
        port = serve(server.Server(0, balancer, "https://www.example.com", SECURE, tmp_path))
        return port, ssl.create_default_context(cafile=tmp_path / "authority.pem")

    def test_the_request_arrives_as_it_was_sent(self, secured):
        port, tls = secured
        own = {"Origin": "https://www.example.com", "Referer": "https://www.example.com/login/"}
        ask(port, "POST", "/", b"x", {"Host": "www.example.com", **own}, tls)
        headers = Balancer.seen["headers"]
        assert {name: headers[name] for name in own} == own
        assert headers["Host"] == "www.example.com:443"

    def test_a_foreign_host_arrives_as_it_was_sent(self, secured):
        port, tls = secured
        ask(port, headers={"Host": "other.example.com:8080"}, tls=tls)
        assert Balancer.seen["headers"]["Host"] == "other.example.com:443"

    def test_redirects_come_as_they_are(self, secured, monkeypatch):
        port, tls = secured
        monkeypatch.setattr(Balancer, "location", "https://www.example.com/next")
        assert ask(port, tls=tls)[0].getheader("Location") == "https://www.example.com/next"

    def test_the_certificate_covers_the_listeners_names_and_no_other(self, secured):
        port, tls = secured
        ask(port, tls=tls, name="example.com")
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            ask(port, tls=tls, name="other.example.com")

    def test_the_port_for_plain_http_speaks_for_itself(self, balancer, serve, tmp_path):
        port = serve(server.Server(0, balancer, "https://www.example.com", PLAIN, tmp_path))
        ask(port, headers={"Host": "www.example.com"})
        assert Balancer.seen["headers"]["Host"] == "www.example.com:80"

    def test_a_client_that_is_slow_with_the_handshake_keeps_nobody_waiting(self, secured):
        port, tls = secured
        slow = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        slow.connect()
        assert ask(port, tls=tls)[0].status == 302
        slow.close()


def test_a_distribution_takes_its_own_names_and_no_other(balancer, serve, tmp_path):
    route = Distribution(80, ("d1.cloudfront.net", "www.example.com"))
    port = serve(server.Server(0, balancer, "https://www.example.com", route, tmp_path))
    for host, status in (("d1.cloudfront.net", 302), ("WWW.example.com:80", 302), ("other.example.com", 403)):
        assert ask(port, headers={"Host": host})[0].status == status
    assert Balancer.seen["headers"]["X-Forwarded-Proto"] == "http"


def test_routes_survive_the_way_to_the_proxys_process():
    every: list[Route] = [SECURE, PLAIN, Distribution(443, ("d1.cloudfront.net",), ("www.example.com",))]
    assert loaded(dumped(every)) == every


def test_an_answer_to_head_has_a_length_and_no_body(proxied):
    answer, body = ask(proxied, "HEAD")
    assert (answer.getheader("Content-Length"), body) == ("2", b"")


def test_one_connection_serves_several_requests(proxied):
    connection = http.client.HTTPConnection("127.0.0.1", proxied, timeout=PATIENCE_S)
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/")
        assert connection.getresponse().read() in (b"ok", b"")


def test_a_body_that_is_too_large_is_refused(proxied):
    answer, body = ask(proxied, "POST", "/", None, {"Content-Length": str(server.MAX_BODY + 1)})
    assert answer.status == 413
    assert str(server.MAX_BODY).encode() in body


def test_a_body_of_unknown_length_is_refused(proxied):
    answer, _ = ask(proxied, "POST", "/", iter([b"x"]), {"Transfer-Encoding": "chunked"})
    assert answer.status == 411


def test_an_emulator_that_is_gone_gives_502(serve, tmp_path):
    port = serve(server.Server(0, "http://127.0.0.1:1", PUBLIC, PLAIN, tmp_path))
    answer, body = ask(port)
    assert answer.status == 502
    assert b"The emulator does not answer" in body


def test_only_an_emulator_on_this_machine_is_asked(tmp_path):
    with pytest.raises(Problem, match="refusing to talk to"):
        server.Server(0, "http://192.0.2.1:80", PUBLIC, PLAIN, tmp_path)
