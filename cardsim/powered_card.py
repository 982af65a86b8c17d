"""What every reader asks of a card; a card behind rules or a recorder has the same shape."""

from typing import Protocol


class PoweredCard(Protocol):
    """What lies in the reader; ``cardsim.card.Card`` is one."""

    @property
    def atr(self) -> bytes:
        """What the card says of itself when it is powered."""

    def power_on(self) -> bytes:
        """Power the card."""

    def power_off(self) -> None:
        """Cut its power."""

    def reset(self) -> bytes:
        """Reset it warm."""

    def transmit(self, raw: bytes) -> bytes:
        """Answer one command. Raises: CardSimError when the card leaves instead."""
