"""The doctor's calls of PC/SC, before a library that answers as pyscard's plain functions do."""

from dataclasses import dataclass, field

import pytest

from cardsim.card import Card
from cardsim.doctor.card_look import look_at_card
from cardsim.doctor.model import Reader
from cardsim.doctor.pcsc import greet, with_card
from cardsim.errors import ReaderRefusedError

PRESENT, MUTE, DIRECT, EXCLUSIVE = 0x20, 0x200, 3, 1
ATR = bytes.fromhex("3BE000FF8131FE4514")
TLV = 0x42330012


@dataclass
class FakeScard:
    """Two readers; what each call brings can be set."""

    card: Card
    state: int = PRESENT
    greeting: int = 0
    listing: int = 0
    connecting: int = 0
    transmitting: int = 0
    names: tuple[str, ...] = ("Virtual PCD 00 00", "ACME 00 00")
    connected: list[tuple[str, int]] = field(default_factory=list)
    open_handles: int = 0
    open_contexts: int = 0
    SCARD_SCOPE_SYSTEM = 2
    SCARD_STATE_UNAWARE = 0
    SCARD_STATE_PRESENT = PRESENT
    SCARD_STATE_MUTE = MUTE
    SCARD_SHARE_DIRECT = DIRECT
    SCARD_SHARE_EXCLUSIVE = EXCLUSIVE
    SCARD_LEAVE_CARD = 0
    SCARD_UNPOWER_CARD = 2
    SCARD_PROTOCOL_T0 = 1
    SCARD_PROTOCOL_T1 = 2
    SCARD_PCI_T0 = 1
    SCARD_PCI_T1 = 2

    def SCardEstablishContext(self, _scope: int) -> tuple[int, int]:  # noqa: N802
        self.open_contexts += self.greeting == 0
        return self.greeting, 1

    def SCardReleaseContext(self, _context: int) -> int:  # noqa: N802
        self.open_contexts -= 1
        return 0

    def SCardListReaders(self, _context: int, _groups: list[str]) -> tuple[int, list[str]]:  # noqa: N802
        return self.listing, [] if self.listing else list(self.names)

    def SCardGetStatusChange(  # noqa: N802
        self, _context: int, timeout: int, asked: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        assert timeout == 0
        return 0, [(asked[0][0], self.state, list(ATR))]

    def SCardConnect(  # noqa: N802
        self, _context: int, name: str, mode: int, _protocol: int
    ) -> tuple[int, int, int]:
        self.connected.append((name, mode))
        self.open_handles += self.connecting == 0
        return self.connecting, 5, 2

    def SCardControl(self, _handle: int, code: int, _data: list[int]) -> tuple[int, list[int]]:  # noqa: N802
        if code == TLV:
            return 0, list(bytes.fromhex("0A0400000100"))
        return 0, list(b"\x12\x04" + TLV.to_bytes(4, "big"))

    def SCardTransmit(  # noqa: N802
        self, _handle: int, _header: int, command: list[int]
    ) -> tuple[int, list[int]]:
        return self.transmitting, list(self.card.transmit(bytes(command)))

    def SCardDisconnect(self, _handle: int, _disposition: int) -> int:  # noqa: N802
        self.open_handles -= 1
        return 0


@pytest.fixture
def scard(card: Card) -> FakeScard:
    card.power_on()
    return FakeScard(card)


def test_readers_are_told_with_card_and_length(scard: FakeScard) -> None:
    result, readers = greet(scard, in_ci=False)
    assert result == 0
    assert readers == tuple(Reader(name, True, ATR, 65536) for name in scard.names)
    assert {mode for _, mode in scard.connected} == {DIRECT}
    assert (scard.open_handles, scard.open_contexts) == (0, 0)


def test_real_reader_is_not_spoken_to_in_ci(scard: FakeScard) -> None:
    _, readers = greet(scard, in_ci=True)
    assert [reader.name for reader in readers] == list(scard.names)
    assert [name for name, _ in scard.connected] == ["Virtual PCD 00 00"]


def test_silent_card_has_no_answer(scard: FakeScard) -> None:
    scard.state = PRESENT | MUTE
    _, (first, _) = greet(scard, in_ci=False)
    assert (first.has_card, first.atr) == (True, b"")


def test_reader_that_somebody_holds_does_not_tell_its_length(scard: FakeScard) -> None:
    scard.connecting = -0x7FEFFFF5
    _, readers = greet(scard, in_ci=False)
    assert {reader.most_bytes for reader in readers} == {None}


@pytest.mark.parametrize(
    ("greeting", "listing", "result"),
    [(0x8010001D, 0, 0x8010001D), (0, 0x8010002E, 0), (0, 0x8010001E, 0x8010001E)],
    ids=["no service", "no readers", "service stopped"],
)
def test_what_pcscd_says_is_the_result(
    scard: FakeScard, greeting: int, listing: int, result: int
) -> None:
    scard.greeting, scard.listing = greeting, listing
    assert greet(scard, in_ci=False) == (result, ())
    assert scard.open_contexts == 0


def test_card_is_looked_at_alone_and_let_go(scard: FakeScard) -> None:
    look = with_card(scard, "Virtual PCD 00 00", look_at_card)
    assert look.auth_tries == 3
    assert scard.connected == [("Virtual PCD 00 00", EXCLUSIVE)]
    assert (scard.open_handles, scard.open_contexts) == (0, 0)


@pytest.mark.parametrize(
    ("connecting", "transmitting", "words"),
    [
        (0x8010000B, 0, "another program"),
        (0x8010000C, 0, "no card"),
        (0x80100001, 0, "80100001"),
        (0, 0x80100069, "lifted"),
    ],
)
def test_card_that_cannot_be_used_is_told_in_words(
    scard: FakeScard, connecting: int, transmitting: int, words: str
) -> None:
    scard.connecting, scard.transmitting = connecting, transmitting
    with pytest.raises(ReaderRefusedError, match=words):
        with_card(scard, "Virtual PCD 00 00", look_at_card)
    assert (scard.open_handles, scard.open_contexts) == (0, 0)
