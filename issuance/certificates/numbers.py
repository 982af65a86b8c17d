"""Certificate numbers (整理番号): municipality, fiscal year, sequence, two check digits.

    990019-2026-0000123-45
    ------ ---- ------- --
    code   FY   running check digits after ISO 7064 MOD 97-10

The check finds every single wrong digit and every swap of neighbours.
Source: [ISO7064]. Assumption: the layout is ours; municipalities number as they like.
"""

import re
from dataclasses import dataclass
from datetime import date

from issuance.errors import NumberFormatError

_FORM = re.compile(r"([0-9]{6})-([0-9]{4})-([0-9]{7})-([0-9]{2})")
MAX_SEQUENCE = 9_999_999


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """A certificate number in its parts."""

    municipality_code: str
    fiscal_year: int
    sequence: int

    def __str__(self) -> str:
        body = f"{self.municipality_code}-{self.fiscal_year:04d}-{self.sequence:07d}"
        return f"{body}-{_check_digits(body)}"


def _check_digits(body: str) -> str:
    return f"{98 - int(body.replace('-', '') + '00') % 97:02d}"


def parse_number(text: str) -> CertificateNumber:
    """Return the parts of a number as printed. Raises: NumberFormatError."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise NumberFormatError("a certificate number looks like 990019-2026-0000123-45")
    number = CertificateNumber(found[1], int(found[2]), int(found[3]))
    if str(number) != text:
        raise NumberFormatError("the check digits do not fit; a digit was misread")
    return number


def fiscal_year(day: date) -> int:
    """Return the fiscal year (年度) of a day; it begins on 1 April."""
    return day.year if day.month >= 4 else day.year - 1
