"""The card answers as the facts say, command by command, in every state."""

from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardsim.card import Card
from cardsim.files import CardImage
from cardsim.pins import FileStore, MemoryStore

SELECT_JPKI = "00A4040C0AD392F000260100000001"
SELECT_PROFILE = "00A4040C0AD3921000310001010408"
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")


def send(card: Card, *commands: str) -> bytes:
    """Send commands in hexadecimal; return the last answer."""
    response = b""
    for command in commands:
        response = card.transmit(bytes.fromhex(command))
    return response


def status(card: Card, *commands: str) -> str:
    """Send commands; return the last status word."""
    return send(card, *commands)[-2:].hex().upper()


def verify_auth(card: Card, pin: str = "31323334") -> str:
    return status(card, SELECT_JPKI, "00A4020C020018", "0020008004" + pin)


def test_third_wrong_pin_blocks_the_card(card: Card) -> None:
    assert [verify_auth(card, "30303030") for _ in range(4)] == ["63C2", "63C1", "63C0", "6984"]
    assert verify_auth(card) == "6984", "the right PIN does not open a blocked card"
    assert status(card, "00200080") == "63C0", "the question costs nothing and still answers"


def test_signature_pin_has_five_tries(card: Card) -> None:
    answers = [
        status(card, SELECT_JPKI, "00A4020C02001B", "0020008006" + "414141414141") for _ in range(6)
    ]
    assert answers == ["63C4", "63C3", "63C2", "63C1", "63C0", "6984"]


def test_counters_survive_power_off_and_restart(image: CardImage, tmp_path: Path) -> None:
    path = tmp_path / "cards.json"
    first = Card(image, FileStore(path))
    first.power_on()
    verify_auth(first, "30303030")
    first.power_off()
    again = Card(image, FileStore(path))
    again.power_on()
    assert status(again, SELECT_JPKI, "00A4020C020018", "00200080") == "63C2"


def test_a_right_pin_restores_the_counter(card: Card) -> None:
    verify_auth(card, "30303030")
    verify_auth(card)
    assert card.tries_left("auth") == 3


def test_signature_verifies_against_the_certificate_on_the_card(card: Card) -> None:
    digest = sha256(b"challenge").digest()
    verify_auth(card)
    signature = send(card, "00A4020C020017", "802A008033" + (DIGEST_INFO + digest).hex() + "00")[
        :-2
    ]
    der = send(card, "00A4020C02000A", "00B00000000000")[:-2]
    key = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, b"challenge", padding.PKCS1v15(), hashes.SHA256())


def test_certificate_read_in_pieces_is_the_certificate(card: Card) -> None:
    send(card, SELECT_JPKI, "00A4020C02000A")
    pieces = b""
    for offset in range(0, 4096, 256):
        response = send(card, f"00B0{offset:04X}00")
        if response[-2:] == b"\x6b\x00":
            break
        pieces += response[:-2]
    assert pieces[:2] == b"\x30\x82"
    assert x509.load_der_x509_certificate(pieces).serial_number > 0


def test_pin_survives_reselection_of_the_same_application(card: Card) -> None:
    verify_auth(card)
    assert status(card, SELECT_JPKI, "00A4020C020017", "802A00800361626300") == "9000"


def test_pin_dies_with_another_application(card: Card) -> None:
    verify_auth(card)
    send(card, SELECT_PROFILE)
    assert status(card, SELECT_JPKI, "00A4020C020017", "802A00800361626300") == "6982"


@pytest.mark.parametrize("event", ["power_on", "reset"])
def test_pin_dies_with_power_and_reset(card: Card, event: str) -> None:
    verify_auth(card)
    getattr(card, event)()
    assert status(card, SELECT_JPKI, "00A4020C020017", "802A00800361626300") == "6982"


def test_authentication_pin_does_not_open_the_signature_side(card: Card) -> None:
    verify_auth(card)
    assert status(card, "00A4020C020001", "00B0000004") == "6982"
    assert status(card, "00A4020C02001A", "802A00800361626300") == "6982"


def test_basic_four_items_need_their_pin(card: Card) -> None:
    read = (SELECT_PROFILE, "00A4020C020002", "00B0000000")
    assert status(card, *read) == "6982"
    assert status(card, "00A4020C020011", "002000800431323334") == "9000"
    data = send(card, "00A4020C020002", "00B0000000")[:-2]
    offsets = [int.from_bytes(data[i : i + 2], "big") for i in range(6, 14, 2)]
    tags = [data[offset : offset + 2].hex().upper() for offset in offsets]
    assert tags == ["DF22", "DF23", "DF24", "DF25"]
    assert "見本　花子".encode() in data


def test_personal_number_stays_closed(card: Card) -> None:
    send(card, SELECT_PROFILE, "00A4020C020011", "002000800431323334")
    assert status(card, "00A4020C020001", "00B0000011") == "6982"


@pytest.mark.parametrize("reference", ["0012", "0014", "0015"])
def test_other_references_of_the_profile_are_blocked(card: Card, reference: str) -> None:
    select = f"00A4020C02{reference}"
    assert status(card, SELECT_PROFILE, select, "00200080") == "63C0"
    assert status(card, "002000800C" + "30" * 12) == "6984"
    card.unblock("profile-blocked")
    assert status(card, "002000800C" + "30" * 12) == "6984", "made blocked, stays blocked"


def test_pin_change_needs_the_old_one_and_lasts(image: CardImage) -> None:
    store = MemoryStore()
    card = Card(image, store)
    card.power_on()
    assert status(card, SELECT_JPKI, "00A4020C020018", "00240180043535353" + "5") == "6982"
    verify_auth(card)
    assert status(card, "0024018004" + "35353535") == "9000"
    assert status(card, "0024018003" + "353535") == "6700"
    again = Card(image, store)
    again.power_on()
    assert verify_auth(again) == "63C2"
    assert verify_auth(again, "35353535") == "9000"


def test_the_card_does_not_fold_lower_case(card: Card) -> None:
    """Clients fold to upper case; the card compares bytes."""
    assert status(card, SELECT_JPKI, "00A4020C02001B", "0020008006" + b"abc123".hex()) == "63C4"
    assert status(card, "0020008006" + b"ABC123".hex()) == "9000"


def test_pin_change_applies_to_pins_only(card: Card) -> None:
    assert status(card, SELECT_JPKI, "00A4020C02000A", "002401800435353535") == "6981"
    assert status(card, "00A4020C020018", "002400800435353535") == "6A86"


def test_a_wrong_pin_takes_back_what_the_right_one_opened(card: Card) -> None:
    verify_auth(card)
    verify_auth(card, "30303030")
    assert status(card, "00A4020C020017", "802A00800361626300") == "6982"


def test_several_signatures_follow_one_pin(card: Card) -> None:
    verify_auth(card)
    send(card, "00A4020C020017")
    answers = {status(card, "802A00800361626300") for _ in range(3)}
    assert answers == {"9000"}


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        (["00A40000"], "6A86"),
        (["00A4020C020018"], "6A82"),
        (["00200080"], "6986"),
        (["00B0000000"], "6986"),
        ([SELECT_JPKI, "00B0000000"], "6986"),
        ([SELECT_JPKI, "802A00800361626300"], "6986"),
        ([SELECT_JPKI, "802A00000361626300"], "6A86"),
        ([SELECT_JPKI, "0020009D"], "6A88"),
        ([SELECT_JPKI, "00200000"], "6A86"),
        ([SELECT_JPKI, "00200180"], "6A86"),
        ([SELECT_JPKI, "00A4020C020006", "00B00000"], "6700"),
        ([SELECT_JPKI, "00A4020C020017", "00B0000000"], "6981"),
        ([SELECT_JPKI, "00B0860000"], "9000"),
        ([SELECT_JPKI, "00B0E60000"], "6A86"),
        ([SELECT_JPKI, "00B09D0000"], "6A82"),
        ([SELECT_JPKI, "00A4030C020006"], "6A86"),
        ([SELECT_JPKI, "00A402FF020006"], "6A86"),
        ([SELECT_JPKI, "00A4020C0106"], "6A82"),
        ([SELECT_JPKI, "00A4020C020018", "0020008011" + "31" * 17], "6700"),
        (["00840000"], "6700"),
        (["0084010008"], "6A86"),
    ],
)
def test_a_command_that_does_not_fit_is_refused(
    card: Card, commands: list[str], answer: str
) -> None:
    assert status(card, *commands) == answer


def test_an_unknown_application_leaves_the_current_one(card: Card) -> None:
    verify_auth(card)
    assert status(card, "00A4040C07A000000116DB0000") == "6A82"
    assert status(card, "00A4020C020017", "802A00800361626300") == "9000"


def test_a_prefix_of_a_name_selects_the_application(card: Card) -> None:
    assert status(card, "00A4040C05D392F00026", "00A4020C020018", "00200080") == "63C3"


def test_challenges_are_as_long_as_asked(image: CardImage) -> None:
    card = Card(image, MemoryStore(), random_bytes=lambda length: b"r" * length)
    card.power_on()
    assert send(card, "0084000008") == b"r" * 8 + b"\x90\x00"
    assert len(send(card, "0084000000")) == 258


def test_an_unpowered_card_says_nothing_useful(image: CardImage) -> None:
    assert Card(image, MemoryStore()).transmit(bytes.fromhex(SELECT_JPKI)) == b"\x6f\x00"


def test_unblocking_is_out_of_band(card: Card) -> None:
    for _ in range(3):
        verify_auth(card, "30303030")
    card.unblock("auth")
    assert verify_auth(card) == "9000"


COMMANDS = st.lists(
    st.binary(max_size=40)
    | st.tuples(
        st.sampled_from([0x00, 0x80, 0x0C]),
        st.sampled_from([0xA4, 0x20, 0x24, 0xB0, 0x84, 0x2A]),
        st.integers(0, 255),
        st.integers(0, 255),
        st.binary(max_size=20),
    ).map(lambda parts: bytes(parts[:4]) + bytes((len(parts[4]),)) + parts[4]),
    max_size=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(COMMANDS)
def test_no_bytes_break_the_card_or_make_it_sign_without_pin(
    image: CardImage, commands: list[bytes]
) -> None:
    card = Card(image, MemoryStore())
    card.power_on()
    send(card, SELECT_JPKI)
    tries = 3
    for command in commands:
        response = card.transmit(command)
        assert len(response) >= 2
        assert card.tries_left("auth") <= tries, "a counter grew without the right PIN"
        tries = card.tries_left("auth")
        signed = len(command) > 3 and command[:2] == b"\x80\x2a" and response[-2:] == b"\x90\x00"
        assert not signed, "a signature without PIN"
