import json
import logging
import sys

import pytest

from ops import logs


def line(record_changes=None, level=logging.INFO, exc_info=None) -> dict:
    record = logging.LogRecord("a.logger", level, "file.py", 1, "%s is %d", ("x", 1), exc_info)
    record.__dict__.update(record_changes or {})
    text = logs.JsonFormatter("web").format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_says_when_what_and_where():
    found = line()
    assert found.pop("timestamp").endswith("Z")
    assert found == {"level": "INFO", "logger": "a.logger", "process": "web", "message": "x is 1"}


def test_a_line_carries_what_was_passed_as_extra():
    assert line({"status": 200, "duration_ms": 1.5}).items() >= {"status": 200, "duration_ms": 1.5}.items()


def test_an_extra_cannot_overwrite_the_lines_own_fields():
    assert line({"level": "FAKE", "logger": "fake", "process": "fake"})["logger"] == "a.logger"


def test_an_exception_stays_on_its_line():
    try:
        raise ValueError("wrong\nvalue")
    except ValueError:
        found = line(exc_info=sys.exc_info())
    assert "ValueError: wrong\nvalue" in found["exception"]


@pytest.fixture
def lines(caplog):
    """The records of the requests of a test, in the form in which they are written."""
    formatter = logs.JsonFormatter("web")
    written = []

    class Handler(logging.Handler):
        def emit(self, record):
            written.append(json.loads(formatter.format(record)))

    handler = Handler()
    loggers = [logging.getLogger(name) for name in ("access", "django.request")]
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


def test_a_request_is_logged_with_its_ids(site, lines):
    trace = "Root=1-67891233-abcdef012345678912345678"
    answer = site.get("/favicon.ico", headers={"X-Request-Id": "probe-123", "X-Amzn-Trace-Id": trace})
    assert answer.headers["X-Request-Id"] == "probe-123"
    (found,) = lines
    assert found["message"] == "GET /favicon.ico 302"
    assert (found["request_id"], found["trace_id"]) == ("probe-123", trace)
    assert (found["method"], found["path"], found["status"]) == ("GET", "/favicon.ico", 302)
    assert found["duration_ms"] >= 0


@pytest.mark.parametrize("sent", ["", "x" * 1000, "with space", "a\nb", "ümlaut", '{"json": 1}'])
def test_an_id_that_is_not_plain_is_replaced(site, lines, sent):
    answer = site.get("/favicon.ico", headers={"X-Request-Id": sent})
    assert answer.headers["X-Request-Id"] == lines[0]["request_id"]
    assert len(answer.headers["X-Request-Id"]) == 32


def test_an_id_ends_with_its_request(site, lines):
    site.get("/favicon.ico", headers={"X-Request-Id": "first"})
    assert (logs.request_id.get(), logs.trace_id.get()) == (None, None)


def test_a_health_check_is_not_logged(client, lines):
    client.get("/livez")
    assert lines == []


def test_a_page_that_is_not_there_is_one_line(site, lines):
    site.get("/nothing")
    assert [line["message"] for line in lines] == ["GET /nothing 404"]


def test_a_failure_is_logged_with_its_request_id(site, lines, monkeypatch):
    monkeypatch.setattr("notes.views.static", lambda name: 1 / 0)
    site.raise_request_exception = False
    assert site.get("/favicon.ico", headers={"X-Request-Id": "probe-500"}).status_code == 500
    error, request = lines
    assert "ZeroDivisionError" in error["exception"]
    assert error["request_id"] == request["request_id"] == "probe-500"
