"""Waiting for something to become true, for a limited time."""

import threading
from collections.abc import Callable

_PAUSE = threading.Event()


def wait_until(true: Callable[[], bool], within_s: float = 10.0) -> None:
    """Return as soon as it is true. Raises: AssertionError when it never becomes so."""
    for _ in range(int(within_s / 0.01)):
        if true():
            return
        _PAUSE.wait(0.01)
    raise AssertionError("it did not become true in time")
