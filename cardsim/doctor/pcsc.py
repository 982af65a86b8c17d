"""The few calls of PC/SC that the doctor makes, through pyscard, each with a limit.

They may block without an end, so they run in a thread that nobody waits for at the end.
"""

import importlib
import threading
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from typing import Any, TypeVar

from cardsim.doctor.model import Reader
from cardsim.errors import ReaderRefusedError

Result = TypeVar("Result")
_MASK = 0xFFFFFFFF
_NO_READERS = 0x8010002E
_GET_FEATURES = 0x42000D48
_TLV_PROPERTIES = 0x12
_MOST_BYTES_TAG = 0x0A
_STATUS_BYTES = 2
_WORDS = {
    0x8010000B: "another program uses it",
    0x8010000C: "no card lies there",
    0x8010001D: "pcscd does not run",
    0x80100066: "it does not answer",
    0x80100069: "it was lifted",
    0x8010006A: "pcscd refuses this user",
}


def load_scard() -> Any | None:
    """Return pyscard's plain functions, which have no types; None when it is not installed."""
    try:
        return importlib.import_module("smartcard.scard")
    except ImportError:
        return None


def pyscard_version() -> str | None:
    """Return its version; None when it is not installed or cannot be loaded."""
    return metadata.version("pyscard") if load_scard() is not None else None


def within(seconds: float, work: Callable[[], Result], otherwise: Result) -> Result:
    """Return what comes of the work, or the other thing when it takes too long.

    Raises: ReaderRefusedError from the work.
    """
    results: list[Result] = []
    errors: list[ReaderRefusedError] = []

    def run() -> None:
        try:
            results.append(work())
        except ReaderRefusedError as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    return results[0] if results else otherwise


def greet(scard: Any, *, in_ci: bool) -> tuple[int, tuple[Reader, ...]]:
    """Return the result of greeting pcscd, and the readers that it knows.

    No card is powered. In an automatic test a real reader is only listed, not spoken to.
    """
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result:
        return result & _MASK, ()
    try:
        result, names = scard.SCardListReaders(context, [])
        if result & _MASK not in (0, _NO_READERS):
            return result & _MASK, ()
        return 0, tuple(_reader(scard, context, str(name), in_ci) for name in names or ())
    finally:
        scard.SCardReleaseContext(context)


def _reader(scard: Any, context: int, name: str, in_ci: bool) -> Reader:
    unaware = [(name, scard.SCARD_STATE_UNAWARE)]
    result, states = scard.SCardGetStatusChange(context, 0, unaware)
    if result:
        return Reader(name, has_card=False)
    _name, state, atr = states[0]
    has_card = bool(state & scard.SCARD_STATE_PRESENT)
    silent = bool(state & scard.SCARD_STATE_MUTE)
    told = bytes(value & 0xFF for value in atr) if has_card and not silent else b""
    seen = Reader(name, has_card, told)
    if in_ci and not seen.is_virtual:
        return seen
    return replace(seen, most_bytes=_most_bytes(scard, context, name))


def _most_bytes(scard: Any, context: int, name: str) -> int | None:
    """Ask the driver, without powering the card."""
    result, handle, _protocol = scard.SCardConnect(context, name, scard.SCARD_SHARE_DIRECT, 0)
    if result:
        return None
    try:
        features = _control(scard, handle, _GET_FEATURES)
        code = tagged(features).get(_TLV_PROPERTIES)
        if code is None:
            return None
        most = tagged(_control(scard, handle, int.from_bytes(code, "big"))).get(_MOST_BYTES_TAG)
        return int.from_bytes(most, "little") if most is not None else None
    finally:
        scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)


def _control(scard: Any, handle: int, code: int) -> bytes:
    result, answer = scard.SCardControl(handle, code, [])
    return b"" if result else bytes(value & 0xFF for value in answer)


def tagged(data: bytes) -> dict[int, bytes]:
    """Return values by tag; what is cut off is left out."""
    found: dict[int, bytes] = {}
    while len(data) >= 2:
        tag, length = data[0], data[1]
        if len(data) < 2 + length:
            break
        found[tag], data = data[2 : 2 + length], data[2 + length :]
    return found


def with_card(
    scard: Any, reader: str, work: Callable[[Callable[[bytes], bytes]], Result]
) -> Result:
    """Power the card on a reader for ourselves, do the work, and cut its power.

    Raises: ReaderRefusedError.
    """
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _must(result)
    try:
        both = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, handle, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_EXCLUSIVE, both
        )
        _must(result)
        is_t0 = protocol == scard.SCARD_PROTOCOL_T0
        header = scard.SCARD_PCI_T0 if is_t0 else scard.SCARD_PCI_T1

        def transmit(command: bytes) -> bytes:
            result, answer = scard.SCardTransmit(handle, header, list(command))
            _must(result)
            if len(answer) < _STATUS_BYTES:
                raise ReaderRefusedError("the card was lifted")
            return bytes(value & 0xFF for value in answer)

        try:
            return work(transmit)
        finally:
            scard.SCardDisconnect(handle, scard.SCARD_UNPOWER_CARD)
    finally:
        scard.SCardReleaseContext(context)


def _must(result: int) -> None:
    result &= _MASK
    if result:
        words = _WORDS.get(result, f"PC/SC says {result:08X}")
        raise ReaderRefusedError(f"the card cannot be looked at: {words}")
