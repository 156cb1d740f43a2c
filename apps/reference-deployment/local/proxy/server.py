"""The proxy: it stands for DNS and the network between a browser and AWS.

    python -m proxy.server PORT ENDPOINT SITE_URL ROUTES FOLDER

Each route, in JSON as `routes.dumped` writes it, gets a port of this machine, from PORT on. One with a certificate speaks
TLS; its authority is FOLDER/authority.pem. A browser that connects here for the site's name sees the site as on AWS.

A site over plain HTTP is visited as http://localhost:PORT. Its own name, which Django compares, takes the place of that one
in the request's Host, Origin and Referer; the response's Location gets the other name back.
"""

import http.client
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from proxy import certificates
from proxy.routes import Route, loaded
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


class Names:
    """The two names of a site over plain HTTP; one with HTTPS has the same name on both sides."""

    def __init__(self, site_url: str, port: int):
        self.public = site_url
        self.local = f"http://localhost:{port}" if site_url.startswith("http:") else site_url

    def host(self, asked: str) -> str:
        """The host name that is asked for on AWS."""
        return (asked.rsplit(":", 1)[0] if self.local == self.public else urlsplit(self.public).hostname) or "localhost"

    def in_request(self, name: str, value: str) -> str:
        return self._replaced(value, self.local, self.public) if name.lower() in ("origin", "referer") else value

    def in_response(self, name: str, value: str) -> str:
        return self._replaced(value, self.public, self.local) if name.lower() == "location" else value

    @staticmethod
    def _replaced(value: str, old: str, new: str) -> str:
        return new + value[len(old) :] if value == old or value.startswith(old + "/") else value


class Handler(BaseHTTPRequestHandler):
    """One request through the proxy."""

    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_S

    server: "Server"

    def relay(self) -> None:
        """Sends the request on to the emulator, and its response back."""
        length = int(self.headers.get("Content-Length") or 0)
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self.refuse(411, "The proxy needs a Content-Length.")
        if length > MAX_BODY:
            return self.refuse(413, f"The proxy takes bodies up to {MAX_BODY} bytes, got {length}.")
        body = self.rfile.read(length) if length else None
        host = self.server.names.host(self.headers.get("Host", ""))
        if not self.server.route.accepts(host):
            return self.refuse(403, f"CloudFront has no distribution for {host}.")
        emulator = http.client.HTTPConnection(self.server.gateway, timeout=TIMEOUT_S)
        try:
            path = self.server.route.emulator_path(self.path)
            emulator.request(self.command, path, body, self._request_headers(host))
            response = emulator.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as problem:
            return self.refuse(502, f"The emulator does not answer ({problem}).")
        finally:
            emulator.close()
        self._respond(response, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = relay

    def _request_headers(self, host: str) -> dict[str, str]:
        names, left_out = self.server.names, HOP_BY_HOP | {"host"}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
        return {
            **{name: names.in_request(name, value) for name, value in kept.items()},
            **self.server.route.headers(host),
        }

    def _respond(self, response: http.client.HTTPResponse, content: bytes) -> None:
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, self.server.names.in_response(name, value))
        length: str | None = str(len(content))
        # A response to HEAD, 204 and 304 have no body; the length of what they stand for is the target's to say.
        if self.command == "HEAD" or response.status in (204, 304):
            length, content = response.getheader("Content-Length"), b""
        if length:
            self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(content)

    def refuse(self, status: int, text: str) -> None:
        content = f"{text}\n".encode()
        self.close_connection = True
        self.send_response_only(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Quiet: the site writes its own access log."""


class Server(ThreadingHTTPServer):
    """One route on a port of this machine; port 0 takes any that is free."""

    daemon_threads = True

    def __init__(self, port: int, endpoint: str, site_url: str, route: Route, folder: Path):
        self.gateway = urlsplit(require_loopback(endpoint)).netloc
        self.route = route
        super().__init__(("127.0.0.1", port), Handler)
        self.names = Names(site_url, self.server_port)
        self.tls = certificates.server_context(folder, route.names) if route.names else None

    def finish_request(self, request: Any, address: Any) -> None:
        """In the request's own thread, so that a client that is slow with the handshake keeps nobody waiting."""
        if self.tls:
            request.settimeout(TIMEOUT_S)
            with self.tls.wrap_socket(request, server_side=True) as secured:
                return super().finish_request(secured, address)
        super().finish_request(request, address)

    def handle_error(self, request: Any, address: Any) -> None:
        """A client that hangs up, or does not trust the certificate, is no error of the proxy."""
        if not isinstance(sys.exception(), (ssl.SSLError, ConnectionError, TimeoutError)):
            super().handle_error(request, address)


def main(port: str, endpoint: str, site_url: str, routes: str, folder: str) -> None:
    servers = [
        Server(int(port) + number, endpoint, site_url, route, Path(folder))
        for number, route in enumerate(loaded(routes))
    ]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
