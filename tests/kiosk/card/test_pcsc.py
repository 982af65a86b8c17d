"""The reader over PC/SC before a service that fails in every way: no wait without a limit."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from kiosk.card.client import JpkiClient
from kiosk.card.pcsc import PcscReader
from kiosk.card.pcsc_line import Limits
from kiosk.card.pcsc_results import PcscResult
from kiosk.card.safety import SafetyRules
from kiosk.errors import (
    CardInUseError,
    CardNotRecognisedError,
    CardRemovedError,
    KioskError,
    NoCardError,
    NoReaderError,
    PcscAccessError,
    PcscServiceError,
    ReaderChoiceError,
    ReaderFailedError,
    ReaderStuckError,
    RealCardRefusedError,
)
from kiosk.ports import CardChannel
from tests.kiosk.card.fake_pcsc import READER, FakePcsc
from tests.kiosk.card.waiting import wait_until
from tests.kiosk.fake_card import PIN, FakeChannel

DIGEST = bytes(range(32))
PATIENT = Limits(
    command_s=20.0, conversation_s=60.0, connect_s=20.0, look_every_s=0.01, stale_s=20.0
)
IMPATIENT = replace(PATIENT, command_s=0.2)


@dataclass
class Bench:
    """A fake service, and readers in front of it that are closed at the end."""

    pcsc: FakePcsc = field(default_factory=FakePcsc)
    opened: list[PcscReader] = field(default_factory=list)

    def reader(
        self, wanted: str = "", *, limits: Limits = PATIENT, rules: SafetyRules | None = None
    ) -> PcscReader:
        reader = PcscReader(self.pcsc, wanted, rules=rules or SafetyRules(), limits=limits)
        self.opened.append(reader)
        return reader

    def with_card(
        self, channel: FakeChannel | None = None, *, limits: Limits = PATIENT
    ) -> PcscReader:
        self.pcsc.readers[READER] = channel or FakeChannel()
        reader = self.reader(limits=limits)
        wait_until(reader.is_card_present)
        return reader


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.pcsc.hang.set()
    for reader in bench.opened:
        reader.close()


def trouble_of(reader: PcscReader) -> type[KioskError] | None:
    try:
        reader.is_card_present()
    except KioskError as error:
        return type(error)
    return None


def connected(reader: PcscReader) -> CardChannel:
    """Return a connection as soon as the line that was stuck has come to its end."""
    channels: list[CardChannel] = []

    def can_connect() -> bool:
        with suppress(ReaderStuckError):
            channels.append(reader.connect())
        return bool(channels)

    wait_until(can_connect)
    return channels[0]


def test_proof_works_and_the_card_is_unpowered_behind_it(bench: Bench) -> None:
    channel = bench.with_card().connect()
    proof = JpkiClient(channel).prove(PIN, DIGEST)
    assert len(proof.signature) == 256
    assert bench.pcsc.powered
    channel.disconnect()
    assert bench.pcsc.powered == {}


def test_one_thread_makes_every_call(bench: Bench) -> None:
    reader = bench.with_card()
    channel = reader.connect()
    JpkiClient(channel).recognise()
    channel.disconnect()
    reader.close()
    assert len(bench.pcsc.threads) == 1
    assert threading.get_ident() not in bench.pcsc.threads
    assert bench.pcsc.contexts == set()


def test_card_that_comes_and_goes_is_seen(bench: Bench) -> None:
    reader = bench.with_card()
    bench.pcsc.readers[READER] = None
    wait_until(lambda: not reader.is_card_present())
    with pytest.raises(NoCardError):
        reader.connect()


@pytest.mark.parametrize("silent", [False, True], ids=["error", "empty answer"])
@pytest.mark.parametrize("commands", range(12))
def test_card_pulled_at_any_command_is_removed(bench: Bench, commands: int, silent: bool) -> None:
    """And the next card finds a clean start."""
    bench.pcsc.removal_is_silent = silent
    reader = bench.with_card(FakeChannel(lift_after=commands))
    channel = reader.connect()
    with pytest.raises(CardRemovedError):
        JpkiClient(channel).prove(PIN, DIGEST)
    channel.disconnect()
    wait_until(lambda: not reader.is_card_present())
    bench.pcsc.readers[READER] = FakeChannel()
    wait_until(reader.is_card_present)
    JpkiClient(reader.connect()).prove(PIN, DIGEST)


def test_whole_proof_is_twelve_commands(bench: Bench) -> None:
    """The test above pulls the card before each of them: the tries are asked for once more."""
    card = FakeChannel()
    JpkiClient(bench.with_card(card).connect()).prove(PIN, DIGEST)
    assert len(card.sent) == 12


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (PcscResult.SCARD_E_NO_SMARTCARD, NoCardError),
        (PcscResult.SCARD_W_REMOVED_CARD, NoCardError),
        (PcscResult.SCARD_W_UNRESPONSIVE_CARD, CardNotRecognisedError),
        (PcscResult.SCARD_W_UNPOWERED_CARD, CardNotRecognisedError),
        (PcscResult.SCARD_E_PROTO_MISMATCH, CardNotRecognisedError),
        (PcscResult.SCARD_E_SHARING_VIOLATION, CardInUseError),
        (PcscResult.SCARD_E_READER_UNAVAILABLE, NoReaderError),
        (PcscResult.SCARD_E_NO_SERVICE, PcscServiceError),
        (PcscResult.SCARD_W_SECURITY_VIOLATION, PcscAccessError),
        (PcscResult.SCARD_E_TIMEOUT, ReaderFailedError),
    ],
)
def test_every_refusal_to_connect_has_its_error(
    bench: Bench, result: PcscResult, error: type[KioskError]
) -> None:
    reader = bench.with_card()
    bench.pcsc.connect_result = result
    with pytest.raises(error):
        reader.connect()
    bench.pcsc.connect_result = None
    reader.connect().disconnect()


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (PcscResult.SCARD_W_REMOVED_CARD, CardRemovedError),
        (PcscResult.SCARD_E_NO_SMARTCARD, CardRemovedError),
        (PcscResult.SCARD_E_NOT_TRANSACTED, CardRemovedError),
        (PcscResult.SCARD_F_COMM_ERROR, CardRemovedError),
        (PcscResult.SCARD_W_RESET_CARD, CardRemovedError),
        (PcscResult.SCARD_E_READER_UNAVAILABLE, NoReaderError),
        (PcscResult.SCARD_E_SERVICE_STOPPED, PcscServiceError),
        (PcscResult.SCARD_E_TIMEOUT, ReaderFailedError),
    ],
)
def test_every_failed_command_has_its_error(
    bench: Bench, result: PcscResult, error: type[KioskError]
) -> None:
    channel = bench.with_card().connect()
    bench.pcsc.transmit_result = result
    with pytest.raises(error):
        JpkiClient(channel).recognise()
    channel.disconnect()


def test_service_that_dies_under_the_card_is_told_as_that(bench: Bench) -> None:
    """The library says only that communication failed."""
    channel = bench.with_card().connect()
    bench.pcsc.transmit_result = PcscResult.SCARD_F_COMM_ERROR
    bench.pcsc.refuses = PcscResult.SCARD_E_NO_SERVICE
    with pytest.raises(PcscServiceError):
        JpkiClient(channel).recognise()


def test_service_that_goes_is_told_and_found_again(bench: Bench) -> None:
    reader = bench.with_card()
    bench.pcsc.stop()
    wait_until(lambda: trouble_of(reader) is PcscServiceError)
    with pytest.raises(PcscServiceError):
        reader.connect()
    bench.pcsc.runs = True
    wait_until(lambda: trouble_of(reader) is None)
    assert reader.is_card_present()
    reader.connect().disconnect()


def test_service_that_was_restarted_between_two_looks_is_found_again(bench: Bench) -> None:
    reader = bench.with_card()
    bench.pcsc.restart()
    wait_until(lambda: bool(bench.pcsc.contexts))
    wait_until(lambda: trouble_of(reader) is None)
    reader.connect().disconnect()


def test_reader_unplugged_and_back_under_another_number(bench: Bench) -> None:
    channel = FakeChannel()
    bench.pcsc.readers = {"ACME Reader 00 00": channel}
    reader = bench.reader("acme")
    wait_until(lambda: trouble_of(reader) is None and reader.is_card_present())
    bench.pcsc.readers = {}
    wait_until(lambda: trouble_of(reader) is NoReaderError)
    bench.pcsc.readers = {"ACME Reader 01 00": channel}
    wait_until(lambda: trouble_of(reader) is None)
    assert reader.check() == "ACME Reader 01 00"


def test_several_readers_are_told_with_their_names(bench: Bench) -> None:
    bench.pcsc.readers = {"A 00 00": None, "B 00 00": None}
    with pytest.raises(ReaderChoiceError, match=r"pcsc:A 00 00.*pcsc:B 00 00"):
        bench.reader().check()
    assert bench.reader("B").check() == "B 00 00"


def test_refused_access_is_told(bench: Bench) -> None:
    bench.pcsc.refuses = PcscResult.SCARD_W_SECURITY_VIOLATION
    with pytest.raises(PcscAccessError, match="cardsim doctor"):
        bench.reader().check()


def test_card_that_never_answers_is_given_up(bench: Bench) -> None:
    reader = bench.with_card(limits=IMPATIENT)
    channel = reader.connect()
    bench.pcsc.hang.clear()
    with pytest.raises(ReaderStuckError):
        JpkiClient(channel).recognise()
    channel.disconnect()
    assert reader.is_card_present() in (True, False)
    with pytest.raises(ReaderStuckError):
        reader.connect()
    assert len(bench.pcsc.threads) <= 2


def test_card_that_answers_too_late_is_unpowered_and_the_next_start_is_clean(bench: Bench) -> None:
    reader = bench.with_card(limits=IMPATIENT)
    channel = reader.connect()
    bench.pcsc.hang.clear()
    with pytest.raises(ReaderStuckError):
        JpkiClient(channel).recognise()
    channel.disconnect()
    bench.pcsc.hang.set()
    wait_until(lambda: bench.pcsc.powered == {})
    wait_until(lambda: len(bench.pcsc.contexts) == 1)
    again = connected(reader)
    JpkiClient(again).prove(PIN, DIGEST)
    again.disconnect()


def test_conversation_as_a_whole_has_a_limit(bench: Bench) -> None:
    """A card that answers each command just in time would outlast the screen."""
    bench.pcsc.readers[READER] = FakeChannel()
    reader = bench.reader(limits=replace(PATIENT, conversation_s=0.0))
    wait_until(reader.is_card_present)
    channel = reader.connect()
    with pytest.raises(ReaderStuckError):
        JpkiClient(channel).recognise()
    channel.disconnect()


def test_service_that_hangs_is_told_to_the_screen_without_waiting(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = bench.with_card(limits=replace(PATIENT, stale_s=0.2))
    asleep = threading.Event()
    monkeypatch.setattr(bench.pcsc, "is_card_present", lambda *_: asleep.wait(10.0))
    wait_until(lambda: trouble_of(reader) is ReaderStuckError)
    asleep.set()
    wait_until(lambda: trouble_of(reader) is None)


def test_looking_goes_on_during_a_conversation(bench: Bench) -> None:
    """The kiosk waits for the hand that lifts the card while the connection is open."""
    reader = bench.with_card()
    channel = reader.connect()
    bench.pcsc.readers[READER] = None
    wait_until(lambda: not reader.is_card_present())
    channel.disconnect()


def test_automatic_test_refuses_a_real_reader(bench: Bench) -> None:
    bench.pcsc.readers = {"ACME Reader 00 00": FakeChannel()}
    reader = bench.reader(rules=SafetyRules(simulated_only=True))
    with pytest.raises(RealCardRefusedError, match="CI is set"):
        reader.check()
    with pytest.raises(RealCardRefusedError):
        reader.connect()
    assert "connect" not in bench.pcsc.calls
