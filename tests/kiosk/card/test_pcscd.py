"""What only the real pcscd can do: hang, be used by others, die and come back."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kiosk.card.client import JpkiClient
from kiosk.card.pcsc import PcscReader
from kiosk.card.pcsc_library import load_pyscard
from kiosk.card.pcsc_line import Limits
from kiosk.card.safety import SafetyRules
from kiosk.errors import (
    CardInUseError,
    LastTryError,
    PcscServiceError,
    PinWrongError,
    ReaderChoiceError,
    ReaderError,
    ReaderStuckError,
)
from tests.kiosk.card.slots import HAS_PCSCD, NO_PCSCD, READER_NAME, CountingCard, PcscdSlot
from tests.kiosk.card.waiting import wait_until

pytestmark = [
    pytest.mark.pcsc,
    pytest.mark.xdist_group("pcsc"),
    pytest.mark.skipif(not HAS_PCSCD, reason=NO_PCSCD),
]
DIGEST = bytes(range(32))
NewCard = Callable[[], CountingCard]
PID_FILE = Path("/run/pcscd/pcscd.pid")
ROOMS_READERS = Path("/run/pcscd/reader.conf.d")
"""Where the room's own pcscd has its readers from."""


@contextmanager
def opened(limits: Limits | None = None, rules: SafetyRules | None = None) -> Iterator[PcscdSlot]:
    slot = PcscdSlot(rules or SafetyRules(), limits)
    try:
        yield slot
    finally:
        slot.close()


def test_two_virtual_readers_have_to_be_told_apart() -> None:
    reader = PcscReader(load_pyscard(), "virtual", rules=SafetyRules())
    with pytest.raises(ReaderChoiceError, match=r"Virtual PCD 00 00.*Virtual PCD 00 01"):
        reader.check()
    reader.close()


def test_card_is_ours_alone_until_we_let_go(new_card: NewCard) -> None:
    with opened() as slot:
        slot.put(new_card())
        other = PcscReader(load_pyscard(), READER_NAME, rules=SafetyRules())
        channel = slot.reader.connect()
        with pytest.raises(CardInUseError):
            other.connect()
        channel.disconnect()
        other.connect().disconnect()
        other.close()


def test_last_try_is_kept_back(new_card: NewCard) -> None:
    with opened() as slot:
        slot.put(new_card())
        channel = slot.reader.connect()
        client = JpkiClient(channel)
        client.recognise()
        with pytest.raises(PinWrongError):
            client.verify_pin("9999")
        with pytest.raises(LastTryError):
            client.verify_pin("9999")
        with pytest.raises(LastTryError):
            client.verify_pin("1234")
        channel.disconnect()


def test_card_that_never_answers_does_not_hold_the_kiosk(new_card: NewCard) -> None:
    """vpcd waits for it for ever; the next card finds a clean start."""
    with opened(Limits(command_s=0.5)) as slot:
        slot.put(new_card())
        assert slot.card is not None
        answers = slot.card.answers = threading.Event()
        channel = slot.reader.connect()
        with pytest.raises(ReaderStuckError):
            JpkiClient(channel).recognise()
        channel.disconnect()
        slot.reader.is_card_present()
        with pytest.raises(ReaderStuckError):
            slot.reader.connect()
        threading.Timer(0.5, answers.set).start()
        slot.lift()
        slot.put(new_card())
        proved: list[bytes] = []

        def prove() -> bool:
            with suppress(ReaderStuckError):
                fresh = slot.reader.connect()
                proved.append(JpkiClient(fresh).prove("1234", DIGEST).signature)
                fresh.disconnect()
            return bool(proved)

        wait_until(prove)


@pytest.mark.skipif(
    not ROOMS_READERS.exists(),
    reason="restarting pcscd: only in tools/pcsc_room.sh, where it is our own",
)
def test_service_that_dies_in_the_middle_is_told_and_found_again(new_card: NewCard) -> None:
    def trouble() -> type[ReaderError] | None:
        try:
            slot.reader.is_card_present()
        except ReaderError as error:
            return type(error)
        return None

    with opened() as slot:
        slot.put(new_card())
        channel = slot.reader.connect()
        JpkiClient(channel).recognise()
        pid = int(PID_FILE.read_text().strip("\n\0"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1]
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not PID_FILE.exists())
        try:
            with pytest.raises(PcscServiceError):
                JpkiClient(channel).recognise()
            channel.disconnect()
            wait_until(lambda: trouble() is PcscServiceError)
        finally:
            subprocess.run(["sh", "-c", '"$@" >/dev/null 2>&1 &', "sh", *command], check=True)
        wait_until(lambda: trouble() is None and slot.reader.is_card_present(), 30.0)
        channel = slot.reader.connect()
        JpkiClient(channel).prove("1234", DIGEST)
        channel.disconnect()
