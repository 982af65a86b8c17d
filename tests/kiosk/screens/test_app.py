"""The machine as a whole: time, focus, devices, and what must never appear on it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Static

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode
from kiosk.app import KioskApp
from kiosk.flow import events as e
from kiosk.flow.model import Screen
from kiosk.pdf_pages import render_pages
from kiosk.screens.buttons import BigButton
from kiosk.screens.card_choice import CardChoiceScreen
from kiosk.screens.panel import Panel
from kiosk.screens.preview import PreviewScreen, columns_for, draw_page, read_words
from kiosk.screens.time_warning import TimeWarning
from tests.kiosk.screens.fakes import PDF, PIN, FakeParts, make_parts
from tests.kiosk.screens.person import SMALL, WIDE, Person, Standing
from tests.kiosk.screens.states import screens

Visit = Callable[[Person], Awaitable[None]]


def stand(
    folder: Path,
    visit: Visit,
    *,
    size: tuple[int, int] = SMALL,
    locale: Locale = Locale.JAPANESE,
    large: bool = False,
) -> None:
    """Open a machine and let somebody visit it."""

    async def run() -> None:
        async with Standing(folder, size=size, locale=locale, large=large) as person:
            await visit(person)

    asyncio.run(run())


def focused_name(person: Person) -> str | None:
    """Return the name of what the next Enter presses."""
    focused = person.app.focused
    return focused.name if focused is not None else None


def file_shown(person: Person) -> str:
    """Return what the preview says of the file."""
    return str(person.app.screen.query_one("#preview-file", Static).content)


@pytest.mark.parametrize("way", ["key", "enter", "mouse"])
def test_a_warning_comes_and_one_touch_gives_the_time_again(tmp_path: Path, way: str) -> None:
    async def visit(person: Person) -> None:
        await person.press("1")
        await person.pass_time(39)
        warning = person.app.query_one(TimeWarning)
        assert not warning.display
        await person.pass_time(1)
        assert warning.display
        assert "あと20秒" in person.shown()
        await person.pass_time(5)
        assert "あと15秒" in person.shown()
        if way == "mouse":
            await person.click("extend")
        else:
            await person.press("f10" if way == "key" else "enter")
        await person.pass_time(1)
        assert not warning.display
        assert person.state.screen is Screen.SERVICES
        await person.pass_time(39)
        assert warning.display

    stand(tmp_path, visit)


def test_after_the_warning_an_enter_confirms_what_it_did_before(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.press("1")
        before = focused_name(person)
        await person.pass_time(45)
        assert focused_name(person) == "extend"
        await person.press("enter")
        assert focused_name(person) == before == "certificate"

    stand(tmp_path, visit)


def test_the_warning_speaks_the_language_of_the_screen(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.press("1", "f2")
        await person.pass_time(45)
        assert "This screen ends in 15 seconds." in person.shown()
        assert "More time" in person.shown()

    stand(tmp_path, visit, size=WIDE)


def test_time_that_is_over_leads_back_to_the_menu(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.press("1")
        await person.pass_time(60)
        await person.until(Screen.MAIN_MENU)
        assert not person.app.query_one(TimeWarning).display

    stand(tmp_path, visit)


def test_arrows_and_enter_alone_reach_every_button(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        reached = set()
        for _ in range(30):
            await person.app.run_action("app.focus_next")
            reached.add(focused_name(person))
        enabled = {
            widget.name
            for widget in person.app.query("BigButton, Chip")
            if not widget.disabled and widget.name != "extend"
        }
        assert enabled <= reached

    stand(tmp_path, visit)


def test_the_main_button_of_a_new_screen_has_the_focus_and_never_cancel(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        for name in ("S00", "S03", "S05", "S09", "S12", "S13", "S15", "S17"):
            await person.see(screens()[name])
            focused = person.app.focused
            assert focused_name(person) not in ("cancel", "back")
            if name != "S15":
                assert isinstance(focused, BigButton)
                assert focused.has_class("primary")

    stand(tmp_path, visit)


def test_escape_goes_back_and_then_ends(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.hurry_to(Screen.PIN)
        await person.press("escape")
        assert person.state.screen is Screen.MUNICIPALITY

    stand(tmp_path, visit)


def test_the_pin_is_shown_as_dots_and_can_be_taken_back(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.hurry_to(Screen.PIN)
        await person.press("7", "3", "9", "1")
        shown = person.shown()
        assert shown.count("●") == 4
        assert "7391" not in shown.replace(" ", "").replace("│", "")
        await person.press("backspace", "backspace")
        assert person.shown().count("●") == 2

    stand(tmp_path, visit)


def test_four_digits_put_the_focus_on_confirm(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.hurry_to(Screen.PIN)
        await person.press(*PIN)
        assert focused_name(person) == "confirm"

    stand(tmp_path, visit)


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (40, 10)])
def test_a_terminal_that_is_too_small_gets_a_polite_notice(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async def visit(person: Person) -> None:
        notice = person.app.query_one("#too-small", Static)
        assert notice.display
        assert "小さすぎます" in person.shown()
        await person.pilot.resize_terminal(*SMALL)
        await person.settle()
        assert not notice.display

    stand(tmp_path, visit, size=size)


def test_large_text_and_high_contrast_can_be_switched_on_every_screen(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.click("contrast")
        assert person.app.theme == "risai-contrast"
        await person.click("large")
        assert person.app.has_class("large")
        await person.press("f3", "f4")
        assert person.app.theme == "risai-light"
        assert not person.app.has_class("large")

    stand(tmp_path, visit)


def test_what_the_machine_was_started_with_comes_back_after_a_resident(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.press("f2", "f3", "1", "escape")
        await person.until(Screen.MAIN_MENU)
        assert (person.state.locale, person.state.large) == (Locale.ENGLISH, True)

    stand(tmp_path, visit, locale=Locale.ENGLISH, large=True)


def test_markup_in_data_is_shown_as_it_is(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        state = screens()["S13"]
        assert state.chosen is not None
        name = "[red]地震[/red] [b"
        details = state.chosen.details.model_copy(update={"disaster_name": name})
        choice = replace(state.chosen, details=details)
        await person.see(replace(state, chosen=choice))
        assert name in person.shown()
        await person.see(replace(screens()["S10"], choices=(choice,)))
        assert name in person.shown()

    stand(tmp_path, visit)


def test_no_english_word_is_left_on_a_japanese_screen(tmp_path: Path) -> None:
    allowed = {"English", "A4"}

    async def visit(person: Person) -> None:
        for name, state in screens().items():
            await person.see(state)
            words = {word for word in person.shown().split() if word.isascii() and word.isalpha()}
            long = {word for word in words if len(word) > 1}
            assert long <= allowed, name

    stand(tmp_path, visit)


def test_the_librarys_palette_and_help_stay_hidden(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.press("ctrl+p", "f1", "ctrl+backslash")
        assert len(person.app.screen_stack) == 1
        assert person.state.screen is Screen.MAIN_MENU

    stand(tmp_path, visit)


def test_coins_are_counted_and_come_back(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.click("device-coin-100")
        await person.click("device-coin-50")
        assert "投入 150円" in person.shown()
        assert person.state.inserted == 150
        await person.click("device-return")
        assert person.state.inserted == 0
        assert "投入 0円" in person.shown()

    stand(tmp_path, visit)


def test_coins_cannot_be_pulled_out_while_the_price_is_kept(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        person.parts.coin_box.insert(10)
        await person.see(replace(screens()["S15"], keeping=True))
        await person.click("device-return")
        assert person.parts.coin_box.inserted_yen() == 10

    stand(tmp_path, visit)


def test_another_card_can_be_taken_in_hand(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.click("device-cards")
        assert isinstance(person.app.screen, CardChoiceScreen)
        await person.press("２")
        assert "失効したカード" in person.shown()
        await person.press("f5")
        assert person.parts.reader.is_card_present()
        assert "読取機の上" in person.shown()
        assert person.find("device-cards").disabled

    stand(tmp_path, visit, size=WIDE)


@pytest.mark.parametrize("way", ["escape", "mouse"])
def test_the_card_in_hand_can_be_kept(tmp_path: Path, way: str) -> None:
    async def visit(person: Person) -> None:
        await person.press("f6")
        await (person.click("close-choice") if way == "mouse" else person.press("escape"))
        assert len(person.app.screen_stack) == 1
        assert "ふつうの住民" in person.shown()

    stand(tmp_path, visit)


def test_a_machine_without_a_hand_shows_no_card_of_its_own(tmp_path: Path) -> None:
    async def chips(parts: FakeParts) -> set[str | None]:
        app = KioskApp(parts)
        async with app.run_test(size=SMALL) as pilot:
            await pilot.pause()
            return {chip.name for chip in app.query("Chip")}

    parts = make_parts(tmp_path)
    assert "device-card" in asyncio.run(chips(parts))
    bare = asyncio.run(chips(replace(make_parts(tmp_path), tray=None)))
    assert "device-card" not in bare
    assert "device-coin-10" in bare


def test_a_printed_sheet_can_be_looked_at(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.press("f9")
        assert len(person.app.screen_stack) == 1, "nothing lies there yet"
        await person.parts.printer.print_document(PDF, 1, "abcdef")
        await person.press("f9")
        assert isinstance(person.app.screen, PreviewScreen)
        await person.app.workers.wait_for_complete()
        await person.settle()
        assert "Specimen" in person.shown()
        assert file_shown(person).endswith("abcdef.pdf")
        await person.press("1")
        assert len(person.app.screen_stack) == 1

    stand(tmp_path, visit, size=WIDE)


def test_a_sheet_that_cannot_be_read_leaves_the_preview_blank(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.parts.printer.print_document(b"no pdf", 1, "broken")
        await person.press("f9")
        await person.app.workers.wait_for_complete()
        await person.settle()
        assert file_shown(person).endswith("broken.pdf")
        await person.press("escape")
        assert len(person.app.screen_stack) == 1

    stand(tmp_path, visit, size=WIDE)


def test_a_page_is_drawn_as_wide_as_asked_and_dark_where_it_is_dark() -> None:
    (page,) = render_pages(PDF, dpi=72)
    lines = draw_page(page, 40).plain.splitlines()
    assert {len(line) for line in lines} == {40}
    assert abs(len(lines) - 28) <= 1
    assert read_words(PDF) == ("Specimen",)
    assert columns_for(28) == 39


def test_the_screen_goes_on_behind_a_preview(tmp_path: Path) -> None:
    async def visit(person: Person) -> None:
        await person.parts.printer.print_document(PDF, 1, "abcdef")
        await person.press("1", "f9")
        await person.pass_time(45)
        person.app.post_event(e.Pressed("certificate"))
        await person.until(Screen.CONSENT)
        await person.press("escape")
        assert person.app.query_one(Panel).view is not None
        assert "ご利用にあたって" in person.shown()

    stand(tmp_path, visit)


def test_a_session_that_a_power_cut_interrupted_is_told_at_the_next_start(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text(
        '{"at": "2026-11-23T03:00:00+00:00", "session": "00112233445566778899aabbccddeeff",'
        ' "step": "printing", "amount": 10, "earned": 0}\n',
        encoding="ascii",
    )

    async def visit(person: Person) -> None:
        await person.until(Screen.ERROR)
        assert person.state.error is not None
        assert person.state.error.code is ErrorCode.OUTCOME_UNKNOWN
        assert "00112233" in person.shown()
        await person.press("1")
        await person.until(Screen.MAIN_MENU)

    async def run() -> None:
        async with Standing(tmp_path, first=Screen.ERROR) as person:
            await visit(person)

    asyncio.run(run())
