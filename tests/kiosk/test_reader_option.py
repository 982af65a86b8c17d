"""What ``--reader`` may say, and what is told where it cannot be had."""

import sys

import pytest
import typer

from kiosk.card import pcsc_library
from kiosk.card.pcsc_results import PcscResult
from kiosk.reader_option import is_pcsc, open_pcsc_reader, open_reader_of_demo
from tests.kiosk.card.fake_pcsc import FakePcsc


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
