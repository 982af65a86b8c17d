"""What a tester may turn, watch and count: the machine's world as the tester's tools see it.

The scenario runner and the tester bar know only these shapes. Whoever puts a whole town together
implements them and offers an ``OpenWorld`` under the entry-point group ``risai.worlds``; a machine
without a town has none, and its tools say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kiosk.parts import KioskParts

ENTRY_POINT_GROUP = "risai.worlds"


@dataclass(frozen=True, slots=True)
class Setting:
    """One position of a dial."""

    id: str
    title_ja: str
    title_en: str
    argument: str = ""
    """What the position needs to be told, as words for people; empty when nothing."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A part of the world that can be made to go wrong; the first setting is *normal*."""

    id: str
    """``card``, ``reader``, ``coin_box``, ``printer``, ``line``, ``ocsp``, ``core`` …"""
    title_ja: str
    title_en: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Books:
    """What the ledgers of gateway and municipality hold since the world was opened."""

    fees: int
    """Fee entries that stand: posted and not reversed."""
    reversed_fees: int
    yen_due: Mapping[str, int]
    """By who owes it: ``resident``, ``municipality``."""
    issued: int
    """Certificates that count as issued."""
    voided: int
    in_doubt: int
    """Sessions whose outcome nobody knows."""


class World(Protocol):
    """A town with one machine in front of it."""

    parts: KioskParts
    """The machine's parts; its clock, cards and line obey the dials.

    The id of a card in its tray is the id of the persona.
    """

    def dials(self) -> Sequence[Dial]:
        """Everything that can be turned."""

    def turned(self) -> Mapping[str, str]:
        """Return the setting of every dial by id, with its argument as ``setting:argument``."""

    def turn(self, dial: str, setting: str, argument: str = "") -> None:
        """Turn a dial. Raises: UnknownSettingError that names what there is."""

    def advance(self, seconds: float) -> None:
        """Let time pass at once, for every program of the town alike."""

    def set_clock(self, moment: datetime) -> None:
        """Set the town's time (aware, UTC)."""

    def pin_of(self, persona: str) -> str:
        """Return the invented person's PIN, for a step that names her instead of digits.

        Raises: UnknownSettingError.
        """

    def books(self) -> Books:
        """Count."""

    def check_sheet(self, pdf: Path) -> Sequence[str]:
        """Check a printed sheet as anybody can offline; return what speaks against it.

        Empty for a genuine certificate of this town.
        """

    def card_trace(self) -> Sequence[str]:
        """Every exchange with a card in words for people, PINs blacked out."""

    def line_trace(self) -> Sequence[str]:
        """Every call to the gateway: method, path without ids, status, milliseconds."""

    def log_lines(self) -> Sequence[str]:
        """What the programs logged since the world was opened."""

    def close(self) -> None:
        """End everything that runs."""


class OpenWorld(Protocol):
    """Builds a world in a folder."""

    def __call__(
        self,
        folder: Path,
        *,
        start: datetime | None = None,
        always_open: bool = True,
        unlimited: bool = True,
        hurried: bool = True,
        reader: str = "sim",
    ) -> World:
        """Open a town of its own in ``folder``.

        ``start`` makes its clock stand still at that moment until it is advanced; None lets it
        run. ``unlimited`` lifts the limits on how often one may try. ``hurried`` takes the waits
        out of card and printer. ``reader`` is ``sim`` or ``pcsc[:NAME]``.
        """
