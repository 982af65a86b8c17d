"""The kiosk's reading of the card against the simulator's: two readings, one specification."""

import contextlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from cardsim.card import Card
from cardsim.files import CardImage
from cardsim.persona import Persona
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority
from cardsim.reader import SimulatedReader
from kiosk.card.reading import examine_card, prove_holder
from kiosk.errors import (
    CardRemovedError,
    NoCardError,
    NoCertificateOnCardError,
    PinLockedError,
    PinWrongError,
)
from launcher.hand import ReaderInKioskTerms
from tests.kiosk.core_work import NOW
from tests.kiosk.fake_card import FakeChannel, FakeReader

pytestmark = pytest.mark.anyio
DIGEST = bytes(range(32))


@pytest.fixture
def slot(resident_image: CardImage) -> SimulatedReader:
    """A reader with the resident's card, all tries left."""
    slot = SimulatedReader()
    slot.put(Card(resident_image, MemoryStore()))
    return slot


@pytest.fixture
def reader(slot: SimulatedReader) -> ReaderInKioskTerms:
    return ReaderInKioskTerms(slot)


async def test_signature_verifies_with_the_certificate_that_was_read(
    reader: ReaderInKioskTerms,
) -> None:
    proof = await prove_holder(reader, "1234", DIGEST)

    key = x509.load_der_x509_certificate(proof.unverified_certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(proof.signature, DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))


async def test_third_wrong_pin_locks(reader: ReaderInKioskTerms) -> None:
    left = []
    for _ in range(2):
        with pytest.raises(PinWrongError) as error:
            await prove_holder(reader, "9999", DIGEST)
        left.append(error.value.tries_left)
    assert left == [2, 1]
    for pin in ("9999", "1234"):
        with pytest.raises(PinLockedError):
            await prove_holder(reader, pin, DIGEST)


async def test_right_pin_gives_all_tries_back(reader: ReaderInKioskTerms) -> None:
    with pytest.raises(PinWrongError):
        await prove_holder(reader, "9999", DIGEST)
    await prove_holder(reader, "1234", DIGEST)
    assert (await examine_card(reader)).tries_left == 3


async def test_verified_pin_dies_with_the_conversation(reader: ReaderInKioskTerms) -> None:
    await prove_holder(reader, "1234", DIGEST)
    channel = reader.connect()
    for command in ("00A4040C0AD392F000260100000001", "00A4020C020017"):
        channel.transmit(bytes.fromhex(command))
    assert channel.transmit(bytes.fromhex("802A00800361626300")) == b"\x69\x82"


async def test_examining_costs_no_try(reader: ReaderInKioskTerms) -> None:
    assert [(await examine_card(reader)).tries_left for _ in range(4)] == [3, 3, 3, 3]


async def test_child_without_a_certificate(
    demo_authority: DemoAuthority, personas: dict[str, Persona]
) -> None:
    slot = SimulatedReader()
    slot.put(Card(demo_authority.issue_card(personas["under-15"], NOW), MemoryStore()))
    with pytest.raises(NoCertificateOnCardError):
        await examine_card(ReaderInKioskTerms(slot))


async def test_locked_card_is_told_before_a_pin_is_asked_for() -> None:
    channel = FakeChannel({bytes.fromhex("00200080"): b"\x63\xc0"})
    with pytest.raises(PinLockedError):
        await examine_card(FakeReader(channel))
    assert not channel.is_connected


async def test_empty_reader_is_told_so_when_a_card_is_asked_for() -> None:
    with pytest.raises(NoCardError):
        await examine_card(FakeReader())


async def test_card_that_is_gone_when_the_pin_was_typed_was_lifted() -> None:
    with pytest.raises(CardRemovedError):
        await prove_holder(FakeReader(), "1234", DIGEST)


@pytest.mark.parametrize("commands", [0, 4, 8])
async def test_card_lifted_while_it_is_read(
    slot: SimulatedReader, reader: ReaderInKioskTerms, commands: int
) -> None:
    slot.lift_after(commands)
    with pytest.raises(CardRemovedError):
        await prove_holder(reader, "1234", DIGEST)


@pytest.mark.parametrize("pin", ["1234", "9999"])
async def test_card_is_unpowered_whatever_came_of_it(pin: str) -> None:
    channel = FakeChannel()
    with contextlib.suppress(PinWrongError):
        await prove_holder(FakeReader(channel), pin, DIGEST)
    assert not channel.is_connected
