"""The tester's bench: virtual slots, the cards in them, and everything that can be done to them.

Each method returns when it is done: a card is inserted when the reader has noticed it, and removed
when the line is closed. Methods may be called from any thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from cardsim.card import Card
from cardsim.errors import (
    NoCardError,
    SlotTakenError,
    UnknownPersonaError,
    UnknownPinError,
    UnknownSlotError,
)
from cardsim.faults import FaultRule, FaultyCard, parse_rule
from cardsim.persona import CertificateState, Persona
from cardsim.recorder import RecordedCard, Recorder
from cardsim.serving import CardDrawer
from cardsim.vpcd import VirtualSlot


@dataclass(frozen=True, slots=True)
class SlotReport:
    """How one slot stands."""

    number: int
    port: int
    persona: str | None
    """Id of the persona whose card is in; None when the slot is empty."""
    is_adopted: bool
    """Whether the reader has noticed the card."""
    tries_left: Mapping[str, int]
    rules: tuple[str, ...]


@dataclass(slots=True)
class _Place:
    """A slot with what stays when cards come and go."""

    slot: VirtualSlot
    recorder: Recorder = field(default_factory=Recorder)
    rules: list[FaultRule] = field(default_factory=list)
    persona: Persona | None = None
    card: Card | None = None
    faulty: FaultyCard | None = None
    busy: Lock = field(default_factory=Lock)


class CardBench:
    """Slots by number, and a drawer full of personas' cards."""

    def __init__(
        self,
        slots: Mapping[int, VirtualSlot],
        drawer: CardDrawer,
        personas: tuple[Persona, ...],
        *,
        within_s: float = 10.0,
    ) -> None:
        self._places = {number: _Place(slot) for number, slot in slots.items()}
        self._drawer = drawer
        self._personas = {persona.id: persona for persona in personas}
        self._within_s = within_s
        self._moving = Lock()

    def slots(self) -> tuple[SlotReport, ...]:
        """Return how every slot stands."""
        return tuple(self._report(number) for number in sorted(self._places))

    def offer(self, number: int, persona_id: str, *, contactless: bool = False) -> None:
        """Put a card in as soon as a reader takes it. Raises: as insert, without waiting."""
        with self._moving:
            place, card = self._ready(number, persona_id, contactless=contactless)
            place.slot.offer(card)

    def insert(self, number: int, persona_id: str, *, contactless: bool = False) -> SlotReport:
        """Put a persona's card into a slot.

        Raises: UnknownSlotError, UnknownPersonaError, SlotTakenError, NotAdoptedError.
        """
        with self._moving:
            place, card = self._ready(number, persona_id, contactless=contactless)
            try:
                place.slot.insert(card, within_s=self._within_s)
            except BaseException:
                place.persona = place.card = place.faulty = None
                raise
        return self._report(number)

    def _ready(
        self, number: int, persona_id: str, *, contactless: bool
    ) -> tuple[_Place, RecordedCard]:
        place, persona = self._place(number), self.persona(persona_id)
        for other, known in self._places.items():
            if known.persona is persona and known.slot.card is not None:
                raise SlotTakenError(f"the card of {persona_id} is in slot {other} already")
        if place.slot.card is not None:
            raise SlotTakenError(f"a card is in slot {number}; remove it, or swap")
        card = self._drawer.card_of(persona, contactless=contactless)
        faulty = FaultyCard(card)
        for rule in place.rules:
            faulty.add(rule)
        place.persona, place.card, place.faulty = persona, card, faulty
        return place, RecordedCard(faulty, place.recorder, card.pin_values, busy=place.busy)

    def remove(self, number: int) -> SlotReport:
        """Take the card out. Raises: UnknownSlotError, NoCardError when there is none."""
        with self._moving:
            self._take_out(self._place(number), number)
        return self._report(number)

    def _take_out(self, place: _Place, number: int) -> None:
        if place.slot.remove() is None:
            raise NoCardError(f"no card is in slot {number}")
        place.persona = place.card = place.faulty = None

    def swap(self, number: int, persona_id: str, *, contactless: bool = False) -> SlotReport:
        """Take out what is in, if anything is, and put another card in. Raises: as insert."""
        place = self._place(number)
        self.persona(persona_id)
        with self._moving:
            if place.slot.card is not None:
                self._take_out(place, number)
        return self.insert(number, persona_id, contactless=contactless)

    def unblock(self, number: int, pin: str) -> SlotReport:
        """Restore a PIN's counter, as the municipal office does.

        Raises: UnknownSlotError, NoCardError, UnknownPinError, CardStoreError.
        """
        place = self._place(number)
        card = place.card
        if card is None:
            raise NoCardError(f"no card is in slot {number}")
        if pin not in card.tries():
            raise UnknownPinError(f"no PIN {pin}; known: {', '.join(card.tries())}")
        with place.busy:
            card.unblock(pin)
        return self._report(number)

    def revoke(self, persona_id: str) -> None:
        """Revoke the certificate that the persona's card holds. Raises: UnknownPersonaError."""
        self._drawer.revoke(self.persona(persona_id), self._generation(persona_id))

    def unrevoke(self, persona_id: str) -> None:
        """Take a revocation back, which only a simulator can. Raises: UnknownPersonaError."""
        self._drawer.unrevoke(self.persona(persona_id), self._generation(persona_id))

    def _generation(self, persona_id: str) -> int:
        renewed = self.persona(persona_id).certificate is CertificateState.RENEWED
        return 1 if renewed else 0

    def add_rule(self, number: int, text: str) -> SlotReport:
        """Put a fault rule to work in a slot. Raises: UnknownSlotError, FaultRuleError."""
        place, rule = self._place(number), parse_rule(text)
        place.rules.append(rule)
        if place.faulty is not None:
            place.faulty.add(rule)
        return self._report(number)

    def clear_rules(self, number: int) -> SlotReport:
        """Take all fault rules of a slot away. Raises: UnknownSlotError."""
        place = self._place(number)
        place.rules.clear()
        if place.faulty is not None:
            place.faulty.clear()
        return self._report(number)

    def recorder(self, number: int) -> Recorder:
        """Return the trace of a slot. Raises: UnknownSlotError."""
        return self._place(number).recorder

    def persona(self, persona_id: str) -> Persona:
        """Return a persona. Raises: UnknownPersonaError that names those there are."""
        found = self._personas.get(persona_id)
        if found is None:
            known = ", ".join(self._personas)
            raise UnknownPersonaError(f"no persona {persona_id}; known: {known}")
        return found

    def close(self) -> None:
        """Take every card out and end."""
        for place in self._places.values():
            place.slot.close()

    def _place(self, number: int) -> _Place:
        if number not in self._places:
            known = ", ".join(str(one) for one in sorted(self._places))
            raise UnknownSlotError(f"no slot {number}; this program holds: {known}")
        return self._places[number]

    def _report(self, number: int) -> SlotReport:
        place = self._places[number]
        is_in = place.slot.card is not None and place.persona is not None
        return SlotReport(
            number=number,
            port=place.slot.address[1],
            persona=place.persona.id if is_in and place.persona else None,
            is_adopted=place.slot.is_adopted,
            tries_left=place.card.tries() if is_in and place.card else {},
            rules=tuple(str(rule) for rule in place.rules),
        )
