"""What the kiosk writes down so that a power cut cannot swallow money.

One JSON line an event, on disk before the step is taken: session, state, amounts. No name, no
certificate number, nothing of a document.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Step(StrEnum):
    """How far a session had come."""

    PAYING = "paying"
    PAID = "paid"
    PRINTING = "printing"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that the journal saw begin and not end."""

    session_id: str
    step: Step
    amount: int


class Journal:
    """An append-only file of session events."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def note(self, session_id: str, step: Step, amount: int) -> None:
        """Write one event and force it to the disk."""
        line = {
            "at": self._now().isoformat(),
            "session": session_id,
            "step": step.value,
            "amount": amount,
        }
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, json.dumps(line).encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Return sessions that were paid and never ended, in order. A torn last line is skipped."""
        if not self._path.exists():
            return ()
        last: dict[str, Unfinished] = {}
        for line in self._path.read_text(encoding="ascii").splitlines():
            try:
                event = json.loads(line)
            except json.JSONDecodeError:
                continue
            session_id = event["session"]
            last[session_id] = Unfinished(session_id, Step(event["step"]), event["amount"])
        return tuple(one for one in last.values() if one.step is not Step.ENDED)
