import asyncio
import threading

import pytest
from ministack.core.responses import StreamingResponse

from emulator.ecs import draining

ADDRESS = "10.89.1.7"
TARGET = {"Id": ADDRESS, "Port": 8000}


class Container:
    attrs = {"NetworkSettings": {"Networks": {"tasks": {"IPAddress": "10.89.1.7"}}}}


@pytest.fixture(autouse=True)
def networks(monkeypatch):
    monkeypatch.setenv("DOCKER_NETWORK", "tasks")
    yield
    assert draining._open[ADDRESS] == 0, "a request that has ended is counted"


def stopping(removed: list[object]) -> threading.Thread:
    thread = threading.Thread(
        target=draining.remove_container, args=(None, Container(), lambda _, container: removed.append(container))
    )
    thread.start()
    return thread


async def sent(native, *arguments):
    return await draining.to_target(TARGET, *arguments, native=native)


def test_a_container_stops_at_once_when_nobody_waits_for_it():
    removed: list[object] = []
    stopping(removed).join()
    assert len(removed) == 1


def test_a_container_stops_when_the_last_byte_of_an_answer_is_sent():
    removed: list[object] = []
    said: list[str] = []

    async def runner(send, receive):
        await send("the page")

    async def native(target, path):
        assert (target, path) == (TARGET, "/")
        return 200, {}, StreamingResponse(runner)

    async def visit():
        status, _, body = await sent(native, "/")
        thread = stopping(removed)
        assert not removed, "stopped before the answer was sent"

        async def send(text):
            said.append(text)

        await body.runner(send, None)
        return status, thread

    status, thread = asyncio.run(visit())
    thread.join()
    assert (status, said, len(removed)) == (200, ["the page"], 1)


def test_a_request_that_fails_or_is_given_up_is_no_longer_waited_for():
    async def refused(target):
        raise ConnectionRefusedError

    async def never(target):
        await asyncio.Event().wait()

    async def visits():
        with pytest.raises(ConnectionRefusedError):
            await sent(refused)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(sent(never), 0.01)

    asyncio.run(visits())
    removed: list[object] = []
    stopping(removed).join()
    assert len(removed) == 1


def test_an_answer_without_a_stream_has_ended():
    async def native(target):
        return 502, {}, b"{}"

    assert asyncio.run(sent(native)) == (502, {}, b"{}")


def test_a_container_that_is_gone_has_no_address():
    class Containers:
        @staticmethod
        def get(name):
            raise LookupError(name)

    class Docker:
        containers = Containers

    assert draining.addresses(Docker, "gone") == []
    assert draining.addresses(None, Container()) == ["10.89.1.7"]
