"""What each screen leads to."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.model import MAX_COPIES, Look, Screen
from kiosk.ports import PrinterFault
from tests.kiosk.flow.walk import Walk
from tests.kiosk.screens.fakes import FEE, choices, service, town


def error_of(walk: Walk) -> tuple[ErrorCode, MoneyState]:
    """Return the error screen that is shown."""
    assert walk.screen is Screen.ERROR
    assert walk.state.error is not None
    return walk.state.error.code, walk.state.error.money


@pytest.mark.parametrize(
    ("at", "button", "following"),
    [
        (Screen.MAIN_MENU, "government", Screen.SERVICES),
        (Screen.SERVICES, "certificate", Screen.HOURS),
        (Screen.SERVICES, "back", Screen.MAIN_MENU),
        (Screen.CONSENT, "agree", Screen.PLACE_CARD),
        (Screen.CONSENT, "disagree", Screen.MAIN_MENU),
        (Screen.PLACE_CARD, "back", Screen.CONSENT),
        (Screen.PLACE_CARD, "cancel", Screen.MAIN_MENU),
        (Screen.MUNICIPALITY, "municipality-990009", Screen.PIN),
        (Screen.MUNICIPALITY, "back", Screen.CONSENT),
        (Screen.MUNICIPALITY, "cancel", Screen.TAKE_CARD),
        (Screen.PIN, "back", Screen.MUNICIPALITY),
        (Screen.PIN, "cancel", Screen.TAKE_CARD),
        (Screen.VERIFYING, "cancel", Screen.TAKE_CARD),
        (Screen.CERTIFICATE, "victim_certificate", Screen.CASE),
        (Screen.CERTIFICATE, "cancel", Screen.MAIN_MENU),
        (Screen.CASE, "case-1", Screen.COPIES),
        (Screen.CASE, "back", Screen.CERTIFICATE),
        (Screen.COPIES, "next", Screen.CONFIRM),
        (Screen.COPIES, "back", Screen.CASE),
        (Screen.CONFIRM, "cancel", Screen.MAIN_MENU),
        (Screen.PREPARING, "cancel", Screen.MAIN_MENU),
        (Screen.PAY, "cancel", Screen.MAIN_MENU),
        (Screen.TAKE_SHEETS, "taken", Screen.RECEIPT),
        (Screen.RECEIPT, "yes", Screen.END),
        (Screen.RECEIPT, "no", Screen.END),
        (Screen.END, "finish", Screen.MAIN_MENU),
    ],
)
def test_a_button_leads_where_it_says(at: Screen, button: str, following: Screen) -> None:
    assert Walk().to(at).press(button).screen is following


@pytest.mark.parametrize("screen", [s for s in Screen if s not in (Screen.ERROR, Screen.PIN_STOP)])
def test_a_button_of_another_screen_changes_nothing(screen: Screen) -> None:
    walk = Walk().to(screen)
    before = walk.state
    assert walk.press("no-such-button").state == before
    assert walk.effects == []


def test_a_card_that_lies_there_already_is_read_at_once() -> None:
    walk = Walk().happen(e.CardPlaced()).to(Screen.PLACE_CARD)
    assert walk.effects == [e.ExamineCard()]
    assert walk.state.examining


def test_the_pin_is_asked_for_only_after_the_card_was_looked_at() -> None:
    walk = Walk().to(Screen.PLACE_CARD).happen(e.CardPlaced())
    assert walk.screen is Screen.PLACE_CARD
    assert walk.happen(e.CardExamined(3)).screen is Screen.MUNICIPALITY


def test_a_card_that_was_lifted_meanwhile_is_not_taken_as_read() -> None:
    walk = Walk().to(Screen.PLACE_CARD).happen(e.CardPlaced(), e.CardLifted(), e.CardExamined(3))
    assert walk.screen is Screen.PLACE_CARD


def test_a_card_with_one_try_left_gets_the_warning_before_the_first_try() -> None:
    walk = Walk().to(Screen.PLACE_CARD).happen(e.CardPlaced(), e.CardExamined(1))
    assert walk.press("municipality-990009").screen is Screen.PIN_STOP


def test_a_closed_service_names_its_next_opening() -> None:
    walk = Walk().to(Screen.HOURS).happen(e.ServiceKnown(service(open_now=False)))
    assert error_of(walk) == (ErrorCode.OUTSIDE_HOURS, MoneyState.NONE)
    assert walk.state.error is not None
    opens = datetime.fromisoformat(walk.state.error.opens)
    assert opens == datetime(2026, 11, 23, 21, 30, tzinfo=UTC)


def test_a_suspended_municipality_cannot_be_chosen() -> None:
    walk = Walk().to(Screen.HOURS).happen(e.ServiceKnown(service(town(open_now=False))))
    walk.press("agree").happen(e.CardPlaced(), e.CardExamined(3))
    assert walk.press("municipality-990009").screen is Screen.MUNICIPALITY


def test_a_long_list_turns_its_pages_round_and_round() -> None:
    many = service(*(town(number) for number in range(9)))
    walk = Walk().to(Screen.HOURS).happen(e.ServiceKnown(many)).press("agree")
    walk.happen(e.CardPlaced(), e.CardExamined(3))
    pages = [walk.press("page").state.choices_page for _ in range(3)]
    assert pages == [1, 2, 0]


def test_the_list_of_cases_turns_its_pages() -> None:
    walk = Walk().to(Screen.VERIFYING).happen(e.Proved(choices(5)), e.CardLifted())
    assert walk.press("victim_certificate", "page").state.choices_page == 1


@pytest.mark.parametrize("digit", ["", "12", "a", "１", "-"])
def test_only_single_plain_digits_are_part_of_a_pin(digit: str) -> None:
    assert Walk().to(Screen.PIN).happen(e.Digit(digit)).state.pin == ""


def test_a_pin_has_four_digits_and_no_more() -> None:
    walk = Walk().to(Screen.PIN).happen(*(e.Digit("7") for _ in range(6)))
    assert walk.state.pin == "7777"


def test_a_short_pin_is_not_tried() -> None:
    assert Walk().to(Screen.PIN).enter_pin("123").screen is Screen.PIN


def test_erase_takes_the_last_digit_back() -> None:
    walk = Walk().to(Screen.PIN).happen(e.Digit("1"), e.Digit("2")).press("erase")
    assert walk.state.pin == "1"


def test_the_pin_is_handed_over_once_and_forgotten() -> None:
    walk = Walk().to(Screen.PIN).enter_pin("4321")
    (effect,) = walk.effects
    assert isinstance(effect, e.Prove)
    assert effect.pin == "4321"
    assert walk.state.pin == ""


def test_no_repr_shows_a_pin() -> None:
    walk = Walk().to(Screen.PIN).happen(*(e.Digit(digit) for digit in "9753"))
    shown = repr(walk.state)
    shown += repr(walk.press("confirm").effects)
    assert "9753" not in shown
    assert "pin=" not in shown
    assert "9" not in repr(e.Digit("9"))


def test_a_wrong_pin_tells_the_tries_left_and_lets_her_try_again() -> None:
    walk = Walk().to(Screen.VERIFYING).happen(e.Failed(ErrorCode.PIN_WRONG, tries_left=2))
    assert error_of(walk)[0] is ErrorCode.PIN_WRONG
    assert walk.effects == []
    assert walk.press("retry").screen is Screen.PIN
    assert walk.state.tries_left == 2


def test_after_the_second_wrong_pin_a_stop_screen_comes_first() -> None:
    walk = Walk().to(Screen.VERIFYING).happen(e.Failed(ErrorCode.PIN_WRONG, tries_left=1))
    assert walk.press("retry").screen is Screen.PIN_STOP
    assert walk.press("continue").screen is Screen.PIN


def test_retrying_without_the_card_begins_again() -> None:
    walk = Walk().to(Screen.VERIFYING).happen(e.Failed(ErrorCode.PIN_WRONG, tries_left=2))
    assert walk.happen(e.CardLifted()).press("retry").screen is Screen.SERVICES


@pytest.mark.parametrize("screen", [Screen.MUNICIPALITY, Screen.PIN])
def test_lifting_the_card_too_early_is_told(screen: Screen) -> None:
    walk = Walk().to(screen).happen(e.CardLifted())
    assert error_of(walk)[0] is ErrorCode.CARD_REMOVED
    assert walk.effects == [e.EndSession("failed")]


@pytest.mark.parametrize("screen", [Screen.PLACE_CARD, Screen.MUNICIPALITY, Screen.PIN])
def test_a_reader_that_is_lost_while_the_card_is_needed_is_told(screen: Screen) -> None:
    walk = Walk().to(screen).happen(e.ReaderLost())
    assert walk.state.error is not None
    assert walk.state.error.code is ErrorCode.READER_OUT_OF_ORDER
    assert (walk.state.card_present, walk.state.pin) == (False, "")


def test_a_reader_that_is_lost_does_not_keep_anybody_waiting_for_her_card() -> None:
    walk = Walk().to(Screen.TAKE_CARD).happen(e.ReaderLost())
    assert walk.screen is Screen.CERTIFICATE


@pytest.mark.parametrize("screen", [Screen.MAIN_MENU, Screen.CONSENT, Screen.COPIES, Screen.PAY])
def test_a_reader_that_nobody_needs_may_be_lost(screen: Screen) -> None:
    walk = Walk().to(screen)
    before = walk.state
    assert walk.happen(e.ReaderLost()).state == replace(before, card_present=False)


def test_the_card_must_be_taken_before_anything_is_chosen() -> None:
    walk = Walk().to(Screen.VERIFYING).happen(e.Proved(choices()))
    assert walk.screen is Screen.TAKE_CARD
    assert walk.press("next", "cancel2", "victim_certificate").screen is Screen.TAKE_CARD
    assert walk.happen(e.CardLifted()).screen is Screen.CERTIFICATE


def test_whoever_leaves_is_asked_to_take_the_card_first() -> None:
    walk = Walk(Look(large=True)).to(Screen.PIN).press("language", "cancel")
    assert walk.screen is Screen.TAKE_CARD
    assert walk.state.leaving
    assert walk.effects == [e.EndSession("cancelled"), e.Wipe()]
    assert walk.state.locale is Locale.ENGLISH
    assert walk.happen(e.CardLifted()).screen is Screen.MAIN_MENU
    assert (walk.state.locale, walk.state.large) == (Locale.JAPANESE, True)


def test_a_receipt_tells_what_was_paid_and_only_when_it_is_wanted() -> None:
    walk = Walk().to(Screen.PAY).happen(e.MoneyIn(50), e.Paid(40), e.PrintingDone(1))
    walk.press("taken")
    assert walk.press("yes").effects == [e.PrintReceipt(Locale.JAPANESE, 1, FEE, 40)]
    assert Walk().to(Screen.RECEIPT).press("no").effects == []


def test_whoever_has_nothing_to_get_is_told() -> None:
    walk = Walk().to(Screen.VERIFYING).happen(e.Proved(()))
    assert error_of(walk) == (ErrorCode.NOT_OFFERED, MoneyState.NONE)
    assert walk.effects == [e.EndSession("failed")]


def test_nothing_of_the_resident_is_left_after_her() -> None:
    first = Walk()
    walk = Walk().to(Screen.END).press("finish")
    assert walk.state == first.state
    assert e.Wipe() in walk.effects


def test_copies_stay_between_one_and_the_most() -> None:
    walk = Walk().to(Screen.COPIES).press("less")
    assert walk.state.copies == 1
    assert walk.press(*["more"] * 15).state.copies == MAX_COPIES


def test_the_order_is_confirmed_only_with_its_price() -> None:
    walk = Walk().to(Screen.COPIES).press("next")
    assert walk.effects == [e.AskQuote("entry-0", 1)]
    assert walk.press("confirm").screen is Screen.CONFIRM
    assert walk.press("back").screen is Screen.CONFIRM, "one question at a time"
    assert walk.happen(e.Quoted(FEE, FEE, 1)).press("confirm").effects == [e.Prepare()]


def test_going_back_asks_for_the_price_again() -> None:
    walk = Walk().to(Screen.CONFIRM).happen(e.Quoted(FEE, FEE, 1)).press("back", "more", "next")
    assert walk.effects == [e.AskQuote("entry-0", 2)]
    assert walk.state.total == 0


def test_enough_money_is_kept_at_once() -> None:
    walk = Walk().to(Screen.PAY).happen(e.MoneyIn(FEE))
    assert walk.effects == [e.KeepMoney(FEE)]
    assert walk.state.keeping


def test_money_that_came_early_counts() -> None:
    walk = Walk().to(Screen.PREPARING).happen(e.MoneyIn(100), e.Prepared())
    assert walk.effects == [e.KeepMoney(FEE)]


def test_too_little_money_gives_the_time_again() -> None:
    walk = Walk().to(Screen.PAY).wait(100).happen(e.MoneyIn(FEE - 1)).wait(100)
    assert walk.screen is Screen.PAY


def test_nothing_can_be_cancelled_while_money_is_kept() -> None:
    walk = Walk().to(Screen.PAY).happen(e.MoneyIn(FEE)).press("cancel")
    assert walk.screen is Screen.PAY
    assert walk.wait(1000).screen is Screen.PAY


def test_nothing_can_be_cancelled_after_payment() -> None:
    assert Walk().to(Screen.PRINTING).press("cancel").screen is Screen.PRINTING


def test_paper_comes_after_money() -> None:
    walk = Walk().to(Screen.PAY).happen(e.MoneyIn(50), e.Paid(40))
    assert walk.screen is Screen.PRINTING
    assert walk.effects == [e.Print()]
    assert walk.state.change == 40


def test_progress_shows_page_and_copy() -> None:
    walk = Walk().to(Screen.PRINTING).happen(e.PageOut(2, 3))
    assert (walk.state.page, walk.state.copy) == (2, 3)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (PrinterFault.JAM, ErrorCode.PAPER_JAM),
        (PrinterFault.SUPPLIES_OUT, ErrorCode.SUPPLIES_OUT),
        (PrinterFault.SPOILED, ErrorCode.SPOILED),
    ],
)
def test_a_fault_of_the_printer_keeps_the_money_and_waits(
    fault: PrinterFault, code: ErrorCode
) -> None:
    walk = Walk().to(Screen.PRINTING).happen(e.PrintingStopped(fault, 1))
    assert error_of(walk) == (code, MoneyState.HELD)
    assert walk.wait(10_000).screen is Screen.ERROR


@pytest.mark.parametrize("fault", [PrinterFault.JAM, PrinterFault.SUPPLIES_OUT])
def test_printing_goes_on_where_it_stopped(fault: PrinterFault) -> None:
    walk = Walk().to(Screen.PRINTING).happen(e.PrintingStopped(fault, 0)).press("resume")
    assert walk.screen is Screen.PRINTING
    assert walk.effects == [e.Print()]


def test_a_jam_that_nobody_clears_ends_in_a_refund() -> None:
    walk = Walk().to(Screen.PRINTING).happen(e.PrintingStopped(PrinterFault.JAM, 0))
    assert walk.press("refund").effects == [e.Complete()]
    assert error_of(walk.happen(e.Completed(0, FEE))) == (
        ErrorCode.NOT_RECOVERABLE,
        MoneyState.REFUNDED,
    )


def test_nothing_printed_is_reported_without_asking_anybody() -> None:
    walk = Walk().to(Screen.PRINTING).happen(e.PrintingDone(0))
    assert walk.effects == [e.Complete()]
    assert error_of(walk.happen(e.Completed(0, FEE)))[0] is ErrorCode.NOT_RECOVERABLE


def test_an_unreadable_sheet_is_printed_again_once() -> None:
    walk = Walk().to(Screen.TAKE_SHEETS).press("spoiled")
    assert error_of(walk) == (ErrorCode.SPOILED, MoneyState.HELD)
    assert walk.press("reprint").effects == [e.Reprint()]
    assert walk.happen(e.PrintingDone(1)).press("spoiled").screen is Screen.TAKE_SHEETS


def test_a_mistaken_complaint_can_be_taken_back() -> None:
    walk = Walk().to(Screen.TAKE_SHEETS).press("spoiled", "back")
    assert walk.screen is Screen.TAKE_SHEETS
    assert not walk.state.reprinted


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_has_its_screen_and_an_end(code: ErrorCode) -> None:
    walk = Walk().to_error(code)
    assert error_of(walk)[0] is code
    assert walk.press("finish").screen is Screen.TAKE_CARD
    assert walk.happen(e.CardLifted()).screen is Screen.MAIN_MENU


def test_coins_go_back_with_every_error_before_payment() -> None:
    walk = Walk().to(Screen.PREPARING).happen(e.MoneyIn(50))
    walk.happen(e.Failed(ErrorCode.RECORD_CHANGED))
    assert error_of(walk) == (ErrorCode.RECORD_CHANGED, MoneyState.RETURNED)
    assert walk.effects == [e.EndSession("failed")]
    assert walk.state.inserted == 0, "what went back does not count at the next payment"


def test_after_payment_an_error_never_ends_the_session_as_unpaid() -> None:
    walk = Walk().to(Screen.PRINTING)
    walk.happen(e.Failed(ErrorCode.BINDING_MISMATCH, MoneyState.RETURNED))
    assert walk.effects == []
    assert walk.press("finish").effects == [e.Wipe()]


def test_a_failure_that_comes_too_late_is_not_shown_to_the_next_resident() -> None:
    assert Walk().happen(e.Failed(ErrorCode.NOT_PREPARED)).screen is Screen.MAIN_MENU


def test_what_a_power_cut_left_is_told_on_the_menu() -> None:
    walk = Walk().happen(e.Failed(ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN))
    assert error_of(walk) == (ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN)


def test_a_completion_that_comes_too_late_shows_nothing_to_the_next_resident() -> None:
    assert Walk().happen(e.Completed(0, FEE)).screen is Screen.MAIN_MENU


def test_beginning_again_keeps_language_and_sizes() -> None:
    walk = Walk().press("language", "large", "contrast").to_error(ErrorCode.NOT_PREPARED)
    state = walk.press("retry").state
    assert (state.locale, state.large, state.contrast) == (Locale.ENGLISH, True, True)
    assert state.screen is Screen.SERVICES


@pytest.mark.parametrize("screen", [s for s in Screen if s not in (Screen.ERROR, Screen.PIN_STOP)])
def test_language_and_sizes_can_be_changed_on_every_screen(screen: Screen) -> None:
    walk = Walk().to(screen)
    entered = walk.state.entered_at
    state = walk.press("language", "large", "contrast").state
    assert (state.locale, state.large, state.contrast) == (Locale.ENGLISH, True, True)
    assert (state.screen, state.entered_at) == (screen, entered)
