"""PC/SC in this process: a service, readers and cards that fail as the real ones do."""

import threading
from dataclasses import dataclass, field

from kiosk.card.pcsc_library import CardHandle
from kiosk.card.pcsc_results import PcscFailure, PcscResult
from kiosk.errors import CardRemovedError
from tests.kiosk.fake_card import FakeChannel

READER = "Virtual PCD 00 00"
PATIENCE_S = 5.0


@dataclass
class FakePcsc:
    """What is plugged in, what lies on it, and what goes wrong; methods fail as PC/SC does."""

    readers: dict[str, FakeChannel | None] = field(default_factory=lambda: {READER: None})
    runs: bool = True
    refuses: PcscResult | None = None
    """What greeting the service brings instead of success."""
    connect_result: PcscResult | None = None
    transmit_result: PcscResult | None = None
    removal_is_silent: bool = False
    """A card that leaves in the middle gives an empty answer instead of an error."""
    hang: threading.Event = field(default_factory=threading.Event)
    """Set: the card answers. Clear: it does not, until it is set."""
    threads: set[int] = field(default_factory=set)
    contexts: set[int] = field(default_factory=set)
    powered: dict[int, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _next: int = 0

    def __post_init__(self) -> None:
        self.hang.set()

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _enter(self, call: str, context: int | None = None) -> None:
        self.threads.add(threading.get_ident())
        if call != "look":
            self.calls.append(call)
        if not self.runs:
            raise PcscFailure(PcscResult.SCARD_E_NO_SERVICE)
        if context is not None and context not in self.contexts:
            raise PcscFailure(PcscResult.SCARD_E_INVALID_HANDLE)

    def restart(self) -> None:
        """Let the service die and come back: nothing of before is known."""
        self.stop()
        self.runs = True

    def stop(self) -> None:
        self.runs = False
        self.contexts.clear()
        self.powered.clear()

    def open_context(self) -> int:
        self._enter("greet")
        if self.refuses is not None:
            raise PcscFailure(self.refuses)
        number = self._number()
        self.contexts.add(number)
        return number

    def close_context(self, context: int) -> None:
        self._enter("leave", context)
        self.contexts.discard(context)

    def reader_names(self, context: int) -> tuple[str, ...]:
        self._enter("list", context)
        return tuple(self.readers)

    def is_card_present(self, context: int, reader: str) -> bool:
        self._enter("look", context)
        if reader not in self.readers:
            raise PcscFailure(PcscResult.SCARD_E_UNKNOWN_READER)
        return self.readers[reader] is not None

    def connect_exclusively(self, context: int, reader: str) -> CardHandle:
        self._enter("connect", context)
        if reader not in self.readers:
            raise PcscFailure(PcscResult.SCARD_E_UNKNOWN_READER)
        if self.connect_result is not None:
            raise PcscFailure(self.connect_result)
        if reader in self.powered.values():
            raise PcscFailure(PcscResult.SCARD_E_SHARING_VIOLATION)
        if self.readers[reader] is None:
            raise PcscFailure(PcscResult.SCARD_E_NO_SMARTCARD)
        number = self._number()
        self.powered[number] = reader
        return CardHandle(number, 2)

    def transmit(self, card: CardHandle, command: bytes) -> bytes:
        self._enter("transmit")
        self.hang.wait(PATIENCE_S)
        if self.transmit_result is not None:
            raise PcscFailure(self.transmit_result)
        reader = self.powered.get(card.number)
        if reader is None:
            raise PcscFailure(PcscResult.SCARD_E_INVALID_HANDLE)
        channel = self.readers.get(reader)
        if channel is None:
            raise PcscFailure(PcscResult.SCARD_W_REMOVED_CARD)
        try:
            return channel.transmit(command)
        except CardRemovedError:
            self.readers[reader] = None
            if self.removal_is_silent:
                return b""
            raise PcscFailure(PcscResult.SCARD_W_REMOVED_CARD) from None

    def unpower(self, card: CardHandle) -> None:
        self._enter("unpower")
        self.powered.pop(card.number, None)
