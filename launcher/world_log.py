"""What the programs of one town log, kept apart from every other town of the process."""

import logging
from collections.abc import Sequence
from pathlib import Path

import structlog

_LOGGERS = ("issuance",)
"""Loggers of the standard library that programs of the town write to."""


class CapturedLog:
    """Sends the log of this process to a file until it is closed, and reads it back."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._path = path
        self._skipped = path.stat().st_size
        self.stream = path.open("a", encoding="utf-8", buffering=1)
        """For programs that are given a stream of their own."""
        self._before = structlog.get_config()
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(self.stream))
        self._handler = logging.StreamHandler(self.stream)
        self._propagated = {name: logging.getLogger(name).propagate for name in _LOGGERS}
        for name in _LOGGERS:
            logging.getLogger(name).addHandler(self._handler)
            logging.getLogger(name).propagate = False

    def lines(self) -> Sequence[str]:
        """Everything that was logged since, in its order."""
        with self._path.open("rb") as file:
            file.seek(self._skipped)
            return tuple(file.read().decode("utf-8", errors="replace").splitlines())

    def close(self) -> None:
        """Give the process its own log back."""
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(self._handler)
            logging.getLogger(name).propagate = self._propagated[name]
        structlog.configure(**self._before)
        self.stream.close()
