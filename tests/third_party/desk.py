"""A card in the first slot of this room's reader, and every command that reaches it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cardsim.card import Card
from cardsim.files import CardImage
from cardsim.jpki import CONTACT_ATR, CONTACTLESS_ATR
from cardsim.persona import load_personas
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority
from cardsim.recorder import Exchange, RecordedCard, Recorder
from cardsim.vpcd import FIRST_PORT, VirtualSlot
from tests.third_party.programs import Said, run, wait_for_card, wait_for_empty_slot

AUTH_PIN, SIGN_PIN = "1234", "ABC123"
"""The invented resident's PINs; they are in her persona file, too."""
ATRS = {"contact": CONTACT_ATR, "contactless": CONTACTLESS_ATR}
PATIENCE_S = 20.0


def resident_image() -> CardImage:
    """Return the plain resident's card from a new authority, valid by the real clock.

    The programs look at the real clock, and so does ``openssl verify``.
    """
    now = datetime.now(UTC)
    persona = next(one for one in load_personas() if one.id == "resident")
    return DemoAuthority.create(now).issue_card(persona, now)


@dataclass(slots=True)
class Desk:
    """A reader with one card, and programs to try on it."""

    slot: VirtualSlot
    card: Card
    recorder: Recorder
    home: Path

    @classmethod
    def open(cls, image: CardImage, interface: str, home: Path) -> "Desk":
        """Put a fresh card into the reader and wait until programs see it."""
        card, recorder = Card(replace(image, atr=ATRS[interface]), MemoryStore()), Recorder()
        slot = VirtualSlot("127.0.0.1", FIRST_PORT)
        pins = {"auth": AUTH_PIN.encode(), "sign": SIGN_PIN.encode()}
        slot.insert(RecordedCard(card, recorder, lambda: pins), within_s=PATIENCE_S)
        wait_for_card(home)
        return cls(slot, card, recorder, home)

    def close(self) -> None:
        """Take the card out, for everybody to see."""
        self.slot.close()
        wait_for_empty_slot(self.home)

    def run(self, *argv: str) -> Said:
        """Run a program."""
        return run(self.home, *argv)

    def power_cycle(self) -> None:
        """Let no PIN of an earlier program count: a card stays powered for half a second."""
        said = self.run("opensc-tool", "--reader", "0", "--reset=cold")
        assert said.code == 0, said.text
        self.recorder.clear()

    def asked(self) -> tuple[Exchange, ...]:
        """Return the exchanges since the last power cycle."""
        return tuple(one for one in self.recorder.entries() if isinstance(one, Exchange))
