"""Personas: invented persons, one file each, with a sentence on what their card shows.

The files are TOML in ``cardsim/personas/``; a key that is unknown, missing or of the wrong form
is an error that names file and key and says how to mend it.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from cardsim.errors import PersonaFileError


class CertificateState(StrEnum):
    """What is special about the authentication certificate on the card."""

    NORMAL = "normal"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    RENEWED = "renewed"
    """A second one was issued; the first is revoked. The municipality knows both."""
    NONE = "none"
    """Issued without certificates, as for children under 15."""


@dataclass(frozen=True, slots=True)
class Persona:
    """One invented person and her card."""

    id: str
    number: int
    """Order in the tray, from 1."""
    title_ja: str
    title_en: str
    shows_ja: str
    shows_en: str
    name: str
    kana: str
    birth_date: date
    sex: str
    """``1`` male, ``2`` female."""
    address: str
    municipality_code: str
    resident_id: str
    """宛名番号, 10 digits as text."""
    auth_pin: str = "1234"
    sign_pin: str = "ABC123"
    profile_pin: str = "1234"
    auth_tries_left: int = 3
    sign_tries_left: int = 5
    profile_tries_left: int = 3
    certificate: CertificateState = CertificateState.NORMAL
    linked: bool = True
    """Whether the municipality's link table knows this card."""
    contactless: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    """What the value of one key must be, and how to say so."""

    fits: Callable[[Any], bool]
    words: str
    required: bool = True


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_digits(value: object, length: int) -> bool:
    return isinstance(value, str) and len(value) == length and value.isascii() and value.isdigit()


def _is_count(value: object, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_sign_pin(value: object) -> bool:
    """Say whether it is 6 to 16 of A–Z and 0–9 with at least one of each. Source: [CARD 6.5]."""
    if not isinstance(value, str) or not value.isascii() or not value.isalnum():
        return False
    has_both = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return 6 <= len(value) <= 16 and has_both and value == value.upper()


def _is_municipality_code(value: object) -> bool:
    """Say whether the sixth digit checks the other five. Source: [PLACES]."""
    if not isinstance(value, str) or not _is_digits(value, 6):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value, range(6, 1, -1), strict=False))
    return int(value[5]) == (11 - total % 11) % 10


_TEXT = _Rule(_is_text, "must be a text that is not empty")
_PIN = _Rule(lambda value: _is_digits(value, 4), "must be 4 digits in quotation marks", False)
_FLAG = _Rule(lambda value: type(value) is bool, "must be true or false", False)
_TRIES_3 = _Rule(lambda value: _is_count(value, 3), "must be a number from 0 to 3", False)
_RULES = {
    "number": _Rule(lambda value: type(value) is int and value > 0, "must be a number from 1"),
    **dict.fromkeys(("title_ja", "title_en", "shows_ja", "shows_en"), _TEXT),
    **dict.fromkeys(("name", "kana", "address"), _TEXT),
    "birth_date": _Rule(_is_day, "must be a day such as 1980-02-03, without quotation marks"),
    "sex": _Rule(lambda value: value in ("1", "2"), 'must be "1" (male) or "2" (female)'),
    "municipality_code": _Rule(_is_municipality_code, "must be 6 digits with a right check digit"),
    "resident_id": _Rule(
        lambda value: _is_digits(value, 10), "must be 10 digits in quotation marks"
    ),
    "auth_pin": _PIN,
    "profile_pin": _PIN,
    "sign_pin": _Rule(_is_sign_pin, "must be 6 to 16 of A-Z and 0-9, at least one of each", False),
    "auth_tries_left": _TRIES_3,
    "profile_tries_left": _TRIES_3,
    "sign_tries_left": _Rule(
        lambda value: _is_count(value, 5), "must be a number from 0 to 5", False
    ),
    "certificate": _Rule(
        lambda value: value in list(CertificateState),
        "must be one of " + ", ".join(CertificateState),
        False,
    ),
    "linked": _FLAG,
    "contactless": _FLAG,
}


def parse_persona(name: str, text: str) -> Persona:
    """Return the persona of the file ``name`` (without ending). Raises: PersonaFileError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PersonaFileError(f"{name}.toml is not TOML: {error}") from error
    for key, rule in _RULES.items():
        if rule.required and key not in values:
            raise PersonaFileError(f"{name}.toml: {key} is missing; add it")
    for key, value in values.items():
        if key not in _RULES:
            raise PersonaFileError(
                f"{name}.toml: {key} is unknown; known keys: {', '.join(sorted(_RULES))}"
            )
        if not _RULES[key].fits(value):
            raise PersonaFileError(f"{name}.toml: {key} {_RULES[key].words}")
    state = CertificateState(values.pop("certificate", CertificateState.NORMAL))
    return Persona(id=name, certificate=state, **values)


def load_personas(folder: Traversable | None = None) -> tuple[Persona, ...]:
    """Return all personas of a folder (default: those that come along), by number.

    Raises: PersonaFileError, also when two personas have the same number.
    """
    place = folder if folder is not None else resources.files("cardsim.personas")
    found: dict[int, Persona] = {}
    for file in sorted(place.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        persona = parse_persona(file.name.removesuffix(".toml"), _read(file))
        other = found.setdefault(persona.number, persona)
        if other is not persona:
            raise PersonaFileError(
                f"{file.name}: number {persona.number} is that of {other.id}.toml; take another"
            )
    return tuple(found[number] for number in sorted(found))


def _read(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PersonaFileError(f"{file.name} is not UTF-8; save it as UTF-8") from error
