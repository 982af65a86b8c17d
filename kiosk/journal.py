"""What the kiosk writes down so that a power cut cannot swallow money.

One JSON line an event, on disk before the step is taken:

    {"at": moment, "session": session id, "step": step, "amount": yen paid, "earned": yen printed}

No name, no certificate number, nothing of a document. The file only grows while sessions run;
``forget_ended`` writes it anew with what still matters.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.errors import JournalFailedError


class Step(StrEnum):
    """How far a session had come."""

    PAYING = "paying"
    """The gateway is about to be told of the money."""
    PAID = "paid"
    RELEASED = "released"
    """The documents are about to be fetched."""
    PRINTING = "printing"
    """A copy is in the printer: whether it came out is not known."""
    PRINTED = "printed"
    """The printer stands still; ``earned`` tells how much came out."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that the journal saw begin and not end."""

    session_id: str
    step: Step
    amount: int
    """What was to be paid, in yen."""
    earned: int = 0
    """Copies that are out, times the fee, in yen."""


class Journal:
    """An append-only file of session events."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def note(self, session_id: str, step: Step, amount: int, earned: int = 0) -> None:
        """Write one event and force it to the disk. Raises: JournalFailedError."""
        line = self._line(Unfinished(session_id, step, amount, earned))
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                is_new = os.fstat(descriptor).st_size == 0
                _write(descriptor, (b"" if _ends_whole(descriptor) else b"\n") + line)
            finally:
                os.close(descriptor)
            if is_new:
                _sync_folder(self._path.parent)
        except OSError as error:
            raise JournalFailedError("the journal cannot be written") from error

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Return sessions that were to be paid and never ended, oldest first.

        Lines torn by a power cut are skipped. Raises: JournalFailedError.
        """
        try:
            text = self._path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise JournalFailedError("the journal cannot be read") from error
        last: dict[str, Unfinished] = {}
        for line in text.splitlines():
            event = _parse(line)
            if event is not None:
                last[event.session_id] = event
        return tuple(one for one in last.values() if one.step is not Step.ENDED)

    def forget_ended(self) -> None:
        """Write the file anew with unfinished sessions only. Raises: JournalFailedError."""
        left = b"".join(self._line(one) for one in self.unfinished())
        partial = self._path.with_suffix(".partial")
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                _write(descriptor, left)
            finally:
                os.close(descriptor)
            partial.replace(self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            raise JournalFailedError("the journal cannot be written anew") from error

    def _line(self, event: Unfinished) -> bytes:
        values = {
            "at": self._now().isoformat(),
            "session": event.session_id,
            "step": event.step.value,
            "amount": event.amount,
            "earned": event.earned,
        }
        return json.dumps(values).encode("ascii") + b"\n"


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Force a file's name to the disk as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ends_whole(descriptor: int) -> bool:
    """Say whether the last line was written to its end, so that ours begins on its own."""
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _parse(line: str) -> Unfinished | None:
    try:
        event: Any = json.loads(line)
        return Unfinished(
            str(event["session"]),
            Step(event["step"]),
            int(event["amount"]),
            int(event.get("earned", 0)),
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
