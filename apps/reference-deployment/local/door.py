"""The browser's way in: forwards http://localhost:PORT to the emulated load balancer.

    door.py PORT ENDPOINT LOAD_BALANCER

The emulator serves a load balancer under the path /_alb/<name>. Behind it Django must see the site's own name, which has no
port: the door takes the port out of Host, Origin and Referer on the way in, and puts it back into Location on the way out.
"""

import http.client
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from settings import require_loopback

MAX_BODY = 20 * 1024 * 1024
TIMEOUT_S = 60
# They describe one connection, and here there are two.
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
}


def inward(headers, port: int) -> dict[str, str]:
    """A browser's headers as the load balancer gets them."""
    own, bare = f"http://localhost:{port}", "http://localhost"
    kept = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP | {"host"}}
    for name, value in kept.items():
        if name.lower() in ("origin", "referer") and (value == own or value.startswith(own + "/")):
            kept[name] = bare + value[len(own) :]
    return kept | {"Host": "localhost"}


def outward(name: str, value: str, port: int) -> str:
    """A header's value as the browser gets it."""
    bare = "http://localhost"
    if name.lower() == "location" and (value == bare or value.startswith(bare + "/")):
        return f"{bare}:{port}{value[len(bare) :]}"
    return value


class Door(BaseHTTPRequestHandler):
    """One request through the door."""

    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_S

    def handle_one_way(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self.refuse(411, "The door needs a Content-Length.")
        if length > MAX_BODY:
            return self.refuse(413, f"The door takes bodies up to {MAX_BODY} bytes, got {length}.")
        body = self.rfile.read(length) if length else None
        gateway = http.client.HTTPConnection(self.server.gateway, timeout=TIMEOUT_S)
        try:
            gateway.request(
                self.command,
                f"/_alb/{self.server.load_balancer}{self.path}",
                body,
                inward(self.headers, self.server.server_port),
            )
            answer = gateway.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            return self.refuse(502, f"The emulator does not answer ({problem}).")
        finally:
            gateway.close()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, outward(name, value, self.server.server_port))
        # An answer to HEAD, and 204 or 304, has no body; the length of what it stands for is the target's to say.
        if self.command == "HEAD" or answer.status in (204, 304):
            if answer.getheader("Content-Length"):
                self.send_header("Content-Length", answer.getheader("Content-Length"))
            content = b""
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_one_way

    def refuse(self, status: int, text: str) -> None:
        content = f"{text}\n".encode()
        self.close_connection = True
        self.send_response_only(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args) -> None:
        """Quiet: the site writes its own access log."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, endpoint: str, load_balancer: str):
        self.gateway = urlsplit(require_loopback(endpoint)).netloc
        self.load_balancer = load_balancer
        super().__init__(("127.0.0.1", port), Door)


if __name__ == "__main__":
    Server(int(sys.argv[1]), sys.argv[2], sys.argv[3]).serve_forever()
