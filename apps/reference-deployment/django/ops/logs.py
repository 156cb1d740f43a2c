"""One JSON object per line on standard output, for Django, gunicorn and Celery alike."""

import contextvars
import json
import logging
import time
from typing import Any

request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
trace_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("trace_id", default=None)

_STANDARD_ATTRIBUTES = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "process": self.process,
            "message": record.getMessage(),
        }
        for name, variable in (("request_id", request_id), ("trace_id", trace_id)):
            if variable.get():
                line[name] = variable.get()
        for name, value in record.__dict__.items():
            if name not in _STANDARD_ATTRIBUTES and isinstance(value, (str, int, float, bool)):
                line.setdefault(name, value)
        if record.exc_info and record.exc_info[0]:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def logging_config(process: str) -> dict[str, Any]:
    """A `logging.config` dictionary that sends everything to standard output."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "ops.logs.JsonFormatter", "process": process}},
        "handlers": {
            "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stdout"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # Its warnings repeat what the request log says of each 4xx, after the request's id is gone.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            # Scanners send wrong host names all day; each would be an error with a traceback.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
            # Written by RequestIdMiddleware instead, which knows the ids and leaves health checks out; gunicorn
            # writes its own as soon as it is given any logging configuration.
            "gunicorn.access": {"handlers": ["nowhere"], "propagate": False},
            "botocore": {"level": "WARNING"},
        },
    }
