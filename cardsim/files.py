"""What a card is made of, as data: applications, files, PIN references, keys.

The interpreter in ``card.py`` knows no application by name; a card image says everything.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from cardsim.pins import PinSpec


@dataclass(frozen=True, slots=True)
class TransparentFile:
    """A file that READ BINARY reads; ``needs_pin`` names the PIN that opens it."""

    content: bytes
    needs_pin: str | None = None


@dataclass(frozen=True, slots=True)
class PinFile:
    """A reference that VERIFY presents a PIN to."""

    pin: str


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key that signs once its PIN was presented."""

    key: RSAPrivateKey
    needs_pin: str


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """A file that exists and that nobody opens here."""


ElementaryFile = TransparentFile | PinFile | KeyFile | ClosedFile


@dataclass(frozen=True, slots=True)
class Application:
    """One application (DF): its name and its files by two-byte id."""

    aid: bytes
    files: dict[int, ElementaryFile]


@dataclass(frozen=True, slots=True)
class CardImage:
    """A whole card as it leaves the municipal office."""

    card_id: str
    """Random or persona id; names the card in the store, never on the wire."""
    atr: bytes
    applications: tuple[Application, ...]
    pins: tuple[PinSpec, ...]
    tries_left: tuple[tuple[str, int], ...] = ()
    """Counters when the card is first used; a PIN not named has all its tries."""
