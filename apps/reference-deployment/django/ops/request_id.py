"""Gives every request an id, puts it into each log line, and writes the request log."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from . import logs

logger = logging.getLogger("access")

_ACCEPTABLE = re.compile(r"[\w.:;=,+/-]{1,200}", re.ASCII)


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _acceptable(request.headers.get("X-Request-Id")) or uuid.uuid4().hex
        trace_id = _acceptable(request.headers.get("X-Amzn-Trace-Id"))
        tokens = logs.request_id.set(request_id), logs.trace_id.set(trace_id)
        start = time.monotonic()
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id
            logger.info(
                "%s %s %d",
                request.method,
                request.path,
                response.status_code,
                extra={
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "duration_ms": round((time.monotonic() - start) * 1000, 1),
                },
            )
            return response
        finally:
            logs.request_id.reset(tokens[0])
            logs.trace_id.reset(tokens[1])


def _acceptable(value: str | None) -> str | None:
    """What a client sends goes into log lines and an answer's header, so only plain ids pass."""
    return value if value and _ACCEPTABLE.fullmatch(value) else None
