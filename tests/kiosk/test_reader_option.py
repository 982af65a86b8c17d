"""What ``--reader`` may say, and what is told where it cannot be had."""

import asyncio
import sys
from pathlib import Path

import pytest
import typer

from gateway.wire.codes import ErrorCode
from kiosk import bare_machine
from kiosk.card import pcsc_library
from kiosk.card.jpki import ask_tries
from kiosk.card.pcsc import PcscReader
from kiosk.card.pcsc_results import PcscResult
from kiosk.effects import EffectRunner
from kiosk.flow import events as e
from kiosk.parts import KioskParts
from kiosk.reader_option import is_pcsc, open_pcsc_reader, open_reader_of_demo
from tests.kiosk.card.fake_pcsc import FakePcsc
from tests.kiosk.fake_card import FakeChannel
from tests.kiosk.test_command_line import run, write_key


@pytest.fixture
def pcsc(monkeypatch: pytest.MonkeyPatch) -> FakePcsc:
    """A service with one virtual reader instead of pyscard's."""
    fake = FakePcsc()
    monkeypatch.setattr(pcsc_library, "load_pyscard", lambda: fake)
    return fake


@pytest.mark.parametrize(
    ("option", "means"), [("pcsc", True), ("pcsc:ACME", True), ("sim", False), ("pcscd", False)]
)
def test_what_means_a_reader_over_pcsc(option: str, means: bool) -> None:
    assert is_pcsc(option) is means


def test_demo_brings_its_own_reader() -> None:
    assert open_reader_of_demo("sim", allow_last_try=False) is None


def test_what_nobody_knows_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match=r"pcsc\[:NAME\]"):
        open_reader_of_demo("usb", allow_last_try=False)


def test_reader_is_found_by_a_part_of_its_name(pcsc: FakePcsc) -> None:
    pcsc.readers = {"Virtual PCD 00 00": None, "Virtual PCD 00 01": None}
    reader = open_reader_of_demo("pcsc:00 01", allow_last_try=False)
    assert reader is not None
    assert reader.check() == "Virtual PCD 00 01"
    reader.close()


@pytest.mark.parametrize(
    ("refuses", "words"),
    [
        (PcscResult.SCARD_E_NO_SERVICE, "cardsim doctor"),
        (PcscResult.SCARD_W_SECURITY_VIOLATION, "refuses this user"),
    ],
)
def test_service_that_cannot_be_used_is_told_before_the_machine_opens(
    pcsc: FakePcsc, refuses: PcscResult, words: str
) -> None:
    pcsc.refuses = refuses
    with pytest.raises(typer.BadParameter, match=words):
        open_pcsc_reader("pcsc", allow_last_try=False)


def test_real_reader_is_refused_in_ci(pcsc: FakePcsc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    pcsc.readers = {"ACME Reader 00 00": None}
    with pytest.raises(typer.BadParameter, match="real reader"):
        open_pcsc_reader("pcsc", allow_last_try=False)


def test_nothing_is_imported_until_such_a_reader_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    assert open_reader_of_demo("sim", allow_last_try=False) is None
    with pytest.raises(typer.BadParameter, match="make pcsc"):
        open_pcsc_reader("pcsc", allow_last_try=False)


@pytest.mark.parametrize(
    ("options", "shown"),
    [((), ErrorCode.LAST_TRY), (("--allow-last-try",), None)],
    ids=["by default", "as allowed"],
)
def test_machine_opens_with_the_reader_and_its_rule(
    pcsc: FakePcsc,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    options: tuple[str, ...],
    shown: ErrorCode | None,
) -> None:
    pcsc.readers = {"Virtual PCD 00 00": FakeChannel({ask_tries(): b"\x63\xc1"})}
    opened: list[KioskParts] = []
    monkeypatch.setattr(bare_machine, "open_machine", lambda parts, **_look: opened.append(parts))
    key = str(write_key(tmp_path))
    names = ("--gateway", "http://127.0.0.1:9", "--gateway-key", "g=" + "00" * 32)
    more = ("--kiosk-id", "k-1", "--key", key, "--output", str(tmp_path), "--reader", "pcsc")
    status, words = run(*names, *more, *options)
    assert status == 0, words
    (parts,) = opened
    assert isinstance(parts.reader, PcscReader)
    told: list[e.Event] = []
    asyncio.run(EffectRunner(parts, told.append, lambda: None).run(e.ExamineCard()))
    expected = e.CardExamined(1) if shown is None else e.Failed(shown)
    assert told == [expected]
    parts.reader.close()
