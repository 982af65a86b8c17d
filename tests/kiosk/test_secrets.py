"""PIN, names and documents live in memory only, and not longer than the session."""

import gc
import logging
import traceback
from collections.abc import Iterator

import pytest

from gateway.wire.bodies import Locale
from kiosk.card import jpki
from kiosk.card.reading import prove_holder
from kiosk.errors import KioskError
from kiosk.transaction import SessionDriver
from tests.kiosk.fake_card import FakeChannel, FakeReader
from tests.kiosk.machine import Machine

pytestmark = pytest.mark.anyio
PIN = "4071"
NAME = "見本　花子"


def accepting(pin: str = PIN) -> FakeReader:
    """A reader with a card of that PIN."""
    return FakeReader(FakeChannel({jpki.present_pin(pin.encode()): b"\x90\x00"}))


def values_in(root: object) -> Iterator[bytes | str]:
    """Yield every text and every bytes that the object holds, however deep."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type):
            continue
        seen.add(id(thing))
        if isinstance(thing, bytes | str):
            yield thing
        elif isinstance(thing, dict | list | tuple | set) or _is_ours(thing):
            waiting.extend(gc.get_referents(thing))


def _is_ours(thing: object) -> bool:
    return type(thing).__module__.split(".")[0] in {"kiosk", "gateway", "issuance"}


def holds(driver: SessionDriver, wanted: bytes | str) -> bool:
    """Say whether the driver holds a text or bytes anywhere."""
    return any(type(value) is type(wanted) and wanted in value for value in values_in(driver))  # type: ignore[operator]  # same types


async def visit(machine: Machine) -> None:
    """Print one copy."""
    await machine.driver.open(Locale.JAPANESE)
    await machine.driver.prove(accepting(), machine.gateway.municipality, PIN)
    await machine.driver.quote("entry-1", 1)
    await machine.driver.prepare()
    await machine.driver.pay()
    await machine.driver.fetch()
    await machine.driver.print_copies(machine.printer)


async def test_driver_never_holds_the_pin_and_after_wiping_no_document(machine: Machine) -> None:
    await visit(machine)
    # The search is worth something: it finds the document while the session lives.
    assert holds(machine.driver, b"%PDF")
    assert not holds(machine.driver, PIN)
    assert not holds(machine.driver, PIN.encode())
    number = machine.gateway.only_session().documents[0].certificate_number
    assert holds(machine.driver, number)

    await machine.driver.complete()
    machine.driver.wipe()

    assert not holds(machine.driver, b"%PDF")
    assert not holds(machine.driver, number)


async def test_driver_does_not_hold_what_it_showed(machine: Machine) -> None:
    """Names go to the screen and are not kept here."""
    await visit(machine)
    assert not holds(machine.driver, NAME)


async def test_nothing_personal_is_logged_written_or_shown_by_repr(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await visit(machine)
        await machine.driver.complete()
    number = machine.gateway.only_session().documents[0].certificate_number
    written = machine.journal_path.read_text() + " ".join(machine.printer.output_tray())
    for text in (caplog.text, written, repr(machine.driver), repr(vars(machine.driver)["_key"])):
        assert PIN not in text
        assert NAME not in text
        assert number not in text


@pytest.mark.parametrize("status", [b"\x63\xc2", b"\x63\xc0", b"\x69\x84", b"\x6f\x00", b""])
async def test_no_error_about_the_pin_tells_it(status: bytes) -> None:
    reader = FakeReader(FakeChannel({jpki.present_pin(PIN.encode()): status}))
    with pytest.raises(KioskError) as error:
        await prove_holder(reader, PIN, bytes(32))
    told = "".join(traceback.format_exception(error.value)) + repr(vars(error.value))
    assert PIN not in told


async def test_pin_of_another_form_is_not_told_either() -> None:
    pin = "".join(chr(ord(digit) + 0xFEE0) for digit in PIN)
    with pytest.raises(ValueError, match="four digits") as error:
        await prove_holder(accepting(), pin, bytes(32))
    assert pin not in "".join(traceback.format_exception(error.value))
