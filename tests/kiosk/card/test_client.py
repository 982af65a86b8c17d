"""What the kiosk says to a card, and what it makes of every answer."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.card import jpki
from kiosk.card.client import JpkiClient
from kiosk.errors import (
    CardFailedError,
    CardNotRecognisedError,
    CardRemovedError,
    KioskError,
    NoCertificateOnCardError,
    PinLockedError,
    PinWrongError,
)
from tests.kiosk.fake_card import CERTIFICATE, DONE, PIN, SIGNATURE, FakeChannel

DIGEST = bytes(range(32))
NOT_FOUND = b"\x6a\x82"
SELECT_CERTIFICATE = jpki.select_file(jpki.FILE_AUTHENTICATION_CERTIFICATE)
HEADER = jpki.read_at(0, 4)


def client(answers: dict[bytes, bytes]) -> JpkiClient:
    return JpkiClient(FakeChannel(answers))


def test_proof_holds_certificate_and_signature() -> None:
    proof = JpkiClient(FakeChannel()).prove(PIN, DIGEST)
    assert (proof.unverified_certificate, proof.signature) == (CERTIFICATE, SIGNATURE)


def test_certificate_is_read_before_the_pin_is_presented() -> None:
    """A card without a certificate must not cost its holder a try."""
    channel = FakeChannel({SELECT_CERTIFICATE: NOT_FOUND})
    with pytest.raises(NoCertificateOnCardError):
        JpkiClient(channel).prove(PIN, DIGEST)
    assert all(apdu[:2] != b"\x00\x20" for apdu in channel.sent)


@pytest.mark.parametrize(
    "answers",
    [
        {jpki.select_application(): NOT_FOUND},
        {jpki.select_file(jpki.FILE_TOKEN): NOT_FOUND},
        {jpki.read_at(0, 32): b"\x69\x82"},
        {jpki.read_at(0, 32): b"JPKIAPICCTOKEN".ljust(32) + DONE},
        {jpki.read_at(0, 32): b"JPKIAPICCTOKEN2\x00".ljust(32) + DONE},
    ],
    ids=["application", "token file", "reading", "older card", "other padding"],
)
def test_other_card_is_not_recognised(answers: dict[bytes, bytes]) -> None:
    with pytest.raises(CardNotRecognisedError):
        client(answers).recognise()


@pytest.mark.parametrize(
    "answers",
    [
        {SELECT_CERTIFICATE: NOT_FOUND},
        {HEADER: b"\x69\x82"},
        {HEADER: b"\x6b\x00"},
        {HEADER: b"\xff\xff\xff\xff" + DONE},
        {HEADER: b"\x30\x82" + DONE},
        {HEADER: b"\x30\x82\xff\xff" + DONE},
    ],
    ids=["no file", "closed", "empty file", "filler", "two bytes", "64 kB"],
)
def test_card_without_a_certificate_is_told_apart(answers: dict[bytes, bytes]) -> None:
    with pytest.raises(NoCertificateOnCardError):
        client(answers).read_certificate()


def test_card_that_gives_less_than_asked_is_asked_again() -> None:
    first = {jpki.read_at(0, 256): CERTIFICATE[:100] + b"\x62\x82"}
    assert client(first).read_certificate() == CERTIFICATE


@pytest.mark.parametrize("answer", [b"\x6b\x00", DONE, CERTIFICATE[:100] + b"\x69\x81"])
def test_certificate_that_breaks_off_is_a_failure(answer: bytes) -> None:
    with pytest.raises(CardFailedError):
        client({jpki.read_at(0, 256): answer}).read_certificate()


def test_tries_are_asked_for_without_a_pin() -> None:
    channel = FakeChannel({jpki.ask_tries(): b"\x63\xc2"})
    assert JpkiClient(channel).tries_left() == 2
    assert channel.sent[-1] == bytes.fromhex("00200080")


@pytest.mark.parametrize("answer", [b"\x63\xc0", b"\x69\x84"])
def test_locked_card_has_no_tries(answer: bytes) -> None:
    assert client({jpki.ask_tries(): answer}).tries_left() == 0


def test_card_that_does_not_tell_its_tries_fails() -> None:
    with pytest.raises(CardFailedError):
        client({jpki.ask_tries(): DONE}).tries_left()


@pytest.mark.parametrize(("answer", "left"), [(b"\x63\xc2", 2), (b"\x63\xc1", 1)])
def test_wrong_pin_tells_the_tries_left(answer: bytes, left: int) -> None:
    with pytest.raises(PinWrongError) as error:
        client({jpki.present_pin(b"9999"): answer}).verify_pin("9999")
    assert error.value.tries_left == left


@pytest.mark.parametrize("answer", [b"\x63\xc0", b"\x69\x84"])
def test_last_wrong_pin_and_every_later_one_say_locked(answer: bytes) -> None:
    with pytest.raises(PinLockedError):
        client({jpki.present_pin(b"9999"): answer}).verify_pin("9999")


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "１２３４", "١٢٣٤", "1234\n"])
def test_what_is_not_four_digits_never_reaches_the_card(pin: str) -> None:
    """It would cost a try."""
    channel = FakeChannel()
    with pytest.raises(ValueError, match="four digits"):
        JpkiClient(channel).verify_pin(pin)
    assert channel.sent == []


def test_digest_of_another_length_is_not_signed() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        client({}).sign_digest(b"short")


@pytest.mark.parametrize("answer", [b"\x69\x82", bytes(128) + DONE, DONE])
def test_card_that_does_not_sign_as_expected_fails(answer: bytes) -> None:
    with pytest.raises(CardFailedError):
        client({jpki.sign_digest_info(DIGEST): answer}).sign_digest(DIGEST)


def test_failure_tells_the_status_word() -> None:
    answers = {jpki.select_file(jpki.FILE_AUTHENTICATION_KEY): b"\x6f\x00"}
    with pytest.raises(CardFailedError) as error:
        client(answers).sign_digest(DIGEST)
    assert error.value.status == 0x6F00


@pytest.mark.parametrize("answer", [b"", b"\x90"])
def test_no_status_at_all_means_the_card_is_gone(answer: bytes) -> None:
    """One of the shapes in which readers tell of a lifted card."""
    with pytest.raises(CardRemovedError):
        client({jpki.select_application(): answer}).recognise()


@pytest.mark.parametrize("commands", range(11))
def test_card_lifted_at_any_moment_is_told_so(commands: int) -> None:
    with pytest.raises(CardRemovedError):
        JpkiClient(FakeChannel(lift_after=commands)).prove(PIN, DIGEST)


def test_whole_conversation_is_eleven_commands() -> None:
    """The test above lifts the card before each of them."""
    channel = FakeChannel()
    JpkiClient(channel).prove(PIN, DIGEST)
    assert len(channel.sent) == 11


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=30))
def test_card_that_answers_anything_raises_only_errors_of_the_kiosk(noise: list[bytes]) -> None:
    answers = iter(noise * 12)

    class NoisyChannel(FakeChannel):
        def transmit(self, apdu: bytes) -> bytes:
            return next(answers, b"")

    with contextlib.suppress(KioskError):
        JpkiClient(NoisyChannel()).prove(PIN, DIGEST)
