"""Writing a recording down as a scenario file."""

import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.scenario.model import BooksCheck, Header, Start, Step, Title, Turn
from kiosk.scenario.writing import scenario_text
from kiosk.tester.ports import Books, World
from kiosk.tester.recorder import Recorder

_JAPAN = ZoneInfo("Asia/Tokyo")
_NOT_IN_AN_ID = re.compile(r"[^a-z0-9.-]+")
_LONGEST_ID = 60
_COMMENT = "Recorded by hand. PINs stand here by persona only; add what should be expected."


class Recording:
    """What is recorded in one world: the steps, and how world and books were when it began."""

    def __init__(self, recorder: Recorder, world: World) -> None:
        self._recorder = recorder
        self._world = world
        self._mark()

    def _mark(self) -> None:
        self._books = self._world.books()
        self._turned = dict(self._world.turned())

    @property
    def count(self) -> int:
        """How many steps there are."""
        return self._recorder.count

    def begin_anew(self) -> None:
        """Forget the steps; the machine must stand at its menu."""
        recorder = self._recorder
        recorder.begin(recorder.state, recorder.hand)
        self._mark()

    def save(self, path: Path, *, wide: bool) -> None:
        """Write everything since the beginning. Raises: OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self.text(path.stem, wide=wide))
        partial.replace(path)

    def text(self, name: str, *, wide: bool) -> str:
        """Return the scenario; ``wide`` is it when it was recorded on a large terminal."""
        steps = (*self._dials(), *self._recorder.steps(), *self._end())
        return scenario_text(self._header(name, wide=wide), steps, comment=_COMMENT)

    def _end(self) -> tuple[Step, ...]:
        """Return what the books must say in the end, unless they may still be written in."""
        if not self._recorder.is_settled:
            return ()
        return (Step(books=self._expected_books()),)

    def _header(self, name: str, *, wide: bool) -> Header:
        recorder = self._recorder
        home, moment = recorder.home, recorder.began_at.astimezone(_JAPAN).replace(microsecond=0)
        return Header(
            id=_id(name),
            title=Title(ja=f"記録 {moment:%Y-%m-%d %H:%M}", en=f"Recorded {moment:%Y-%m-%d %H:%M}"),
            tags=("recorded",),
            start=Start(
                locale=home.locale,
                size="120x40" if wide else "80x24",
                large=home.large,
                contrast=home.contrast,
                persona=recorder.card or "resident",
                clock=moment,
            ),
        )

    def _dials(self) -> tuple[Step, ...]:
        """Return what must be turned first, because it was turned when the recording began."""
        normal = {dial.id: dial.settings[0].id for dial in self._world.dials()}
        turned = []
        for dial, position in self._turned.items():
            setting, _, argument = position.partition(":")
            if setting != normal[dial]:
                turned.append(Step(turn=Turn(dial=dial, setting=setting, argument=argument)))
        return tuple(turned)

    def _expected_books(self) -> BooksCheck:
        now, then = self._world.books(), self._books
        return BooksCheck(
            fees=now.fees - then.fees,
            resident_yen=_due(now, "resident") - _due(then, "resident"),
            issued=now.issued - then.issued,
            voided=now.voided - then.voided,
        )


def _due(books: Books, who: str) -> int:
    return books.yen_due.get(who, 0)


def _id(name: str) -> str:
    """Return a name in the letters that an id may have."""
    return _NOT_IN_AN_ID.sub("-", name.lower()).strip("-.")[:_LONGEST_ID] or "recording"
