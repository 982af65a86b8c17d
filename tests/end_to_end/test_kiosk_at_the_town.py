"""The kiosk's real screens in front of the real town: the issue's walks, from menu to sheet."""

import asyncio
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from textual.pilot import Pilot

from gateway.billing.ledger import load_entries
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.app import KioskApp
from kiosk.flow.model import Screen
from launcher.demo import kiosk_parts
from launcher.embedded import EmbeddedTown, open_embedded_town
from launcher.state import StateFolder

_PATIENCE = 200
"""Tenths of a second that a screen may take to appear."""


class Visit:
    """Somebody at the machine; keys only, and the devices by their keys."""

    def __init__(self, app: KioskApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self._pilot.press(key)
            await self._pilot.pause()

    async def tap(self, *buttons: str) -> None:
        """Touch buttons or devices by name."""
        for button in buttons:
            self.app.action_tap(button)
            await self._pilot.pause()

    async def until(self, screen: Screen) -> None:
        """Wait for a screen."""
        for _ in range(_PATIENCE):
            await self._pilot.pause(0.1)
            if self.app.state.screen is screen:
                return
        pytest.fail(f"still at {self.app.state.screen}, {self.app.state.error}")

    def error(self) -> tuple[ErrorCode, MoneyState]:
        """Return number and money of the error on the screen."""
        view = self.app.state.error
        assert view is not None
        return view.code, view.money

    async def to_municipality(self) -> None:
        """Walk from the menu to the list of municipalities."""
        await self.press("1")
        await self.until(Screen.SERVICES)
        await self.press("1")
        await self.until(Screen.CONSENT)
        await self.press("1")
        await self.until(Screen.PLACE_CARD)
        await self.press("f5")

    async def to_pin(self) -> None:
        """Walk from the menu to the number pad."""
        await self.to_municipality()
        await self.until(Screen.MUNICIPALITY)
        await self.press("1")
        await self.until(Screen.PIN)

    async def to_payment(self) -> None:
        """Walk from the menu to the coin slot."""
        await self.to_pin()
        await self.press("1", "2", "３", "4")
        await self.tap("confirm")
        await self.until(Screen.TAKE_CARD)
        await self.press("f5")
        await self.until(Screen.CERTIFICATE)
        await self.press("1")
        await self.until(Screen.CASE)
        await self.press("1")
        await self.until(Screen.COPIES)
        await self.tap("next")
        await self.until(Screen.CONFIRM)
        for _ in range(_PATIENCE):
            if self.app.state.total:
                break
            await self._pilot.pause(0.05)
        await self.tap("confirm")
        await self.until(Screen.PAY)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedTown:
    return open_embedded_town(StateFolder(tmp_path_factory.mktemp("kiosk-town")), unlimited=True)


def fees(town: EmbeddedTown) -> int:
    """Return how many fees were posted."""
    with town.gateway.worker.engine.begin() as connection:
        return len(load_entries(connection, "990019"))


def run(town: EmbeddedTown, output: Path, walk: Any, *, card: str = "resident") -> KioskApp:
    """Open the machine with a card in the hand and take a walk."""
    app = KioskApp(kiosk_parts(town, card=card, output=output))

    async def visit() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await walk(Visit(app, pilot))

    asyncio.run(visit())
    return app


def test_with_the_keyboard_alone_to_the_sheet(town: EmbeddedTown, tmp_path: Path) -> None:
    before = fees(town)

    async def walk(visit: Visit) -> None:
        await visit.to_payment()
        await visit.press("f7")
        await visit.until(Screen.TAKE_SHEETS)
        await visit.press("f8", "1")
        await visit.until(Screen.RECEIPT)
        await visit.press("2")
        await visit.until(Screen.END)
        await visit.tap("finish")
        await visit.until(Screen.MAIN_MENU)

    run(town, tmp_path, walk)
    (sheet,) = tmp_path.glob("*.pdf")
    text = pypdfium2.PdfDocument(sheet)[0].get_textpage().get_text_bounded()
    assert "見本　花子" in text
    assert "花子" not in sheet.name
    assert fees(town) == before + 1


def test_a_card_pulled_while_it_is_read_leads_to_a_clean_start(
    town: EmbeddedTown, tmp_path: Path
) -> None:
    async def walk(visit: Visit) -> None:
        await visit.to_pin()
        await visit.press("1", "2", "3", "4")
        await visit.tap("confirm", "device-card")
        await visit.until(Screen.ERROR)
        assert visit.error() == (ErrorCode.CARD_REMOVED, MoneyState.NONE)
        await visit.tap("retry")
        await visit.until(Screen.SERVICES)

    run(town, tmp_path, walk)


def test_a_jam_is_mended_and_the_sheet_comes_out_for_one_fee(
    town: EmbeddedTown, tmp_path: Path
) -> None:
    before = fees(town)

    async def walk(visit: Visit) -> None:
        await visit.to_payment()
        await visit.tap("device-tray", "device-coin-10")
        await visit.until(Screen.ERROR)
        assert visit.error() == (ErrorCode.PAPER_JAM, MoneyState.HELD)
        await visit.tap("device-tray", "resume")
        await visit.until(Screen.TAKE_SHEETS)
        await visit.tap("taken")
        await visit.until(Screen.RECEIPT)

    run(town, tmp_path, walk)
    assert len(list(tmp_path.glob("*.pdf"))) == 1
    assert fees(town) == before + 1


def test_without_paper_the_money_comes_back_and_no_fee_is_posted(
    town: EmbeddedTown, tmp_path: Path
) -> None:
    before = fees(town)

    async def walk(visit: Visit) -> None:
        await visit.to_payment()
        await visit.tap("device-paper", "device-coin-100")
        await visit.until(Screen.ERROR)
        assert visit.error() == (ErrorCode.SUPPLIES_OUT, MoneyState.HELD)
        await visit.tap("refund")
        for _ in range(_PATIENCE):
            await visit.press()
            await asyncio.sleep(0.05)
            if visit.error()[0] is ErrorCode.NOT_RECOVERABLE:
                break
        assert visit.error() == (ErrorCode.NOT_RECOVERABLE, MoneyState.REFUNDED)
        box = visit.app._parts.coin_box
        assert (box.kept, box.paid_out) == (0, 100)

    run(town, tmp_path, walk)
    assert list(tmp_path.glob("*.pdf")) == []
    assert fees(town) == before


@pytest.mark.parametrize(
    ("card", "code", "before_pin"),
    [
        ("revoked", ErrorCode.CERTIFICATE_REVOKED, False),
        ("dv-protected", ErrorCode.NOT_AT_KIOSK, False),
        ("under-15", ErrorCode.NO_CERTIFICATE_ON_CARD, True),
        ("pin-locked", ErrorCode.PIN_LOCKED, True),
    ],
)
def test_who_cannot_be_served_reads_why(
    town: EmbeddedTown, tmp_path: Path, card: str, code: ErrorCode, before_pin: bool
) -> None:
    async def walk(visit: Visit) -> None:
        if before_pin:
            await visit.to_municipality()
        else:
            await visit.to_pin()
            await visit.press("1", "2", "3", "4")
            await visit.tap("confirm")
        await visit.until(Screen.ERROR)
        assert visit.error() == (code, MoneyState.NONE)

    run(town, tmp_path, walk, card=card)
