"""The few calls of PC/SC that the kiosk makes, typed, and pyscard behind them.

Nothing here imports pyscard until a reader over PC/SC is asked for.
Every call may block; only a reader's own thread makes them.
Source: [CARD 10].
"""

import importlib
from dataclasses import dataclass
from typing import Any, Protocol

from kiosk.card.pcsc_results import PcscFailure, PcscResult
from kiosk.errors import PcscMissingError

_MASK = 0xFFFFFFFF
_NO_EXTRA = (
    "cards over PC/SC need pyscard, which this installation does not have; mend: "
    "sudo apt-get install pcscd libpcsclite-dev gcc && make pcsc "
    "(or: pip install 'risai[pcsc]')"
)


@dataclass(frozen=True, slots=True)
class CardHandle:
    """A powered card of ours."""

    number: int
    protocol: int
    """The transmission protocol that was agreed on."""


class PcscLibrary(Protocol):
    """PC/SC as the kiosk needs it. Every method raises PcscFailure."""

    def open_context(self) -> int:
        """Greet pcscd; return the number of the acquaintance."""

    def close_context(self, context: int) -> None:
        """Take leave; its connections end with it."""

    def reader_names(self, context: int) -> tuple[str, ...]:
        """Name the readers; none is an empty tuple."""

    def is_card_present(self, context: int, reader: str) -> bool:
        """Say whether a card lies there, without waiting and without powering it."""

    def connect_exclusively(self, context: int, reader: str) -> CardHandle:
        """Power the card; nobody else may talk to it."""

    def transmit(self, card: CardHandle, command: bytes) -> bytes:
        """Send one command; the answer is empty where the card left under way."""

    def unpower(self, card: CardHandle) -> None:
        """Cut the card's power and let go of it."""


class Pyscard:
    """PC/SC through pyscard's plain functions: they have no destructors and no hidden contexts."""

    def __init__(self, scard: Any) -> None:
        """Take the module ``smartcard.scard``, which has no types."""
        self._scard = scard

    def open_context(self) -> int:
        """Greet pcscd."""
        result, context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_SYSTEM)
        _check(result)
        return int(context)

    def close_context(self, context: int) -> None:
        """Take leave."""
        _check(self._scard.SCardReleaseContext(context))

    def reader_names(self, context: int) -> tuple[str, ...]:
        """Name the readers."""
        result, names = self._scard.SCardListReaders(context, [])
        if result & _MASK == PcscResult.SCARD_E_NO_READERS_AVAILABLE:
            return ()
        _check(result)
        return tuple(str(name) for name in names)

    def is_card_present(self, context: int, reader: str) -> bool:
        """Say whether a card lies there."""
        asked = [(reader, self._scard.SCARD_STATE_UNAWARE)]
        result, states = self._scard.SCardGetStatusChange(context, 0, asked)
        _check(result)
        _name, state, _atr = states[0]
        if state & (self._scard.SCARD_STATE_UNKNOWN | self._scard.SCARD_STATE_UNAVAILABLE):
            raise PcscFailure(PcscResult.SCARD_E_READER_UNAVAILABLE)
        return bool(state & self._scard.SCARD_STATE_PRESENT)

    def connect_exclusively(self, context: int, reader: str) -> CardHandle:
        """Power the card."""
        both = self._scard.SCARD_PROTOCOL_T0 | self._scard.SCARD_PROTOCOL_T1
        exclusive = self._scard.SCARD_SHARE_EXCLUSIVE
        result, handle, protocol = self._scard.SCardConnect(context, reader, exclusive, both)
        _check(result)
        is_t0 = protocol == self._scard.SCARD_PROTOCOL_T0
        header = self._scard.SCARD_PCI_T0 if is_t0 else self._scard.SCARD_PCI_T1
        return CardHandle(int(handle), int(header))

    def transmit(self, card: CardHandle, command: bytes) -> bytes:
        """Send one command."""
        result, answer = self._scard.SCardTransmit(card.number, card.protocol, list(command))
        _check(result)
        return bytes(value & 0xFF for value in answer)

    def unpower(self, card: CardHandle) -> None:
        """Cut the card's power."""
        _check(self._scard.SCardDisconnect(card.number, self._scard.SCARD_UNPOWER_CARD))


def load_pyscard() -> Pyscard:
    """Return PC/SC through pyscard. Raises: PcscMissingError, which says how to get it."""
    try:
        return Pyscard(importlib.import_module("smartcard.scard"))
    except ImportError as error:
        raise PcscMissingError(_NO_EXTRA) from error


def _check(result: int) -> None:
    if result & _MASK != PcscResult.SCARD_S_SUCCESS:
        raise PcscFailure(result & _MASK)
