"""A town for testers: the embedded town with a clock, dials, traces and books in their hands.

Found under the entry point ``risai.worlds``. Faults come in where the programs are put together
(``world_wiring``); the programs know nothing of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.parts import KioskParts
from kiosk.tester.errors import NoWorldError, UnknownSettingError
from kiosk.tester.ports import Books, Dial
from launcher.embedded import utc_now
from launcher.state import StateFolder
from launcher.world_books import BookKeeper, difference
from launcher.world_clock import TownClock
from launcher.world_log import CapturedLog
from launcher.world_paper import PaperJudge
from launcher.world_wiring import Bench, Pace, wire_bench


class TownWorld:
    """A town with one machine in front of it, in a tester's hands."""

    def __init__(self, bench: Bench, clock: TownClock, log: CapturedLog) -> None:
        town = self.town = bench.town
        self.parts: KioskParts = bench.parts
        self._bench = bench
        self._clock = clock
        self._log = log
        self._books = BookKeeper(
            town.gateway.worker.engine, town.core.parts.engine, town.core.parts.municipality.code
        )
        self._before = self._books.count(clock.now())
        self._judge = PaperJudge(town.state, clock.now)

    def dials(self) -> Sequence[Dial]:
        """Everything that can be turned."""
        return self._bench.board.dials()

    def turned(self) -> Mapping[str, str]:
        """Return the position of every dial by id."""
        return self._bench.board.turned()

    def turn(self, dial: str, setting: str, argument: str = "") -> None:
        """Turn a dial. Raises: UnknownSettingError that names what there is."""
        self._bench.board.turn(dial, setting, argument)

    def advance(self, seconds: float) -> None:
        """Let time pass at once, for every program of the town alike."""
        self._clock.advance(seconds)

    def set_clock(self, moment: datetime) -> None:
        """Set the town's time (aware, UTC)."""
        self._clock.set(moment)

    def pin_of(self, persona: str) -> str:
        """Return the invented person's PIN. Raises: UnknownSettingError."""
        for known in self.town.personas:
            if known.id == persona:
                return known.auth_pin
        names = ", ".join(known.id for known in self.town.personas)
        raise UnknownSettingError(f"there is no persona {persona!r}; there are {names}")

    def books(self) -> Books:
        """Count what has come since the world was opened."""
        return difference(self._books.count(self._clock.now()), self._before)

    def check_sheet(self, pdf: Path) -> Sequence[str]:
        """Return what the offline check has against a printed sheet; nothing if genuine."""
        return self._judge.objections(pdf)

    def card_trace(self) -> Sequence[str]:
        """Every exchange with a card in words for people, PINs blacked out."""
        return tuple(self._bench.reader.trace)

    def line_trace(self) -> Sequence[str]:
        """Every call to the gateway: method, path without ids, status, milliseconds."""
        return tuple(self._bench.kiosk_line.trace)

    def log_lines(self) -> Sequence[str]:
        """What the programs logged since the world was opened."""
        return self._log.lines()

    def close(self) -> None:
        """End everything that runs."""
        self._bench.close()
        self.town.gateway.worker.close()
        self.town.core.parts.engine.dispose()
        self._log.close()


def open_world(
    folder: Path,
    *,
    start: datetime | None = None,
    always_open: bool = True,
    unlimited: bool = True,
    hurried: bool = True,
    reader: str = "sim",
) -> TownWorld:
    """Open a town of its own in ``folder``; ``reader`` is ``sim``, or ``pcsc[:NAME]`` for a
    virtual reader behind pcscd, whose cards this town puts in.

    Raises: NoWorldError.
    """
    state = StateFolder(folder)
    state.prepare()
    clock = TownClock(start, utc_now)
    log = CapturedLog(folder / "world.log")
    try:
        bench = wire_bench(
            state,
            clock.now,
            log=log.stream,
            always_open=always_open,
            unlimited=unlimited,
            pace=Pace.HURRIED if hurried else Pace.AS_IN_LIFE,
            reader=reader,
        )
    except NoWorldError:
        log.close()
        raise
    return TownWorld(bench, clock, log)
