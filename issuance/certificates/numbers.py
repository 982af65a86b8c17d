"""Certificate numbers (整理番号) that notice a slip of the pen.

    122025-2026-0000123-21
    │      │    │       └─ two check digits over everything before them
    │      │    └───────── sequence within municipality and fiscal year, from 1
    │      └────────────── fiscal year (年度), which begins on 1 April; no era
    └───────────────────── municipality code (全国地方公共団体コード)

Two digits instead of one character: digits only, so the number can be said on the telephone and
typed on a number pad, and every wrong digit and every swap of neighbours is found.
Source: [ISO7064] MOD 97-10.
"""

import re
from dataclasses import dataclass
from typing import NewType

from issuance.certificates.errors import MalformedNumberError, WrongCheckDigitsError

CertificateNumber = NewType("CertificateNumber", str)
"""A number whose check digits were computed or verified."""

MODULUS = 97
HIGHEST_SEQUENCE = 9_999_999
_FORM = re.compile(r"([0-9]{6})-([0-9]{4})-([0-9]{7})-([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberParts:
    """What a certificate number says."""

    municipality_code: str
    fiscal_year: int
    sequence: int


def format_number(municipality_code: str, fiscal_year: int, sequence: int) -> CertificateNumber:
    """Return the number of the ``sequence``-th certificate of a fiscal year.

    Raises: ValueError when a part does not fit its digits; a year has room for 9,999,999 sheets.
    """
    if not re.fullmatch(r"[0-9]{6}", municipality_code, re.ASCII):
        raise ValueError("a municipality code has six digits")
    if not 2000 <= fiscal_year <= 9999:
        raise ValueError("a fiscal year has four digits")
    if not 1 <= sequence <= HIGHEST_SEQUENCE:
        raise ValueError("a sequence number lies between 1 and 9,999,999")
    digits = f"{municipality_code}{fiscal_year}{sequence:07d}"
    checks = _check_digits(digits)
    return CertificateNumber(f"{municipality_code}-{fiscal_year}-{sequence:07d}-{checks}")


def parse_number(text: str) -> NumberParts:
    """Return the parts of a certificate number.

    Raises: MalformedNumberError when it is none; WrongCheckDigitsError when it was mistyped.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise MalformedNumberError
    code, year, sequence, checks = match.groups()
    if _check_digits(code + year + sequence) != checks:
        raise WrongCheckDigitsError
    return NumberParts(code, int(year), int(sequence))


def _check_digits(digits: str) -> str:
    """Return the two digits with which the whole number leaves 1 when divided by 97."""
    return f"{MODULUS + 1 - int(digits) * 100 % MODULUS:02d}"
