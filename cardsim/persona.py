"""Personas: invented persons, one file each, with a sentence on what their card shows.

The files are TOML in ``cardsim/personas/``; an unknown or missing key is an error that names it.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
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
    certificate: CertificateState = CertificateState.NORMAL
    linked: bool = True
    """Whether the municipality's link table knows this card."""
    contactless: bool = False


_REQUIRED = frozenset(
    {
        *("number", "title_ja", "title_en", "shows_ja", "shows_en"),
        *("name", "kana", "birth_date", "sex", "address"),
        *("municipality_code", "resident_id"),
    }
)
_OPTIONAL = frozenset(
    {
        *("auth_pin", "sign_pin", "profile_pin", "auth_tries_left"),
        *("certificate", "linked", "contactless"),
    }
)
_TYPES: dict[str, type] = {
    "number": int,
    "birth_date": date,
    "auth_tries_left": int,
    "linked": bool,
    "contactless": bool,
}


def parse_persona(name: str, text: str) -> Persona:
    """Return the persona of the file ``name`` (without ending). Raises: PersonaFileError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PersonaFileError(f"{name}.toml is not TOML: {error}") from error
    _check_keys(name, values)
    try:
        state = CertificateState(values.pop("certificate", "normal"))
    except ValueError as error:
        known = ", ".join(CertificateState)
        raise PersonaFileError(f"{name}.toml: certificate must be one of {known}") from error
    return Persona(id=name, certificate=state, **values)


def _check_keys(name: str, values: dict[str, Any]) -> None:
    for key in sorted(_REQUIRED):
        if key not in values:
            raise PersonaFileError(f"{name}.toml: {key} is missing; add it")
    for key, value in values.items():
        if key not in _REQUIRED | _OPTIONAL:
            known = ", ".join(sorted(_REQUIRED | _OPTIONAL))
            raise PersonaFileError(f"{name}.toml: {key} is unknown; known keys: {known}")
        wanted = _TYPES.get(key, str)
        if type(value) is not wanted:
            raise PersonaFileError(f"{name}.toml: {key} must be a {wanted.__name__}")


def load_personas(folder: Traversable | None = None) -> tuple[Persona, ...]:
    """Return all personas of a folder (default: those that come along), by number.

    Raises: PersonaFileError.
    """
    place = folder if folder is not None else resources.files("cardsim.personas")
    found = [
        parse_persona(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8"))
        for file in place.iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda persona: persona.number))
