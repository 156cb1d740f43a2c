import pytest

from tests.background import BackgroundTask


class Countdown(BackgroundTask):
    def __init__(self, left: int) -> None:
        super().__init__(pause=0)
        self.left = left

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ValueError("below zero")


def test_what_fails_beside_a_test_fails_it():
    with pytest.raises(ValueError, match="below zero"), Countdown(2) as task:
        task._thread.join(10)


def test_the_tests_own_failure_comes_first():
    with pytest.raises(KeyError), Countdown(0) as task:
        task._thread.join(10)
        raise KeyError
