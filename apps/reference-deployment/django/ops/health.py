"""/livez says that this process answers; /readyz says that it also reaches its database and its cache."""

import logging
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

logger = logging.getLogger("health")

# A connection attempt alone can last longer than READYZ_SECONDS, so probes run in threads and are left behind then.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="readyz")


class HealthMiddleware:
    """Answers before host names are checked: a load balancer asks by IP address and over plain HTTP."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            if request.path_info == "/livez":
                return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
            if request.path_info == "/readyz":
                return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    deadline = time.monotonic() + settings.READYZ_SECONDS
    probes = {name: _threads.submit(_timed, probe) for name, probe in PROBES.items()}
    parts = {}
    for name, probe in probes.items():
        try:
            parts[name] = {"ok": True, "ms": probe.result(timeout=max(0.0, deadline - time.monotonic()))}
        except Exception as error:
            # What went wrong is for the log only: the answer is public.
            logger.error("%s is not reachable", name, exc_info=error)
            parts[name] = {"ok": False}
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse(parts, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def _timed(probe: Callable[[], None]) -> float:
    start = time.monotonic()
    probe()
    return round((time.monotonic() - start) * 1000, 1)


def _database() -> None:
    # The thread's own connection, closed again: a new one also proves that the password still holds.
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _cache() -> None:
    # The cache backend turns failures into misses, so only a value that comes back proves anything.
    sent = uuid.uuid4().hex
    cache.set(f"readyz-{sent}", sent, timeout=60)
    if cache.get(f"readyz-{sent}") != sent:
        raise ConnectionError("a value that was just written did not come back")


PROBES = {"database": _database, "cache": _cache}
