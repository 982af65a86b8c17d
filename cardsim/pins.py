"""PINs with their counters, and where they are kept.

A counter counts *consecutive* wrong tries, survives power-off and restart, and is restored only
by a right try. Unblocking is out of band; there is no command for it [CARD 8.5].
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PinRecord:
    """The lasting state of one PIN of one card."""

    value: bytes
    tries_left: int


class CardStore(Protocol):
    """The card's non-volatile memory for PINs."""

    def load(self, card_id: str) -> dict[str, PinRecord]:
        """Return the PINs stored for the card, by PIN name; empty for a new card."""

    def save(self, card_id: str, pins: dict[str, PinRecord]) -> None:
        """Store the PINs durably before the answer leaves the card."""


class MemoryStore:
    """PIN state that lives as long as the process."""

    def __init__(self) -> None:
        self._cards: dict[str, dict[str, PinRecord]] = {}

    def load(self, card_id: str) -> dict[str, PinRecord]:
        """Return a copy of what is stored."""
        return dict(self._cards.get(card_id, {}))

    def save(self, card_id: str, pins: dict[str, PinRecord]) -> None:
        """Keep a copy."""
        self._cards[card_id] = dict(pins)


class FileStore:
    """PIN state in one JSON file, replaced atomically at every change.

    PINs stand in it as they are: they are the invented PINs of invented persons.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, card_id: str) -> dict[str, PinRecord]:
        """Return what the file holds for the card."""
        return {
            name: PinRecord(bytes.fromhex(str(pin["value"])), int(pin["tries_left"]))
            for name, pin in self._read().get(card_id, {}).items()
        }

    def save(self, card_id: str, pins: dict[str, PinRecord]) -> None:
        """Write the whole file anew beside the old one and put it in its place."""
        cards = self._read()
        cards[card_id] = {
            name: {"value": pin.value.hex(), "tries_left": pin.tries_left}
            for name, pin in pins.items()
        }
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(cards, indent=1, sort_keys=True), encoding="ascii")
        partial.replace(self._path)

    def _read(self) -> dict[str, dict[str, dict[str, str | int]]]:
        if not self._path.exists():
            return {}
        cards: dict[str, dict[str, dict[str, str | int]]] = json.loads(
            self._path.read_text(encoding="ascii")
        )
        return cards


@dataclass(frozen=True, slots=True)
class PinSpec:
    """A PIN as the card is made: its first value, its tries, the form of new values."""

    name: str
    initial: bytes
    max_tries: int
    min_length: int
    max_length: int


class PinPad:
    """All PINs of one card with their counters; every change is stored before it is answered."""

    def __init__(self, card_id: str, specs: tuple[PinSpec, ...], store: CardStore) -> None:
        self._card_id = card_id
        self._specs = {spec.name: spec for spec in specs}
        self._store = store
        self._pins = {
            spec.name: PinRecord(spec.initial, spec.max_tries) for spec in specs
        } | store.load(card_id)

    def tries_left(self, name: str) -> int:
        """Return how many wrong tries are left; 0 means blocked."""
        return self._pins[name].tries_left

    def present(self, name: str, value: bytes) -> bool:
        """Compare, count and store; True when right. A blocked PIN is never right."""
        pin = self._pins[name]
        right = pin.tries_left > 0 and pin.value == value
        tries = self._specs[name].max_tries if right else max(0, pin.tries_left - 1)
        self._write(name, PinRecord(pin.value, tries))
        return right

    def change(self, name: str, value: bytes) -> bool:
        """Store a new value; False when its length does not fit."""
        spec = self._specs[name]
        if not spec.min_length <= len(value) <= spec.max_length:
            return False
        self._write(name, PinRecord(value, self._pins[name].tries_left))
        return True

    def set_tries_left(self, name: str, tries: int) -> None:
        """Set the counter out of band: the persona's past, or the municipal counter."""
        self._write(name, PinRecord(self._pins[name].value, tries))

    def _write(self, name: str, pin: PinRecord) -> None:
        if self._pins[name] != pin:
            self._pins[name] = pin
            self._store.save(self._card_id, self._pins)
