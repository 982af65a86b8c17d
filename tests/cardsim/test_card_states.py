"""Whatever a client does in whatever order, the card opens exactly what was opened before.

A small model of the security state runs beside the card; both must say the same.
"""

from functools import cache

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cardsim import jpki, profile
from cardsim.card import Card
from cardsim.files import CardImage
from cardsim.pins import MemoryStore
from cardsim.pki.authority import make_rsa_key

PINS = {"auth": b"1234", "sign": b"ABC123", "profile": b"9876"}
TRIES = {"auth": 3, "sign": 5, "profile": 3}
WRONG = b"000000"
REFERENCES = {"auth": 0x18, "sign": 0x1B, "profile": 0x11}
KEYS = {"auth": 0x17, "sign": 0x1A}
AIDS = {"jpki": jpki.JPKI_AID, "profile": profile.PROFILE_AID}
APPLICATION_OF = {"auth": "jpki", "sign": "jpki", "profile": "profile"}


@cache
def make_image() -> CardImage:
    """Return a card whose contents are words, the same at every call."""
    key = make_rsa_key()
    return CardImage(
        card_id="card",
        atr=jpki.CONTACT_ATR,
        applications=(
            jpki.application(
                auth_key=key,
                auth_certificate=b"auth",
                auth_ca_certificate=b"auth ca",
                sign_key=key,
                sign_certificate=b"sign",
                sign_ca_certificate=b"sign ca",
            ),
            profile.application(b"basic four"),
        ),
        pins=(
            *jpki.pin_specs(auth=PINS["auth"], sign=PINS["sign"]),
            *profile.pin_specs(PINS["profile"]),
        ),
    )


class CardAndModel(RuleBasedStateMachine):
    """The card and what it ought to have opened."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.card = Card(make_image(), self.store)
        self.application: str | None = None
        self.verified: set[str] = set()
        self.tries = dict(TRIES)

    def send(self, header: str, data: bytes = b"", le: str = "") -> str:
        """Send one command; return the status word."""
        length = bytes((len(data),)) if data else b""
        raw = bytes.fromhex(header) + length + data + bytes.fromhex(le)
        return self.card.transmit(raw)[-2:].hex().upper()

    @initialize()
    def power(self) -> None:
        """Put the card on a reader."""
        self.card.power_on()

    @rule(event=st.sampled_from(["power_on", "reset"]))
    def power_again(self, event: str) -> None:
        """Everything volatile dies."""
        getattr(self.card, event)()
        self.application, self.verified = None, set()

    @rule()
    def restart_the_program(self) -> None:
        """The same store, a new card object."""
        self.card = Card(make_image(), self.store)
        self.power_again("power_on")

    @rule(name=st.sampled_from(sorted(AIDS)))
    def select_application(self, name: str) -> None:
        """Another application forgets, the same one does not."""
        assert self.send("00A4040C", AIDS[name]) == "9000"
        if name != self.application:
            self.verified = set()
        self.application = name

    @rule()
    def select_an_unknown_application(self) -> None:
        """Nothing changes."""
        assert self.send("00A4040C", b"\xa0\x00\x00\x00\x03") == "6A82"

    @rule(pin=st.sampled_from(sorted(PINS)), right=st.booleans())
    def present(self, pin: str, right: bool) -> None:
        """Counters fall by wrong tries, and rise only by right ones."""
        answer = self.send(f"002000{0x80 | REFERENCES[pin]:02X}", PINS[pin] if right else WRONG)
        if self.application != APPLICATION_OF[pin]:
            assert answer in ("6A88", "6981")
        elif self.tries[pin] == 0:
            assert answer == "6984"
        elif right:
            assert answer == "9000"
            self.verified.add(pin)
            self.tries[pin] = TRIES[pin]
        else:
            self.verified.discard(pin)
            self.tries[pin] -= 1
            assert answer == f"63C{self.tries[pin]}"

    @rule(pin=st.sampled_from(sorted(KEYS)))
    def sign(self, pin: str) -> None:
        """A signature needs its own PIN, in its own application, since the last power-on."""
        answer = self.send(f"802A00{0x80 | KEYS[pin]:02X}", b"abc", "00")
        if self.application != "jpki":
            assert answer == "6A88"
        else:
            assert answer == ("9000" if pin in self.verified else "6982")

    @precondition(lambda self: self.application == "jpki")
    @rule()
    def read_certificates(self) -> None:
        """One is free, the other holds personal data."""
        assert self.send("00B08A00", le="00") == "9000"
        assert self.send("00B08100", le="00") == ("9000" if "sign" in self.verified else "6982")

    @precondition(lambda self: self.application == "profile")
    @rule()
    def read_the_basic_four(self) -> None:
        """Name and address need the profile's PIN; the personal number never opens."""
        assert self.send("00B08200", le="00") == ("9000" if "profile" in self.verified else "6982")
        assert self.send("00B08100", le="00") == "6982"

    @rule(raw=st.binary(max_size=12).filter(lambda raw: raw[1:2] not in (b"\xa4", b"\x20")))
    def send_anything(self, raw: bytes) -> None:
        """No accidental command opens or closes anything."""
        changes_pin = raw[1:2] == b"\x24"
        if not changes_pin:
            assert len(self.card.transmit(raw)) >= 2

    @invariant()
    def counters_agree(self) -> None:
        """The card's counters are the model's."""
        assert {pin: self.card.tries_left(pin) for pin in TRIES} == self.tries


TestCardAndModel = CardAndModel.TestCase
TestCardAndModel.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
