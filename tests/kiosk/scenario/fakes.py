"""A world without a town: one machine whose card, gateway and ledgers are fakes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.parts import KioskParts
from kiosk.tester.errors import UnknownSettingError
from kiosk.tester.ports import Books, Dial, Setting
from tests.kiosk.screens.fakes import PIN, make_parts, refusal


class FakeWorld:
    """Everything is normal until the dial ``line`` is turned to ``revoked``."""

    def __init__(self, folder: Path) -> None:
        self.fake_parts = make_parts(folder)
        self.parts: KioskParts = self.fake_parts
        self.is_closed = False
        self._setting = "normal"

    def dials(self) -> Sequence[Dial]:
        settings = (Setting("normal", "普通", "normal"), Setting("revoked", "失効", "revoked"))
        return (Dial("line", "回線", "Line", settings),)

    def turned(self) -> Mapping[str, str]:
        return {"line": self._setting}

    def turn(self, dial: str, setting: str, argument: str = "") -> None:
        if dial != "line" or setting not in ("normal", "revoked"):
            raise UnknownSettingError("there is only line, with normal and revoked")
        self._setting = setting
        if setting == "revoked":
            self.fake_parts.script.failures["prove"] = refusal()

    def advance(self, seconds: float) -> None:
        self.fake_parts.fake_clock.advance(seconds)

    def set_clock(self, moment: datetime) -> None:
        self.fake_parts.fake_clock.moment = moment

    def pin_of(self, persona: str) -> str:
        if persona not in ("resident", "revoked"):
            raise UnknownSettingError("there are resident and revoked")
        return PIN

    def books(self) -> Books:
        done = self.fake_parts.script.log.count("complete")
        return Books(done, 0, {"resident": 10 * done}, done, 0, 0)

    def check_sheet(self, pdf: Path) -> Sequence[str]:
        return (f"{pdf.suffix} is no certificate",)

    def card_trace(self) -> Sequence[str]:
        return (f"VERIFY {PIN} → 9000", "SIGN → 9000")

    def line_trace(self) -> Sequence[str]:
        return ("POST /sessions 201 3 ms",)

    def log_lines(self) -> Sequence[str]:
        return (f"somebody logged a PIN: {PIN}", "number 51234 is none")

    def close(self) -> None:
        self.is_closed = True


class FakeOpener:
    """Opens fake worlds, and remembers how."""

    def __init__(self, *, refusal: Exception | None = None) -> None:
        self.worlds: list[FakeWorld] = []
        self.asked: list[dict[str, object]] = []
        self._refusal = refusal

    def __call__(
        self,
        folder: Path,
        *,
        start: datetime | None = None,
        always_open: bool = True,
        unlimited: bool = True,
        hurried: bool = True,
        reader: str = "sim",
    ) -> FakeWorld:
        if self._refusal is not None:
            raise self._refusal
        self.asked.append(
            {"start": start, "always_open": always_open, "hurried": hurried, "reader": reader}
        )
        world = FakeWorld(folder)
        self.worlds.append(world)
        return world
