"""One clock for every program of a town; a tester sets and advances it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class TownClock:
    """Stands still at a moment, or runs beside the machine's clock at a distance."""

    def __init__(self, start: datetime | None, real: Callable[[], datetime]) -> None:
        self._real = real
        self._standing = start.astimezone(UTC) if start is not None else None
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the town's moment, UTC."""
        return self._standing if self._standing is not None else self._real() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.set(self.now() + timedelta(seconds=seconds))

    def set(self, moment: datetime) -> None:
        """Go to a moment (aware); a clock that runs goes on from there."""
        if self._standing is not None:
            self._standing = moment.astimezone(UTC)
        else:
            self._ahead = moment - self._real()
