"""The coin box counts, the printer fails as it is told to."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices import COINS, FULL_TRAY, SimulatedCoinBox, SimulatedPrinter
from kiosk.ports import PrintedPages, PrinterFault
from tests.kiosk.machine import no_pause

PDF = b"%PDF-1.7 nothing"


@pytest.fixture
def printer(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path / "tray", pause=no_pause)


def test_slot_takes_only_known_money() -> None:
    with pytest.raises(ValueError, match="slot"):
        SimulatedCoinBox().insert(5)


def test_change_is_paid_out_when_the_price_is_kept() -> None:
    box = SimulatedCoinBox()
    box.insert(500)
    assert box.keep(20) == 480
    assert (box.inserted_yen(), box.kept, box.take_out(), box.paid_out) == (0, 20, 480, 0)


@pytest.mark.parametrize("amount", [-1, 60])
def test_more_than_was_put_in_cannot_be_kept(amount: int) -> None:
    box = SimulatedCoinBox()
    box.insert(50)
    with pytest.raises(ValueError, match="not enough"):
        box.keep(amount)
    assert box.inserted_yen() == 50


def test_what_was_not_kept_goes_back_whole() -> None:
    box = SimulatedCoinBox()
    box.insert(100)
    assert (box.return_all(), box.return_all(), box.paid_out) == (100, 0, 100)


@pytest.mark.parametrize("amount", [-1, 30])
def test_more_than_was_kept_cannot_be_refunded(amount: int) -> None:
    box = SimulatedCoinBox()
    box.insert(50)
    box.keep(20)
    with pytest.raises(ValueError, match="keep so much"):
        box.refund(amount)


@given(st.lists(st.sampled_from(COINS), max_size=20), st.data())
def test_no_yen_appears_or_vanishes(coins: list[int], data: st.DataObject) -> None:
    box = SimulatedCoinBox()
    for coin in coins:
        box.insert(coin)
    box.keep(data.draw(st.integers(0, sum(coins))))
    box.refund(data.draw(st.integers(0, box.kept)))
    box.return_all()
    assert box.kept + box.paid_out + box.inserted_yen() == sum(coins)


@pytest.mark.anyio
async def test_sheet_lies_in_the_tray_for_its_owner_only(printer: SimulatedPrinter) -> None:
    assert await printer.print_document(PDF, 2, "0f1e") == PrintedPages(2, None)
    (name,) = printer.output_tray()
    path = printer.path_of(name)
    assert (name, path.read_bytes()) == ("0f1e.pdf", PDF)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [name]


@pytest.mark.anyio
async def test_every_page_is_told_and_takes_its_time(tmp_path: Path) -> None:
    waits: list[float] = []
    pages: list[tuple[int, int]] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    printer = SimulatedPrinter(
        tmp_path, pause=pause, seconds_a_page=0.5, on_page=lambda page, of: pages.append((page, of))
    )
    await printer.print_document(PDF, 2, "a")
    assert (waits, pages, printer.paper_left) == ([0.5, 0.5], [(1, 2), (2, 2)], FULL_TRAY - 2)


@pytest.mark.anyio
@pytest.mark.parametrize("pages_out", [0, 1])
async def test_jam_leaves_no_sheet_and_lasts_until_mended(
    printer: SimulatedPrinter, pages_out: int
) -> None:
    printer.jam_after(pages_out)
    assert await printer.print_document(PDF, 2, "a") == PrintedPages(pages_out, PrinterFault.JAM)
    assert await printer.print_document(PDF, 2, "b") == PrintedPages(0, PrinterFault.JAM)
    assert (printer.needs_mending(), printer.output_tray()) == (True, ())

    printer.mend()

    assert not printer.needs_mending()
    assert await printer.print_document(PDF, 2, "c") == PrintedPages(2, None)


@pytest.mark.anyio
async def test_a_jam_may_come_between_two_documents(printer: SimulatedPrinter) -> None:
    """Otherwise nobody could try what happens when one copy of three is out."""
    printer.jam_after(1)
    assert await printer.print_document(PDF, 1, "a") == PrintedPages(1, None)
    assert await printer.print_document(PDF, 1, "b") == PrintedPages(0, PrinterFault.JAM)
    assert printer.output_tray() == ("a.pdf",)


@pytest.mark.anyio
async def test_open_tray_jams_and_closing_it_clears_the_jam(printer: SimulatedPrinter) -> None:
    printer.open_tray()
    assert (await printer.print_document(PDF, 1, "a")).fault is PrinterFault.JAM
    printer.close_tray()
    assert (await printer.print_document(PDF, 1, "b")).fault is None


@pytest.mark.anyio
async def test_paper_runs_out_between_pages(printer: SimulatedPrinter) -> None:
    printer.paper_left = 1
    assert await printer.print_document(PDF, 2, "a") == PrintedPages(1, PrinterFault.SUPPLIES_OUT)
    assert not printer.has_paper


@pytest.mark.anyio
@pytest.mark.parametrize("empty", ["run_out", "run_out_of_toner"])
async def test_refilling_ends_the_lack(printer: SimulatedPrinter, empty: str) -> None:
    getattr(printer, empty)()
    assert printer.needs_mending()
    assert (await printer.print_document(PDF, 1, "a")).fault is PrinterFault.SUPPLIES_OUT
    printer.refill()
    assert (await printer.print_document(PDF, 1, "b")).fault is None


@pytest.mark.anyio
async def test_spoiled_print_is_no_sheet_and_the_next_one_is(printer: SimulatedPrinter) -> None:
    printer.spoil_next()
    assert await printer.print_document(PDF, 1, "a") == PrintedPages(1, PrinterFault.SPOILED)
    assert await printer.print_document(PDF, 1, "b") == PrintedPages(1, None)
    assert printer.output_tray() == ("b.pdf",)


@pytest.mark.anyio
async def test_tray_that_cannot_take_the_sheet_is_a_jam(tmp_path: Path) -> None:
    (tmp_path / "tray").write_text("not a folder")
    printer = SimulatedPrinter(tmp_path / "tray", pause=no_pause)
    assert await printer.print_document(PDF, 1, "a") == PrintedPages(0, PrinterFault.JAM)


@pytest.mark.anyio
async def test_taken_sheets_are_gone_from_the_tray(printer: SimulatedPrinter) -> None:
    await printer.print_document(PDF, 1, "a")
    assert (printer.take_sheets(), printer.output_tray()) == (("a.pdf",), ())
