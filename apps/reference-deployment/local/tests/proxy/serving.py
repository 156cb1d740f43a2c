"""Servers that run beside a test."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer


@contextlib.contextmanager
def serving() -> Iterator[Callable[[HTTPServer], int]]:
    """Starts servers and returns their ports; with the `with` block they end."""
    with contextlib.ExitStack() as stack:

        def start(server: HTTPServer) -> int:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return server.server_port

        yield start


class QuietHandler(BaseHTTPRequestHandler):
    """Reads a request's body and logs nothing."""

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, *args: object) -> None:
        """Quiet."""
