"""What each screen says, read without a terminal."""

from dataclasses import replace

import pytest

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow.model import ErrorView, FlowState, Screen
from kiosk.screens.views import view_of
from kiosk.texts import say
from tests.kiosk.screens.fakes import choices, service, town
from tests.kiosk.screens.states import error, screens

LOCALES = list(Locale)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_says_its_number_what_happened_the_money_and_what_to_do(
    code: ErrorCode, locale: Locale
) -> None:
    view = view_of(error(code, locale=locale))
    assert view.title.startswith(code.value)
    names = [name for name, _ in view.rows]
    assert names == [say(locale, f"error.{key}") for key in ("what", "money", "todo")]
    assert all(value for _, value in view.rows)
    assert say(locale, "machine.receipt_number", number="A1B2C3D4") in view.lines


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_has_a_way_on(code: ErrorCode) -> None:
    view = view_of(error(code))
    assert view.right


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("money", list(MoneyState))
def test_every_state_of_the_money_has_its_words(money: MoneyState, locale: Locale) -> None:
    state = replace(error(ErrorCode.NOT_PREPARED, locale=locale), error=None)
    shown = ErrorView(ErrorCode.NOT_PREPARED, money, refund=1250)
    rows = dict(view_of(replace(state, error=shown)).rows)
    value = rows[say(locale, "error.money")]
    assert value
    assert ("1,250" in value) == (money is MoneyState.REFUNDED)


def test_an_unknown_opening_time_is_not_invented() -> None:
    state = error(ErrorCode.OUTSIDE_HOURS)
    shown = ErrorView(ErrorCode.OUTSIDE_HOURS, MoneyState.NONE)
    assert "次は" not in view_of(replace(state, error=shown)).spoken
    assert "11/24 06:30" in view_of(state).spoken


@pytest.mark.parametrize("name", list(screens()))
def test_cancel_stands_at_the_far_left_and_back_beside_it(name: str) -> None:
    left = [button.id for button in view_of(screens()[name]).left]
    if "cancel" in left:
        assert left[0] == "cancel"
    assert left in ([], ["cancel"], ["back"], ["cancel", "back"], ["disagree"], ["spoiled"])


@pytest.mark.parametrize("name", list(screens()))
def test_no_screen_has_two_buttons_with_one_number(name: str) -> None:
    view = view_of(screens()[name])
    keys = [button.key for button in (*view.choices, *view.right) if button.key is not None]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", list(screens()))
def test_at_most_six_big_buttons_ask_for_one_decision(name: str) -> None:
    assert len(view_of(screens()[name]).choices) <= 6


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", list(screens()))
def test_every_screen_can_be_spoken(name: str, locale: Locale) -> None:
    spoken = view_of(replace(screens()[name], locale=locale)).spoken
    assert spoken.strip()
    assert "{" not in spoken


def test_no_screen_speaks_a_pin() -> None:
    view = view_of(replace(screens()["S06"], pin="7391"))
    assert view.pin_digits == 4
    assert not any(digits in repr(view) for digits in ("7391", "739", "91"))


def test_a_long_list_shows_four_at_a_time_and_a_way_to_the_rest() -> None:
    state = replace(screens()["S05"], service=service(*(town(n) for n in range(9))))
    pages = [view_of(replace(state, choices_page=page)) for page in range(3)]
    assert [len(view.choices) for view in pages] == [4, 4, 1]
    assert [button.key for button in pages[1].choices] == [1, 2, 3, 4]
    assert all(view.right[0].id == "page" for view in pages)


def test_a_short_list_has_no_way_to_a_rest() -> None:
    state = replace(screens()["S10"], choices=choices(4))
    assert view_of(state).right == ()


def test_a_closed_municipality_says_so() -> None:
    state = replace(screens()["S05"], service=service(town(open_now=False)))
    (button,) = view_of(state).choices
    assert not button.enabled
    assert button.note == say(Locale.JAPANESE, "S05.closed")


def test_the_order_is_shown_before_its_price_is_known_but_cannot_be_confirmed() -> None:
    view = view_of(replace(screens()["S13"], total=0))
    assert view.working
    assert view.figure is None
    assert not any(button.enabled for button in view.right)


def test_while_money_is_kept_nothing_can_be_pressed() -> None:
    view = view_of(replace(screens()["S15"], keeping=True))
    assert (view.left, view.right, view.choices) == ((), (), ())
    assert view.working


def test_the_remaining_money_is_drawn_large() -> None:
    figure = view_of(replace(screens()["S15"], total=1300, inserted=50)).figure
    assert figure is not None
    assert figure.digits == "1,250"


@pytest.mark.parametrize(
    ("copy", "page", "done"), [(1, 0, 0), (1, 2, 2), (2, 1, 3), (10, 2, 20), (3, 0, 4)]
)
def test_the_bar_counts_pages_of_all_copies(copy: int, page: int, done: int) -> None:
    view = view_of(replace(screens()["S16"], copy=copy, page=page))
    assert view.progress == (done, 20)


def test_the_last_screen_has_its_four_ticks_in_the_order_of_loss() -> None:
    lines = view_of(screens()["S19"]).lines
    keys = [("S19.card", {}), ("S19.certificate", {"count": 10})]
    keys += [("S19.change", {"amount": 400}), ("S19.receipt", {})]
    assert lines == tuple(f"□ {say(Locale.JAPANESE, key, **values)}" for key, values in keys)


def test_leaving_shows_no_step_and_says_where_it_leads() -> None:
    state: FlowState = replace(screens()["S08"], leaving=True)
    view = view_of(state)
    assert view.step is None
    assert view.lead == say(Locale.JAPANESE, "S08.lead_leaving")


def test_steps_only_ever_go_up() -> None:
    order = [s for s in Screen if s not in (Screen.ERROR, Screen.RECEIPT, Screen.END)]
    steps = [view_of(screens()[screen.value]).step for screen in order]
    known = [step for step in steps if step is not None]
    assert known == sorted(known)
    assert {all_steps for _, all_steps in known} == {9}
