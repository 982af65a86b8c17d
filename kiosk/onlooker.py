"""Whoever looks over the machine's shoulder: told what hands do to it and what becomes of it."""

from typing import Protocol

from kiosk.flow.events import Event
from kiosk.flow.model import FlowState


class Onlooker(Protocol):
    """A recorder, for example. It hears everything, digits of a PIN too, and changes nothing."""

    def opened(self, state: FlowState, card: str) -> None:
        """Hear that the machine stands ready, with that card in the hand."""

    def touched(self, device: str, card: str) -> None:
        """Hear that a device is about to be touched; ``card`` is in the hand or on the reader."""

    def happened(self, before: FlowState, event: Event, after: FlowState) -> None:
        """Hear what an event did."""
