"""A card reader in this process, of the shape of a PC/SC connection.

A card is put on it and lifted from it at any moment, also while a command is under way, and from
any thread: one works with the card while another plays the hand that takes it away.
"""

from collections.abc import Callable
from threading import Lock

from cardsim.errors import CardRemovedError, ChannelClosedError, NoCardError
from cardsim.powered_card import PoweredCard


class SimulatedReader:
    """One slot; ``pace`` is called before every command and may wait, to feel like hardware."""

    def __init__(self, pace: Callable[[], None] = lambda: None) -> None:
        self._card: PoweredCard | None = None
        self._insertions = 0
        self._commands_until_lifted: int | None = None
        self._pace = pace
        self._lock = Lock()

    def put(self, card: PoweredCard) -> None:
        """Lay a card on the reader; a card that lay there is lifted first."""
        with self._lock:
            self._lift()
            self._card = card

    def lift(self) -> PoweredCard | None:
        """Take the card away, whatever it was doing; return it."""
        with self._lock:
            return self._lift()

    def _lift(self) -> PoweredCard | None:
        card, self._card = self._card, None
        self._insertions += 1
        self._commands_until_lifted = None
        if card is not None:
            card.power_off()
        return card

    def lift_after(self, commands: int) -> None:
        """Lift the card by itself after so many further commands; the next one finds it gone."""
        with self._lock:
            self._commands_until_lifted = commands

    def is_card_present(self) -> bool:
        """Say whether a card lies on the reader."""
        return self._card is not None

    def connect(self) -> "SimulatedChannel":
        """Power the card and talk to it. Raises: NoCardError."""
        with self._lock:
            if self._card is None:
                raise NoCardError("no card lies on the reader")
            return SimulatedChannel(self, self._insertions, self._card.power_on())

    def exchange(self, insertion: int, command: bytes) -> bytes:
        """Pass one command to the card of that insertion. Raises: CardRemovedError."""
        self._pace()
        with self._lock:
            self._count_down()
            if self._card is None or insertion != self._insertions:
                raise CardRemovedError("the card was lifted")
            try:
                return self._card.transmit(command)
            except CardRemovedError:
                self._lift()  # A rule took the card away.
                raise

    def _count_down(self) -> None:
        if self._commands_until_lifted is None:
            return
        if self._commands_until_lifted == 0:
            self._lift()
        else:
            self._commands_until_lifted -= 1

    def unpower(self, insertion: int) -> None:
        """Cut the power of the card of that insertion."""
        with self._lock:
            if self._card is not None and insertion == self._insertions:
                self._card.power_off()


class SimulatedChannel:
    """A connection to the card that lay on the reader when it was opened."""

    def __init__(self, reader: SimulatedReader, insertion: int, atr: bytes) -> None:
        self._reader = reader
        self._insertion = insertion
        self._closed = False
        self.atr = atr
        """What the card said when it was powered."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command; return data and status word.

        Raises: CardRemovedError, ChannelClosedError.
        """
        if self._closed:
            raise ChannelClosedError("the connection was closed; connect again")
        return self._reader.exchange(self._insertion, apdu)

    def disconnect(self) -> None:
        """Unpower the card; its PIN state dies. Doing it again does nothing."""
        if not self._closed:
            self._closed = True
            self._reader.unpower(self._insertion)
