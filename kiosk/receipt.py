"""The slip of paper for the fee: what, how many, how much, when; nothing about whom."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.wire.bodies import Locale
from kiosk.texts import say

_JAPAN = ZoneInfo("Asia/Tokyo")
_WIDTH = 32
_NAME_BYTES = 8


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on a receipt (領収書). Amounts in yen."""

    locale: Locale
    copies: int
    unit_fee: int
    change: int
    number: str
    """The number of the session that a resident can name; nothing personal."""

    @property
    def total(self) -> int:
        """What was paid for."""
        return self.copies * self.unit_fee


def slip_text(slip: Slip, *, kiosk_id: str, at: datetime) -> str:
    """Return the receipt line by line, in Japan time."""
    local = at.astimezone(_JAPAN)

    def line(key: str, **values: object) -> str:
        return say(slip.locale, f"receipt.{key}", **values)

    lines = (
        line("title"),
        "-" * _WIDTH,
        f"{local:%Y-%m-%d %H:%M}",
        line("machine", kiosk_id=kiosk_id),
        line("number", number=slip.number),
        "-" * _WIDTH,
        line("item", copies=slip.copies, unit_fee=f"{slip.unit_fee:,}"),
        line("total", total=f"{slip.total:,}"),
        line("change", change=f"{slip.change:,}"),
        "-" * _WIDTH,
        line("note"),
    )
    return "\n".join(lines) + "\n"


def put_slip(folder: Path, text: str) -> Path:
    """Lay a receipt beside the certificates under a random name, readable by the owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"receipt-{secrets.token_hex(_NAME_BYTES)}.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path
