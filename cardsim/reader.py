"""A card reader in this process, of the shape of a PC/SC connection.

A card is put on it and lifted from it at any moment, also between the bytes of one exchange.
"""

from collections.abc import Callable

from cardsim.card import Card
from cardsim.errors import CardRemovedError, NoCardError


class SimulatedReader:
    """One slot; ``pace`` is called before every command and may wait, to feel like hardware."""

    def __init__(self, pace: Callable[[], None] = lambda: None) -> None:
        self._card: Card | None = None
        self._insertions = 0
        self._commands_until_lifted: int | None = None
        self._pace = pace

    def put(self, card: Card) -> None:
        """Lay a card on the reader; a card that lay there is lifted first."""
        self.lift()
        self._card = card

    def lift(self) -> Card | None:
        """Take the card away, whatever it was doing; return it."""
        card, self._card = self._card, None
        self._insertions += 1
        self._commands_until_lifted = None
        if card is not None:
            card.power_off()
        return card

    def lift_after(self, commands: int) -> None:
        """Lift the card by itself after so many further commands."""
        self._commands_until_lifted = commands

    def is_card_present(self) -> bool:
        """Say whether a card lies on the reader."""
        return self._card is not None

    def connect(self) -> "SimulatedChannel":
        """Power the card and talk to it. Raises: NoCardError."""
        if self._card is None:
            raise NoCardError("no card lies on the reader")
        self._card.power_on()
        return SimulatedChannel(self, self._insertions)

    def exchange(self, insertion: int, command: bytes) -> bytes:
        """Pass one command to the card of that insertion. Raises: CardRemovedError."""
        self._pace()
        if self._commands_until_lifted is not None:
            if self._commands_until_lifted == 0:
                self.lift()
            else:
                self._commands_until_lifted -= 1
        if self._card is None or insertion != self._insertions:
            raise CardRemovedError("the card was lifted")
        return self._card.transmit(command)

    def unpower(self, insertion: int) -> None:
        """Cut the power of the card of that insertion."""
        if self._card is not None and insertion == self._insertions:
            self._card.power_off()


class SimulatedChannel:
    """A connection to the card that lay on the reader when it was opened."""

    def __init__(self, reader: SimulatedReader, insertion: int) -> None:
        self._reader = reader
        self._insertion = insertion

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command; return data and status word. Raises: CardRemovedError."""
        return self._reader.exchange(self._insertion, apdu)

    def disconnect(self) -> None:
        """Unpower the card; its PIN state dies."""
        self._reader.unpower(self._insertion)
