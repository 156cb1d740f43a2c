"""What Valkey holds of Celery's queues, without a Valkey."""

import json
from typing import Any, Self

from ops import queue_age


class Lists:
    """For each key the messages, oldest last; as a channel, its client and its connection."""

    priority_steps = (0, 3)
    sep = "\x06\x16"
    unacked_key = "unacked"

    def __init__(self, **lists: list[str]) -> None:
        self.lists = lists
        self.taken: list[str] = []
        self.client = self

    def llen(self, key: str) -> int:
        return len(self.lists.get(key, []))

    def lindex(self, key: str, index: int) -> str | None:
        return self.lists[key][index] if self.lists.get(key) else None

    def hlen(self, key: str) -> int:
        return len(self.hvals(key))

    def hvals(self, key: str) -> list[str]:
        assert key == self.unacked_key
        return self.taken

    def take(self, queue: str) -> None:
        """As a worker does that takes a task and has not acknowledged it yet."""
        self.taken.append(json.dumps([{}, "", queue]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def connect(self) -> None:
        pass

    def channel(self) -> Self:
        return self


def message(published_at: float | None = None, tag: str = "tag") -> str:
    headers = {} if published_at is None else {queue_age.HEADER: published_at}
    return json.dumps({"headers": headers, "properties": {"delivery_tag": tag}})
