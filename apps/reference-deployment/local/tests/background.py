"""Something that goes on beside a test while its `with` block runs."""

import threading
from types import TracebackType
from typing import Self


class BackgroundTask:
    """Calls `step` in a thread of its own, again and again with a pause between; an error in it is raised where the block ends."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._problem: Exception | None = None

    def step(self) -> None:
        raise NotImplementedError

    def _run(self) -> None:
        try:
            while not self._over.wait(self.pause):
                self.step()
        except Exception as problem:
            self._problem = problem

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(30)
        assert not self._thread.is_alive(), "what went on beside the test did not end within 30 s"
        if self._problem and not value:
            raise self._problem
