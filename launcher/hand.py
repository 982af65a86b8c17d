"""The hand that holds the personas' cards, and the simulated reader in the kiosk's terms."""

import asyncio
from collections.abc import Sequence

from cardsim.card import Card
from cardsim.errors import CardRemovedError as SimulatedCardRemovedError
from cardsim.errors import NoCardError as SimulatedNoCardError
from cardsim.reader import SimulatedChannel, SimulatedReader
from kiosk.errors import CardRemovedError, NoCardError
from kiosk.parts import TrayCard
from kiosk.ports import CardChannel
from launcher.embedded import Town


class ReaderInKioskTerms:
    """A simulated reader whose removals are the kiosk's errors."""

    def __init__(self, reader: SimulatedReader) -> None:
        self._reader = reader

    def is_card_present(self) -> bool:
        """Say whether a card lies on the reader."""
        return self._reader.is_card_present()

    def connect(self) -> CardChannel:
        """Power the card. Raises: NoCardError."""
        try:
            return _Channel(self._reader.connect())
        except SimulatedNoCardError as error:
            raise NoCardError("no card lies on the reader") from error


class _Channel:
    def __init__(self, channel: SimulatedChannel) -> None:
        self._channel = channel

    def transmit(self, apdu: bytes) -> bytes:
        try:
            return self._channel.transmit(apdu)
        except SimulatedCardRemovedError as error:
            raise CardRemovedError("the card was lifted") from error

    def disconnect(self) -> None:
        self._channel.disconnect()


class Hand:
    """Holds every persona's card; a card is made when it is first put down."""

    def __init__(self, town: Town, reader: SimulatedReader, *, first: str) -> None:
        self._town = town
        self._reader = reader
        self._made: dict[str, Card] = {}
        self._first = first

    def cards(self) -> Sequence[TrayCard]:
        """The cards one may choose from, the first one ready in the hand."""
        personas = sorted(self._town.personas, key=lambda p: (p.id != self._first, p.number))
        return [TrayCard(p.id, p.title_ja, p.title_en) for p in personas]

    async def put(self, card_id: str) -> None:
        """Lay that card on the reader; making its keys takes a moment the first time."""
        if card_id not in self._made:
            persona = next(p for p in self._town.personas if p.id == card_id)
            self._made[card_id] = await asyncio.to_thread(self._town.make_card, persona)
        self._reader.put(self._made[card_id])

    def lift(self) -> None:
        """Take the card from the reader."""
        self._reader.lift()
