"""What PC/SC says when something does not work, and which error of the kiosk that is.

Source: [CARD 10], [PCSC-LITE].
"""

from enum import IntEnum

from kiosk.errors import (
    CardInUseError,
    CardNotRecognisedError,
    CardRemovedError,
    KioskError,
    NoCardError,
    NoReaderError,
    PcscAccessError,
    PcscServiceError,
    ReaderFailedError,
)


class PcscResult(IntEnum):
    """The results that mean something to the kiosk, under their names in the standard."""

    SCARD_S_SUCCESS = 0
    SCARD_F_INTERNAL_ERROR = 0x80100001
    SCARD_E_INVALID_HANDLE = 0x80100003
    SCARD_E_UNKNOWN_READER = 0x80100009
    SCARD_E_TIMEOUT = 0x8010000A
    SCARD_E_SHARING_VIOLATION = 0x8010000B
    SCARD_E_NO_SMARTCARD = 0x8010000C
    SCARD_E_PROTO_MISMATCH = 0x8010000F
    SCARD_F_COMM_ERROR = 0x80100013
    SCARD_E_NOT_TRANSACTED = 0x80100016
    SCARD_E_READER_UNAVAILABLE = 0x80100017
    SCARD_P_SHUTDOWN = 0x80100018
    SCARD_E_NO_SERVICE = 0x8010001D
    SCARD_E_SERVICE_STOPPED = 0x8010001E
    SCARD_E_NO_ACCESS = 0x80100027
    SCARD_E_NO_READERS_AVAILABLE = 0x8010002E
    SCARD_W_UNSUPPORTED_CARD = 0x80100065
    SCARD_W_UNRESPONSIVE_CARD = 0x80100066
    SCARD_W_UNPOWERED_CARD = 0x80100067
    SCARD_W_RESET_CARD = 0x80100068
    SCARD_W_REMOVED_CARD = 0x80100069
    SCARD_W_SECURITY_VIOLATION = 0x8010006A


class PcscFailure(Exception):  # noqa: N818  # what the library says; the errors are the kiosk's
    """A call that did not succeed, with the 32-bit result."""

    def __init__(self, result: int) -> None:
        super().__init__(f"PC/SC result {result:08X}")
        self.result = result


_SERVICE = "pcscd does not run; see: cardsim doctor"
_SERVICE_RESULTS = frozenset(
    {
        PcscResult.SCARD_F_INTERNAL_ERROR,
        PcscResult.SCARD_E_INVALID_HANDLE,
        PcscResult.SCARD_P_SHUTDOWN,
        PcscResult.SCARD_E_NO_SERVICE,
        PcscResult.SCARD_E_SERVICE_STOPPED,
    }
)
_READER_GONE = frozenset(
    {
        PcscResult.SCARD_E_UNKNOWN_READER,
        PcscResult.SCARD_E_READER_UNAVAILABLE,
        PcscResult.SCARD_E_NO_READERS_AVAILABLE,
    }
)
_CARD_GONE = frozenset({PcscResult.SCARD_E_NO_SMARTCARD, PcscResult.SCARD_W_REMOVED_CARD})
_CARD_LOST = _CARD_GONE | {
    PcscResult.SCARD_F_COMM_ERROR,
    PcscResult.SCARD_E_NOT_TRANSACTED,
    PcscResult.SCARD_W_UNPOWERED_CARD,
    PcscResult.SCARD_W_RESET_CARD,
    PcscResult.SCARD_W_UNRESPONSIVE_CARD,
}
"""In the middle of a conversation: it moved, so its PIN state cannot be relied on."""
_CARD_STRANGE = frozenset(
    {
        PcscResult.SCARD_E_PROTO_MISMATCH,
        PcscResult.SCARD_W_UNSUPPORTED_CARD,
        PcscResult.SCARD_W_UNRESPONSIVE_CARD,
        PcscResult.SCARD_W_UNPOWERED_CARD,
    }
)
_NO_ACCESS = frozenset({PcscResult.SCARD_E_NO_ACCESS, PcscResult.SCARD_W_SECURITY_VIOLATION})


_ABOUT_CARD = (
    _CARD_GONE
    | _CARD_STRANGE
    | {
        PcscResult.SCARD_E_SHARING_VIOLATION,
        PcscResult.SCARD_E_NOT_TRANSACTED,
        PcscResult.SCARD_W_RESET_CARD,
    }
)


def is_about_card(result: int) -> bool:
    """Say whether only the card is concerned: service and reader are as they were."""
    return result in _ABOUT_CARD


def is_reader_gone(result: int) -> bool:
    """Say whether the reader itself is no longer there."""
    return result in _READER_GONE


def error_of_reader(result: int) -> KioskError:
    """Return what a failed call about service or reader means."""
    if result in _SERVICE_RESULTS:
        return PcscServiceError(_SERVICE)
    if result in _NO_ACCESS:
        return PcscAccessError("pcscd refuses this user; see: cardsim doctor")
    if result in _READER_GONE:
        return NoReaderError("no card reader is connected; see: cardsim doctor")
    return ReaderFailedError(result)


def error_of_connecting(result: int) -> KioskError:
    """Return why a card could not be powered."""
    if result in _CARD_GONE:
        return NoCardError("no card lies on the reader")
    if result in _CARD_STRANGE:
        return CardNotRecognisedError("the card does not answer as a chip card")
    if result == PcscResult.SCARD_E_SHARING_VIOLATION:
        return CardInUseError("another program uses the card")
    return error_of_reader(result)


def error_of_command(result: int) -> KioskError:
    """Return why a command found no answer."""
    if result in _CARD_LOST:
        return CardRemovedError("the card was lifted")
    return error_of_reader(result)
