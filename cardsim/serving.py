"""Personas' cards in the slots of a virtual reader, as ``cardsim serve`` holds them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cardsim.card import Card
from cardsim.jpki import CONTACTLESS_ATR
from cardsim.persona import Persona
from cardsim.pins import CardStore, FileStore, MemoryStore
from cardsim.pki.authority import DemoAuthority
from cardsim.vpcd import FIRST_PORT, VirtualSlot

Report = Callable[[str], None]


def open_authority(folder: Path | None, now: datetime) -> DemoAuthority:
    """Return the authority kept in ``folder``, made there at the first call; None keeps nothing.

    Raises: AuthorityFilesError.
    """
    if folder is None:
        return DemoAuthority.create(now)
    if (folder / "authority.json").exists():
        return DemoAuthority.load(folder)
    authority = DemoAuthority.create(now)
    authority.save(folder)
    return authority


class CardDrawer:
    """Makes personas' cards; what a card remembers is in a file, or dies with the process."""

    def __init__(
        self,
        authority: DemoAuthority,
        *,
        state: Path | None,
        now: Callable[[], datetime],
    ) -> None:
        self.authority = authority
        self._now = now
        self._store: CardStore = FileStore(state) if state else MemoryStore()

    def card_of(self, persona: Persona, *, contactless: bool = False) -> Card:
        """Return the persona's card with the counters of its last use. Raises: CardStoreError."""
        image = self.authority.issue_card(persona, self._now())
        self._save()
        if contactless:
            image = replace(image, atr=CONTACTLESS_ATR)
        return Card(image, self._store)

    def revoke(self, persona: Persona, generation: int) -> None:
        """Revoke a persona's certificate from now on. Raises: AuthorityFilesError."""
        self.authority.catch_up()
        self.authority.revoke(
            self.authority.serial_for(persona.id, generation=generation), self._now()
        )
        self._save()

    def unrevoke(self, persona: Persona, generation: int) -> None:
        """Take a revocation back. Raises: AuthorityFilesError."""
        self.authority.catch_up()
        self.authority.unrevoke(self.authority.serial_for(persona.id, generation=generation))
        self._save()

    def _save(self) -> None:
        if self.authority.folder is not None:
            self.authority.save(self.authority.folder)


def open_slots(
    numbers: tuple[int, ...], *, host: str, first_port: int = FIRST_PORT, report: Report
) -> dict[int, VirtualSlot]:
    """Return the slots of a virtual reader, by number."""
    return {
        number: VirtualSlot(
            host,
            first_port + number,
            report=lambda words, number=number: report(f"slot {number}: {words}"),  # type: ignore[misc]
        )
        for number in numbers
    }
