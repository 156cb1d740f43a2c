"""A browser with its cookies and forms, and users who never stop asking."""

import http.client
import http.cookiejar
import re
import socket
import ssl
import struct
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zlib
from collections.abc import Callable, Mapping
from email.message import Message
from pathlib import Path
from typing import Any, Self

from local_deployment import LocalDeployment
from tests.background import BackgroundTask
from tests.patience import PATIENCE_S

# Status, headers and content.
Response = tuple[int, Message, bytes]


class ToTheProxy(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Connections to a port of the site lead to the proxy's port for it, whatever the host's name is."""

    def __init__(self, ports: Mapping[int, int], authority: Path | None) -> None:
        self.ports = ports
        self.trusted = ssl.create_default_context(cafile=authority) if authority else None
        urllib.request.HTTPSHandler.__init__(self, context=self.trusted)

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._leading(http.client.HTTPConnection), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._leading(http.client.HTTPSConnection), request, context=self.trusted)

    def _leading(self, kind: Callable[..., Any]) -> Callable[..., Any]:
        def connection(*args: Any, **options: Any) -> Any:
            made = kind(*args, **options)
            made._create_connection = lambda address, *more: socket.create_connection(
                ("127.0.0.1", self.ports.get(address[1], address[1])), *more
            )
            return made

        return connection


class Unfollowed(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as it is."""

    def redirect_request(self, *args: object) -> None:
        return None


class Browser:
    """Keeps cookies and sends forms. `ports` are the proxy's by the site's own; `authority` is what it trusts."""

    def __init__(self, url: str, ports: Mapping[int, int], authority: Path | None = None) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self.way = (
            ToTheProxy(ports, authority),
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.ProxyHandler({}),
        )
        self.opener = urllib.request.build_opener(*self.way)

    @classmethod
    def of(cls, deployment: LocalDeployment) -> Self:
        """A browser that visits a deployment's site."""
        return cls(deployment.url, deployment.ports, deployment.authority if deployment.https else None)

    def get(self, path: str, **headers: str) -> Response:
        """The response's status, headers and content; a status from 400 on is a response like any other."""
        return self._open(urllib.request.Request(self.url + path, headers=headers))

    def ask(self, url: str, data: bytes | None = None, **headers: str) -> Response:
        """One response as it comes, a redirect included."""
        opener = urllib.request.build_opener(*self.way, Unfollowed)
        return self._open(urllib.request.Request(url, data, headers), opener)

    def page(self, path: str) -> str:
        status, _, content = self.get(path)
        assert status == 200, f"{path} answered {status}: {content[:300]!r}"
        return content.decode()

    def submit(self, path: str, fields: dict[str, str], picture: bytes | None = None) -> str:
        """Fills in the form at `path` and sends it; returns the page that follows."""
        token = found(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(path))
        fields = {"csrfmiddlewaretoken": token, **fields}
        if picture is None:
            body, kind = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = multipart(fields, picture)
        status, _, content = self._open(
            urllib.request.Request(
                self.url + path, body, {"Content-Type": kind, "Origin": self.url, "Referer": self.url + path}
            )
        )
        assert status == 200, f"the form at {path} answered {status}: {content[:300]!r}"
        return content.decode()

    def _open(self, request: urllib.request.Request, opener: urllib.request.OpenerDirector | None = None) -> Response:
        try:
            with (opener or self.opener).open(request, timeout=PATIENCE_S) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as response:
            return response.code, response.headers, response.read()


def found(pattern: str, page: str) -> str:
    """The first group of the first place where the pattern fits."""
    match = re.search(pattern, page)
    assert match, f"{pattern} is not in {page[:300]!r}"
    return match[1]


def multipart(fields: dict[str, str], picture: bytes) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'.encode()
        + picture
        + b"\r\n"
    )
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def png(width: int = 900, height: int = 600) -> bytes:
    """A picture with a gradient."""
    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (x * 255 // width, y * 255 // height, 128))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Users(BackgroundTask):
    """Ask for the home page all the time while their `with` block runs; `failed` is every response other than 200."""

    def __init__(self, deployment: LocalDeployment) -> None:
        super().__init__(pause=0.05)
        self.browser, self.asked = Browser.of(deployment), 0
        self.failed: list[tuple[str, int | str]] = []

    def step(self) -> None:
        status: int | str
        try:
            status = self.browser.get("/")[0]
        except OSError as problem:
            status = repr(problem)
        self.asked += 1
        if status != 200:
            self.failed.append((time.strftime("%H:%M:%S"), status))
