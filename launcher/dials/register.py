"""The municipality's register as a tester has it changed: the nightly delivery with other words."""

import csv
import io
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from issuance.database import write
from issuance.linkage.service import read_delivery, store_delivery
from launcher.demo_core import TOWN_FILES

_HOUSES = "damaged_houses.csv"
_HOUSEHOLDS = "victim_households.csv"
_CORRECTION = "（訂正）"
_NO_FONT_HAS_IT = "\U00030000"
"""A letter of the newest block of kanji: a name may hold it, no font of ours prints it."""


class Register:
    """Delivers the town's files again, as they are or with a change in every row of one."""

    def __init__(self, engine: Engine, code: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._code = code
        self._now = now
        self._is_changed = False

    def correct_every_house(self) -> None:
        """Change the location of every damaged house: every record is another one now."""
        self._deliver(_HOUSES, "被災住家の所在地", _CORRECTION)

    def make_unprintable(self) -> None:
        """Put a letter into every householder's name that no font can print."""
        self._deliver(_HOUSEHOLDS, "世帯主氏名", _NO_FONT_HAS_IT)

    def restore(self) -> None:
        """Deliver the town's files as they are."""
        if self._is_changed:
            self._deliver("", "", "")
            self._is_changed = False

    def _deliver(self, name: str, column: str, ending: str) -> None:
        files = {path.name: path.read_bytes() for path in sorted(TOWN_FILES.glob("*.csv"))}
        if name:
            files[name] = _append(files[name], column, ending)
        delivery = read_delivery(files)
        now = self._now()
        with write(self._engine) as connection:
            store_delivery(connection, self._code, delivery, as_of=now, now=now)
        self._is_changed = bool(name)


def _append(file: bytes, column: str, ending: str) -> bytes:
    """Return a CSV file with ``ending`` after every value of one column."""
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    place = rows[0].index(column)
    for row in rows[1:]:
        row[place] += ending
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
