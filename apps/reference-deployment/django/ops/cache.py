"""A cache that may be away: reads miss, writes are dropped, and the site goes on answering."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger("cache")

# Seconds without a further attempt after a failed one: a page must not wait for a time-out at every read.
PAUSE = 5.0


class TolerantClient(RedisCacheClient):
    # On the class, thus shared by the threads of a process.
    _resume_at = 0.0

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._attempt(False, super().add, *args, **kwargs)

    def get(self, key: str, default: Any) -> Any:
        return self._attempt(default, super().get, key, default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        return self._attempt(None, super().set, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._attempt(False, super().touch, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._attempt(False, super().delete, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._attempt({}, super().get_many, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return self._attempt(False, super().has_key, *args, **kwargs)

    def incr(self, key: str, delta: int) -> int:
        value = self._attempt(None, super().incr, key, delta)
        if value is None:
            raise ValueError(f"Key {key!r} not found")  # what a cache answers for a key that it does not hold
        return value

    def set_many(self, *args: Any, **kwargs: Any) -> None:
        return self._attempt(None, super().set_many, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        return self._attempt(None, super().delete_many, *args, **kwargs)

    def clear(self) -> bool:
        return self._attempt(False, super().clear)

    @classmethod
    def _attempt(cls, fallback: Any, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < cls._resume_at:
            return fallback
        try:
            return operation(*args, **kwargs)
        except (RedisError, OSError) as error:
            cls._resume_at = time.monotonic() + PAUSE
            logger.warning("The cache does not answer, going on without it for %d s: %s", PAUSE, error)
            return fallback


class TolerantRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = TolerantClient
