from django.core.cache import cache

KEY = "visits"


def count_visit() -> int | None:
    """How often the page was asked for, by all tasks together; None while the cache is away."""
    cache.add(KEY, 0, timeout=None)
    try:
        return cache.incr(KEY)
    except ValueError:
        return None
