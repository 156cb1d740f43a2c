import http.client
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import door
from problem import Problem


class Balancer(BaseHTTPRequestHandler):
    """Stands where the emulator stands and says what it was asked."""

    seen = {}

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        type(self).seen = {"path": self.path, "headers": dict(self.headers.items()), "body": self.rfile.read(length)}
        self.send_response(302)
        self.send_header("Location", "http://localhost/next")
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok")

    do_GET = do_HEAD = do_POST

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def balancer():
    server = HTTPServer(("127.0.0.1", 0), Balancer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(balancer):
    server = door.Server(0, balancer, "site-lb")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def ask(port, method="GET", path="/", body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer, answer.read()


def test_a_request_reaches_the_load_balancer_with_path_query_and_body(opened):
    ask(opened, "POST", "/notes/add/?x=1&y=%2F", b"\x00picture")
    assert Balancer.seen["path"] == "/_alb/site-lb/notes/add/?x=1&y=%2F"
    assert Balancer.seen["body"] == b"\x00picture"


def test_the_port_is_taken_out_of_the_names_that_django_compares(opened):
    own = f"http://localhost:{opened}"
    ask(opened, "POST", "/", b"x", {"Host": f"localhost:{opened}", "Origin": own, "Referer": f"{own}/login/"})
    headers = Balancer.seen["headers"]
    assert (headers["Host"], headers["Origin"], headers["Referer"]) == (
        "localhost",
        "http://localhost",
        "http://localhost/login/",
    )


def test_another_sites_origin_stays_what_it_is(opened):
    ask(opened, "POST", "/", b"x", {"Origin": f"http://localhost:{opened}0", "Referer": "https://example.com/"})
    assert Balancer.seen["headers"]["Origin"] == f"http://localhost:{opened}0"
    assert Balancer.seen["headers"]["Referer"] == "https://example.com/"


def test_the_port_is_put_back_into_redirects_and_both_cookies_arrive(opened):
    answer, body = ask(opened)
    assert answer.getheader("Location") == f"http://localhost:{opened}/next"
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert body == b"ok"


def test_an_answer_to_head_has_a_length_and_no_body(opened):
    answer, body = ask(opened, "HEAD")
    assert (answer.getheader("Content-Length"), body) == ("2", b"")


def test_one_connection_serves_several_requests(opened):
    connection = http.client.HTTPConnection("127.0.0.1", opened, timeout=10)
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/")
        assert connection.getresponse().read() in (b"ok", b"")


def test_a_body_that_is_too_large_is_refused(opened):
    answer, body = ask(opened, "POST", "/", None, {"Content-Length": str(door.MAX_BODY + 1)})
    assert answer.status == 413
    assert str(door.MAX_BODY).encode() in body


def test_a_body_of_unknown_length_is_refused(opened):
    answer, _ = ask(opened, "POST", "/", iter([b"x"]), {"Transfer-Encoding": "chunked"})
    assert answer.status == 411


def test_an_emulator_that_is_gone_gives_502(balancer):
    server = door.Server(0, "http://127.0.0.1:1", "site-lb")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answer, body = ask(server.server_port)
    assert answer.status == 502
    assert b"The emulator does not answer" in body
    server.shutdown()
    server.server_close()


def test_the_door_opens_to_this_machine_only():
    with pytest.raises(Problem, match="refusing to talk to"):
        door.Server(0, "http://192.0.2.1:80", "site-lb")
