"""What no card is ever sent over PC/SC, and when a PIN is kept back."""

import pytest

from cardsim.card import Card
from cardsim.files import CardImage
from cardsim.pins import MemoryStore
from cardsim.reader import SimulatedReader
from kiosk.card import jpki
from kiosk.card.client import JpkiClient
from kiosk.card.safety import SafeChannel, SafetyRules, check_command, is_simulated, rules_for
from kiosk.errors import (
    CardRemovedError,
    LastTryError,
    PinLockedError,
    PinWrongError,
    RealCardRefusedError,
    UnsafeCommandError,
)
from launcher.hand import ReaderInKioskTerms
from tests.kiosk.card.real_looking import certificate_of
from tests.kiosk.fake_card import PIN, FakeChannel

DIGEST = bytes(range(32))
SELECT_PROFILE = bytes.fromhex("00A4040C0AD3921000310001010408")
SELECT_FACE = bytes.fromhex("00A4040C0AD3921000310001010402")


def pins_presented(channel: FakeChannel) -> int:
    return sum(apdu[:2] == b"\x00\x20" and len(apdu) > 4 for apdu in channel.sent)


@pytest.mark.parametrize(
    "command",
    [
        SELECT_PROFILE,
        SELECT_FACE,
        bytes.fromhex("00A4020C020001"),
        bytes.fromhex("00A4020C02001B"),
        bytes.fromhex("00B0810011"),
        bytes.fromhex("00B00000000000"),
        bytes.fromhex("002000810431323334"),
        bytes.fromhex("002400800431323334"),
        bytes.fromhex("00D600000100"),
        bytes.fromhex("00A4"),
        b"",
    ],
    ids=[
        "personal data",
        "card face",
        "signature certificate",
        "signature PIN",
        "file by its short number",
        "extended read",
        "another PIN",
        "change a PIN",
        "write",
        "half a command",
        "nothing",
    ],
)
def test_what_is_not_on_the_list_is_not_sent(command: bytes) -> None:
    channel = FakeChannel()
    with pytest.raises(UnsafeCommandError):
        SafeChannel(channel, SafetyRules(allow_last_try=True)).transmit(command)
    assert channel.sent == []


def test_a_whole_proof_never_comes_near_the_personal_number() -> None:
    """The commands as the card gets them: one application, four files, one PIN."""
    channel = FakeChannel()
    JpkiClient(SafeChannel(channel, SafetyRules())).prove(PIN, DIGEST)
    selected = {apdu for apdu in channel.sent if apdu[:2] == b"\x00\xa4"}
    assert selected == {
        jpki.select_application(),
        *(jpki.select_file(number) for number in (0x0006, 0x000A, 0x0017, 0x0018)),
    }
    for command in channel.sent:
        check_command(command)


@pytest.mark.parametrize("tries", [b"\x63\xc1"])
def test_last_try_is_not_used(tries: bytes) -> None:
    channel = FakeChannel({jpki.ask_tries(): tries})
    with pytest.raises(LastTryError):
        JpkiClient(SafeChannel(channel, SafetyRules())).prove(PIN, DIGEST)
    assert pins_presented(channel) == 0


def test_last_try_is_told_when_the_card_is_looked_at() -> None:
    channel = FakeChannel({jpki.ask_tries(): b"\x63\xc1"})
    with pytest.raises(LastTryError):
        JpkiClient(SafeChannel(channel, SafetyRules())).tries_left()


def test_last_try_is_used_where_that_was_allowed() -> None:
    channel = FakeChannel({jpki.ask_tries(): b"\x63\xc1"})
    JpkiClient(SafeChannel(channel, SafetyRules(allow_last_try=True))).prove(PIN, DIGEST)
    assert pins_presented(channel) == 1


def test_wrong_pin_that_leaves_one_try_ends_it_at_once() -> None:
    """Whoever typed it is not asked again in vain."""
    wrong = jpki.present_pin(b"9999")
    channel = FakeChannel({jpki.ask_tries(): b"\x63\xc2", wrong: b"\x63\xc1"})
    with pytest.raises(LastTryError):
        JpkiClient(SafeChannel(channel, SafetyRules())).prove("9999", DIGEST)


def test_wrong_pin_that_leaves_two_is_told_as_such() -> None:
    channel = FakeChannel()
    with pytest.raises(PinWrongError):
        JpkiClient(SafeChannel(channel, SafetyRules())).prove("9999", DIGEST)


@pytest.mark.parametrize("blocked", [b"\x63\xc0", b"\x69\x84"])
def test_locked_card_is_told_as_locked(blocked: bytes) -> None:
    channel = FakeChannel({jpki.ask_tries(): blocked, jpki.present_pin(b"1234"): blocked})
    with pytest.raises(PinLockedError):
        JpkiClient(SafeChannel(channel, SafetyRules())).prove(PIN, DIGEST)


def test_card_lifted_when_its_tries_are_asked_for_is_removed() -> None:
    channel = FakeChannel(lift_after=8)
    with pytest.raises(CardRemovedError):
        JpkiClient(SafeChannel(channel, SafetyRules())).prove(PIN, DIGEST)


@pytest.mark.parametrize(
    ("environment", "simulated_only"), [({}, False), ({"CI": ""}, False), ({"CI": "true"}, True)]
)
def test_ci_means_simulated_cards_only(environment: dict[str, str], simulated_only: bool) -> None:
    rules = rules_for(environment, allow_last_try=False)
    assert rules == SafetyRules(allow_last_try=False, simulated_only=simulated_only)


@pytest.mark.parametrize("name", ["Virtual PCD 00 00", "Virtual PCD 00 01"])
def test_virtual_reader_is_allowed_in_ci(name: str) -> None:
    SafetyRules(simulated_only=True).check_reader(name)


def test_real_reader_is_refused_in_ci_and_allowed_elsewhere() -> None:
    SafetyRules().check_reader("ACME Reader 00 00")
    with pytest.raises(RealCardRefusedError, match="ACME Reader"):
        SafetyRules(simulated_only=True).check_reader("ACME Reader 00 00")


@pytest.mark.parametrize(
    "issuer", ["JPKI", None], ids=["the real issuer", "an issuer without a name"]
)
def test_card_that_may_be_real_gets_no_pin_in_ci(issuer: str | None) -> None:
    """A real card can lie behind a virtual reader, by a relay."""
    channel = FakeChannel(certificate=certificate_of(issuer))
    with pytest.raises(RealCardRefusedError):
        JpkiClient(SafeChannel(channel, SafetyRules(simulated_only=True))).prove(PIN, DIGEST)
    assert pins_presented(channel) == 0


def test_card_whose_certificate_was_not_read_gets_no_pin_in_ci() -> None:
    channel = FakeChannel()
    with pytest.raises(RealCardRefusedError):
        JpkiClient(SafeChannel(channel, SafetyRules(simulated_only=True))).verify_pin(PIN)
    assert pins_presented(channel) == 0


def test_simulated_card_is_used_in_ci() -> None:
    channel = FakeChannel(certificate=certificate_of("JPKI-SIM"))
    JpkiClient(SafeChannel(channel, SafetyRules(simulated_only=True))).prove(PIN, DIGEST)
    assert pins_presented(channel) == 1


def test_our_own_cards_are_known_as_simulated(resident_image: CardImage) -> None:
    slot = SimulatedReader()
    slot.put(Card(resident_image, MemoryStore()))
    client = JpkiClient(ReaderInKioskTerms(slot).connect())
    client.recognise()
    assert is_simulated(client.read_certificate())


def test_what_is_no_certificate_is_not_known_as_simulated() -> None:
    assert not is_simulated(b"no certificate")
