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

    def handle_one_way(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self.refuse(411, "The proxy needs a Content-Length.")
        if length > MAX_BODY:
            return self.refuse(413, f"The proxy takes bodies up to {MAX_BODY} bytes, got {length}.")
        body = self.rfile.read(length) if length else None
        route, names = self.server.route, self.server.names
        host = names.host(self.headers.get("Host", ""))
        if not route.accepts(host):
            return self.refuse(403, f"CloudFront has no distribution for {host}.")
        headers = {
            name: names.in_request(name, value)
            for name, value in self.headers.items()
            if name.lower() not in HOP_BY_HOP | {"host"}
        } | route.headers(host)
        gateway = http.client.HTTPConnection(self.server.gateway, timeout=TIMEOUT_S)
        try:
            gateway.request(self.command, route.emulator_path(self.path), body, headers)
            answer = gateway.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            return self.refuse(502, f"The emulator does not answer ({problem}).")
        finally:
            gateway.close()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, names.in_response(name, value))
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
    """One route on a port of this machine; port 0 takes any that is free."""

    daemon_threads = True

    def __init__(self, port: int, endpoint: str, site_url: str, route: Route, folder: Path):
        self.gateway = urlsplit(require_loopback(endpoint)).netloc
        self.route = route
        super().__init__(("127.0.0.1", port), Handler)
        self.names = Names(site_url, self.server_port)
        self.tls = certificates.server_context(folder, route.names) if route.names else None

    def finish_request(self, request, address) -> None:
        """In the request's own thread, so that a client that is slow with the handshake keeps nobody waiting."""
        if self.tls:
            request.settimeout(TIMEOUT_S)
            with self.tls.wrap_socket(request, server_side=True) as secured:
                return super().finish_request(secured, address)
        super().finish_request(request, address)

    def handle_error(self, request, address) -> None:
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
