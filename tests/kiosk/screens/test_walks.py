"""From the menu to the certificate and back, the ways that residents go."""

import asyncio
from pathlib import Path

import pytest

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow.model import Screen
from tests.kiosk.screens.fakes import PDF, Script, choices
from tests.kiosk.screens.person import SMALL, WIDE, Person, Standing

STEPS = ["examine", "open ja", "prove", "quote", "prepare", "pay", "fetch", "prepare", "print"]
ENDED = [*STEPS, "reported", "complete", "wipe"]


async def to_pin_by_keyboard(person: Person) -> None:
    await person.press("1", "1")
    await person.until(Screen.CONSENT)
    await person.press("1", "f5")
    await person.until(Screen.MUNICIPALITY)
    await person.press("1")


async def to_payment_by_keyboard(person: Person) -> None:
    await to_pin_by_keyboard(person)
    await person.press("1", "2", "3", "4", "enter")
    await person.until(Screen.TAKE_CARD)
    await person.press("f5")
    await person.until(Screen.CERTIFICATE)
    await person.press("1", "1", "3")
    await person.until(Screen.CONFIRM)
    await person.press("1")
    await person.until(Screen.PAY)


def test_keyboard_only_from_the_menu_to_the_certificate(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path, size=SMALL) as person:
            await to_payment_by_keyboard(person)
            await person.press("f7")
            await person.until(Screen.TAKE_SHEETS)
            (sheet,) = person.parts.printer.output_tray()
            assert person.parts.printer.path_of(sheet).read_bytes() == PDF
            await person.press("f8", "1")
            await person.until(Screen.RECEIPT)
            await person.press("2", "1")
            await person.until(Screen.MAIN_MENU)
            assert person.parts.printer.output_tray() == ()
            assert person.parts.coin_box.kept == 10
            assert person.log == ENDED

    asyncio.run(walk())


def test_full_width_digits_and_a_full_width_space_do_the_same(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path) as person:
            await person.press("１", "１")
            await person.until(Screen.CONSENT)
            await person.press("ideographic_space", "f5")
            await person.until(Screen.MUNICIPALITY)
            await person.press("１", "１", "２", "３", "４", "enter")
            await person.until(Screen.TAKE_CARD)
            assert person.parts.script.pins == ["1234"]

    asyncio.run(walk())


def test_mouse_only_from_the_menu_to_the_certificate(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path, size=SMALL) as person:
            await person.click("government")
            await person.click("certificate")
            await person.until(Screen.CONSENT)
            await person.click("agree")
            await person.click("device-card")
            await person.until(Screen.MUNICIPALITY)
            await person.click("municipality-990009")
            for digit in "1234":
                await person.click(f"digit-{digit}")
            await person.click("confirm")
            await person.until(Screen.TAKE_CARD)
            await person.click("device-card")
            await person.until(Screen.CERTIFICATE)
            await person.click("victim_certificate")
            await person.click("case-0")
            await person.click("more")
            await person.click("next")
            await person.until(Screen.CONFIRM)
            await person.click("confirm")
            await person.until(Screen.PAY)
            await person.click("device-coin-10")
            await person.click("device-coin-50")
            await person.until(Screen.TAKE_SHEETS)
            assert len(person.parts.printer.output_tray()) == 2
            await person.click("device-take")
            await person.click("taken")
            await person.until(Screen.RECEIPT)
            await person.click("yes")
            assert person.state.change == 40
            await person.app.workers.wait_for_complete()
            (slip,) = tmp_path.joinpath("tray").glob("receipt-*.txt")
            text = slip.read_text(encoding="utf-8")
            assert "罹災証明書 2通" in text
            assert "合計 20円" in text
            assert "見本　花子" not in text
            await person.click("device-return")
            await person.click("finish")
            await person.until(Screen.MAIN_MENU)
            assert person.parts.coin_box.kept == 20

    asyncio.run(walk())


def test_in_english_every_step_of_the_way(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path, size=WIDE) as person:
            await person.click("language")
            assert "Main menu" in person.shown()
            await person.hurry_to(Screen.PAY)
            assert "Please put the money in." in person.shown()
            await person.press("f7")
            await person.until(Screen.TAKE_SHEETS)
            await person.press("1", "2")
            assert "Thank you" in person.shown()
            await person.press("1")
            await person.until(Screen.MAIN_MENU)
            assert person.state.locale is Locale.JAPANESE, "the choice was hers alone"
            assert "open en" in person.log

    asyncio.run(walk())


def test_three_wrong_pins_lock_the_card_and_the_last_is_warned_of(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path) as person:
            await person.hurry_to(Screen.PIN)
            for tries in (2, 1):
                await person.press("9", "9", "9", "9", "enter")
                await person.until(Screen.ERROR)
                assert "E20" in person.shown()
                assert f"あと{tries}回" in person.shown()
                await person.press("1")
            assert person.state.screen is Screen.PIN_STOP
            assert "ロックされます" in person.shown()
            await person.press("1", "9", "9", "9", "9", "enter")
            await person.until(Screen.ERROR)
            assert "E21" in person.shown()
            await person.press("1")
            await person.until(Screen.TAKE_CARD)
            await person.press("f5")
            await person.until(Screen.MAIN_MENU)

    asyncio.run(walk())


def test_a_card_lifted_while_it_is_read_is_told_and_begins_again(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path) as person:
            await person.hurry_to(Screen.PIN)
            person.parts.hand.lift()
            await person.pass_time(1)
            assert "E11" in person.shown()
            await person.press("1")
            await person.until(Screen.SERVICES)

    asyncio.run(walk())


def test_the_machine_waits_until_the_card_is_taken_and_calls(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path) as person:
            await person.hurry_to(Screen.TAKE_CARD)
            await person.press("1", "enter", "escape")
            assert "お忘れ" not in person.shown()
            await person.pass_time(15)
            assert "お忘れではありませんか" in person.shown()
            await person.pass_time(600)
            assert person.state.screen is Screen.TAKE_CARD

    asyncio.run(walk())


def test_opening_the_paper_tray_jams_and_closing_it_goes_on(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path, size=WIDE) as person:
            await person.hurry_to(Screen.PAY)
            await person.click("device-tray")
            await person.press("f7")
            await person.until(Screen.ERROR)
            assert "E60" in person.shown()
            assert "料金はお預かりしています" in person.shown()
            await person.click("device-tray")
            await person.click("resume")
            await person.until(Screen.TAKE_SHEETS)
            assert person.parts.coin_box.kept == 10

    asyncio.run(walk())


def test_no_paper_and_no_patience_ends_in_a_refund(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path) as person:
            await person.hurry_to(Screen.PAY)
            await person.click("device-paper")
            await person.press("f7")
            await person.until(Screen.ERROR)
            assert "E61" in person.shown()
            await person.click("refund")
            await person.until(Screen.ERROR)
            assert "E63" in person.shown()
            assert "10円をお返ししました" in person.shown()
            assert person.parts.coin_box.kept == 0
            assert person.parts.coin_box.paid_out == 10

    asyncio.run(walk())


def test_an_unreadable_sheet_comes_once_more_without_a_fee(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path) as person:
            await person.hurry_to(Screen.PAY)
            await person.press("f7")
            await person.until(Screen.TAKE_SHEETS)
            await person.click("spoiled")
            assert "E62" in person.shown()
            await person.press("1")
            await person.until(Screen.TAKE_SHEETS)
            assert len(person.parts.printer.output_tray()) == 2
            assert person.parts.coin_box.kept == 10

    asyncio.run(walk())


def test_unpaid_coins_come_back_when_the_time_is_over(tmp_path: Path) -> None:
    async def walk() -> None:
        script = Script(choices())
        async with Standing(tmp_path, script=script) as person:
            await person.hurry_to(Screen.PAY)
            person.parts.coin_box.insert(10)
            await person.pass_time(119)
            await person.pass_time(1)
            await person.until(Screen.ERROR)
            assert "E50" in person.shown()
            assert person.parts.coin_box.paid_out == 10

    asyncio.run(walk())


def test_cancelling_returns_coins_and_asks_for_the_card(tmp_path: Path) -> None:
    async def walk() -> None:
        async with Standing(tmp_path) as person:
            await person.hurry_to(Screen.PIN)
            await person.press("f7")
            await person.click("cancel")
            await person.until(Screen.TAKE_CARD)
            assert person.parts.coin_box.paid_out == 10
            assert "最初の画面に戻ります" in person.shown()
            await person.press("f5")
            await person.until(Screen.MAIN_MENU)
            assert "settle cancelled" in person.log

    asyncio.run(walk())


@pytest.mark.parametrize("step", ["examine", "open ja", "prove", "quote", "prepare", "pay"])
def test_what_nobody_foresaw_before_payment_keeps_no_money(tmp_path: Path, step: str) -> None:
    async def walk() -> None:
        script = Script(choices(), failures={step: ZeroDivisionError()})
        async with Standing(tmp_path, script=script) as person:
            await person.hurry_to(Screen.PAY if step == "pay" else Screen.ERROR)
            if step == "pay":
                await person.press("f7")
            await person.until(Screen.ERROR)
            assert person.state.error is not None
            assert person.state.error.code is ErrorCode.NOT_PREPARED
            assert person.parts.coin_box.kept == 0
            assert person.parts.coin_box.inserted_yen() == 0

    asyncio.run(walk())


def test_what_nobody_foresaw_after_payment_says_that_the_outcome_is_open(tmp_path: Path) -> None:
    async def walk() -> None:
        script = Script(choices(), failures={"fetch": ZeroDivisionError()})
        async with Standing(tmp_path, script=script) as person:
            await person.hurry_to(Screen.PAY)
            await person.press("f7")
            await person.until(Screen.ERROR)
            assert person.state.error is not None
            assert person.state.error.code is ErrorCode.OUTCOME_UNKNOWN
            assert person.state.error.money is MoneyState.UNKNOWN
            await person.press("1")
            await person.until(Screen.MAIN_MENU)
            assert person.parts.coin_box.kept == 0, "nothing was printed, everything went back"

    asyncio.run(walk())
