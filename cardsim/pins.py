"""PINs with their counters, and where they are kept.

A counter counts *consecutive* wrong tries, survives power-off and restart, and is restored only
by a right try. A try is counted and stored before the PIN is compared, so pulling the card or
killing the process never gives a try for free.
Unblocking is out of band; there is no command for it [CARD 8.5].
"""

import json
import os
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from threading import Lock
from typing import Protocol

from cardsim.errors import CardStoreError


@dataclass(frozen=True, slots=True)
class PinRecord:
    """The lasting state of one PIN of one card."""

    value: bytes
    tries_left: int


class CardStore(Protocol):
    """The card's non-volatile memory for PINs."""

    def load(self, card_id: str) -> dict[str, PinRecord]:
        """Return the PINs stored for the card, by PIN name; empty for a new card.

        Raises: CardStoreError.
        """

    def save(self, card_id: str, pins: dict[str, PinRecord]) -> None:
        """Store the PINs durably before the answer leaves the card. Raises: CardStoreError."""


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
        self._writing = Lock()
        """Cards in several slots write from several threads."""

    def load(self, card_id: str) -> dict[str, PinRecord]:
        """Return what the file holds for the card. Raises: CardStoreError."""
        return self._read().get(card_id, {})

    def save(self, card_id: str, pins: dict[str, PinRecord]) -> None:
        """Write the whole file anew beside the old one and put it in its place.

        Raises: CardStoreError.
        """
        with self._writing:
            cards = self._read()
            cards[card_id] = pins
            text = json.dumps(
                {
                    card: {
                        name: {"value": pin.value.hex(), "tries_left": pin.tries_left}
                        for name, pin in known.items()
                    }
                    for card, known in cards.items()
                },
                indent=1,
                sort_keys=True,
            )
            try:
                self._replace(text)
            except OSError as error:
                raise CardStoreError(f"{self._path} cannot be written: {error.strerror}") from error

    def _replace(self, text: str) -> None:
        partial = self._path.with_suffix(".partial")
        with partial.open("w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)

    def _read(self) -> dict[str, dict[str, PinRecord]]:
        try:
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise CardStoreError(f"{self._path} cannot be read") from error
        try:
            return {
                card: {
                    name: PinRecord(bytes.fromhex(pin["value"]), int(pin["tries_left"]))
                    for name, pin in known.items()
                }
                for card, known in json.loads(text).items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CardStoreError(
                f"{self._path} is damaged; delete it and all cards start with fresh counters"
            ) from error


@dataclass(frozen=True, slots=True)
class PinSpec:
    """A PIN as the card is made: its first value, its tries, the form of new values."""

    name: str
    initial: bytes
    max_tries: int
    """0 is a reference that was blocked when the card was made and stays so."""
    min_length: int
    max_length: int


class PinPad:
    """All PINs of one card with their counters; every change is stored before it is answered."""

    def __init__(
        self,
        card_id: str,
        specs: tuple[PinSpec, ...],
        store: CardStore,
        *,
        first_tries_left: dict[str, int],
    ) -> None:
        self._card_id = card_id
        self._specs = {spec.name: spec for spec in specs}
        self._store = store
        self._pins = {
            spec.name: PinRecord(spec.initial, first_tries_left.get(spec.name, spec.max_tries))
            for spec in specs
        } | store.load(card_id)

    def tries_left(self, name: str) -> int:
        """Return how many wrong tries are left; 0 means blocked."""
        return self._pins[name].tries_left

    def values(self) -> dict[str, bytes]:
        """Return the value of every PIN by its name, for whoever holds the simulator."""
        return {name: pin.value for name, pin in self._pins.items()}

    def present(self, name: str, value: bytes) -> bool:
        """Count, store, then compare; True when right. A blocked PIN is never right.

        Raises: CardStoreError, before the comparison or after a right one.
        """
        pin = self._pins[name]
        if pin.tries_left == 0:
            return False
        self._write(name, PinRecord(pin.value, pin.tries_left - 1))
        if not compare_digest(pin.value, value):
            return False
        self._write(name, PinRecord(pin.value, self._specs[name].max_tries))
        return True

    def change(self, name: str, value: bytes) -> bool:
        """Store a new value; False when its length does not fit. Raises: CardStoreError."""
        spec = self._specs[name]
        if not spec.min_length <= len(value) <= spec.max_length:
            return False
        self._write(name, PinRecord(value, self._pins[name].tries_left))
        return True

    def set_tries_left(self, name: str, tries: int) -> None:
        """Set the counter out of band: the persona's past, or the municipal counter."""
        self._write(name, PinRecord(self._pins[name].value, tries))

    def _write(self, name: str, pin: PinRecord) -> None:
        """Store first, believe afterwards: what is in memory is never ahead of the store."""
        pins = self._pins | {name: pin}
        self._store.save(self._card_id, pins)
        self._pins = pins
