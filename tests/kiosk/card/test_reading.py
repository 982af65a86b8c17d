"""The kiosk's reading of the card against the simulator's: two readings, one specification.

Each conversation is held in this process and, where there is one, through the real pcscd.
"""

import contextlib
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from cardsim.persona import Persona
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority
from kiosk.card.client import JpkiClient
from kiosk.card.reading import examine_card, prove_holder
from kiosk.errors import (
    CardRemovedError,
    NoCardError,
    NoCertificateOnCardError,
    PinLockedError,
    PinWrongError,
)
from tests.kiosk.card.slots import CountingCard, Slot
from tests.kiosk.core_work import NOW
from tests.kiosk.fake_card import FakeChannel, FakeReader

pytestmark = pytest.mark.anyio
DIGEST = bytes(range(32))
NewCard = Callable[[], CountingCard]


async def test_signature_verifies_with_the_certificate_that_was_read(
    slot: Slot, new_card: NewCard
) -> None:
    slot.put(new_card())
    proof = await prove_holder(slot.reader, "1234", DIGEST)

    key = x509.load_der_x509_certificate(proof.unverified_certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(proof.signature, DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))


async def test_third_wrong_pin_locks(slot: Slot, new_card: NewCard) -> None:
    slot.put(new_card())
    left = []
    for _ in range(2):
        with pytest.raises(PinWrongError) as error:
            await prove_holder(slot.reader, "9999", DIGEST)
        left.append(error.value.tries_left)
    assert left == [2, 1]
    for pin in ("9999", "1234"):
        with pytest.raises(PinLockedError):
            await prove_holder(slot.reader, pin, DIGEST)
    with pytest.raises(PinLockedError):
        await examine_card(slot.reader)


async def test_right_pin_gives_all_tries_back(slot: Slot, new_card: NewCard) -> None:
    slot.put(new_card())
    with pytest.raises(PinWrongError):
        await prove_holder(slot.reader, "9999", DIGEST)
    await prove_holder(slot.reader, "1234", DIGEST)
    assert (await examine_card(slot.reader)).tries_left == 3


async def test_verified_pin_dies_with_the_conversation(slot: Slot, new_card: NewCard) -> None:
    """The power is cut at the end, so the next one finds a key that does not sign."""
    slot.put(new_card())
    await prove_holder(slot.reader, "1234", DIGEST)
    channel = slot.reader.connect()
    for command in ("00A4040C0AD392F000260100000001", "00A4020C020017"):
        channel.transmit(bytes.fromhex(command))
    assert channel.transmit(bytes.fromhex("802A00800361626300")) == b"\x69\x82"
    channel.disconnect()


async def test_examining_costs_no_try(slot: Slot, new_card: NewCard) -> None:
    slot.put(new_card())
    assert [(await examine_card(slot.reader)).tries_left for _ in range(4)] == [3, 3, 3, 3]


async def test_child_without_a_certificate(
    slot: Slot, demo_authority: DemoAuthority, personas: dict[str, Persona]
) -> None:
    slot.put(CountingCard(demo_authority.issue_card(personas["under-15"], NOW), MemoryStore()))
    with pytest.raises(NoCertificateOnCardError):
        await examine_card(slot.reader)


async def test_empty_reader_is_told_so_when_a_card_is_asked_for(slot: Slot) -> None:
    assert not slot.reader.is_card_present()
    with pytest.raises(NoCardError):
        await examine_card(slot.reader)


async def test_card_that_is_gone_when_the_pin_was_typed_was_lifted(
    slot: Slot, new_card: NewCard
) -> None:
    slot.put(new_card())
    slot.lift()
    with pytest.raises(CardRemovedError):
        await prove_holder(slot.reader, "1234", DIGEST)


async def test_card_lifted_between_two_commands(slot: Slot, new_card: NewCard) -> None:
    slot.put(new_card())
    channel = slot.reader.connect()
    JpkiClient(channel).recognise()
    slot.lift()
    with pytest.raises(CardRemovedError):
        JpkiClient(channel).recognise()
    channel.disconnect()


async def test_card_lifted_and_put_back_has_to_be_connected_anew(
    slot: Slot, new_card: NewCard
) -> None:
    """Its PIN state is not the one of before."""
    slot.put(new_card())
    channel = slot.reader.connect()
    slot.lift()
    slot.put(new_card())
    with pytest.raises(CardRemovedError):
        JpkiClient(channel).recognise()
    channel.disconnect()
    await prove_holder(slot.reader, "1234", DIGEST)


@pytest.mark.parametrize("conversation", ["examine", "prove"])
async def test_card_lifted_before_any_command_is_removed_and_the_next_start_is_clean(
    slot: Slot, new_card: NewCard, conversation: str
) -> None:
    async def converse() -> object:
        if conversation == "examine":
            return await examine_card(slot.reader)
        return await prove_holder(slot.reader, "1234", DIGEST)

    slot.put(new_card())
    await converse()
    whole = slot.commands()
    slot.lift()
    assert whole >= 10
    for commands in range(whole):
        slot.put(new_card(), lift_after=commands)
        with pytest.raises(CardRemovedError):
            await converse()
        slot.lift()
        assert not slot.reader.is_card_present()
    slot.put(new_card())
    await converse()


async def test_locked_card_is_told_before_a_pin_is_asked_for() -> None:
    channel = FakeChannel({bytes.fromhex("00200080"): b"\x63\xc0"})
    with pytest.raises(PinLockedError):
        await examine_card(FakeReader(channel))
    assert not channel.is_connected


@pytest.mark.parametrize("pin", ["1234", "9999"])
async def test_card_is_unpowered_whatever_came_of_it(pin: str) -> None:
    channel = FakeChannel()
    with contextlib.suppress(PinWrongError):
        await prove_holder(FakeReader(channel), pin, DIGEST)
    assert not channel.is_connected
