"""How long each screen waits, and what happens then."""

import pytest

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow import events as e
from kiosk.flow.model import Screen
from kiosk.flow.timeouts import seconds_left
from tests.kiosk.flow.walk import Walk
from tests.kiosk.screens.fakes import FEE

TABLE = [
    (Screen.SERVICES, 60, Screen.MAIN_MENU),
    (Screen.HOURS, 30, Screen.ERROR),
    (Screen.CONSENT, 60, Screen.MAIN_MENU),
    (Screen.PLACE_CARD, 60, Screen.MAIN_MENU),
    (Screen.MUNICIPALITY, 60, Screen.TAKE_CARD),
    (Screen.PIN, 60, Screen.TAKE_CARD),
    (Screen.VERIFYING, 30, Screen.ERROR),
    (Screen.CERTIFICATE, 60, Screen.MAIN_MENU),
    (Screen.CASE, 60, Screen.MAIN_MENU),
    (Screen.COPIES, 60, Screen.MAIN_MENU),
    (Screen.CONFIRM, 60, Screen.ERROR),
    (Screen.PREPARING, 60, Screen.ERROR),
    (Screen.PAY, 120, Screen.ERROR),
    (Screen.RECEIPT, 30, Screen.END),
    (Screen.END, 30, Screen.MAIN_MENU),
]
WORKING = (Screen.HOURS, Screen.VERIFYING, Screen.CONFIRM, Screen.PREPARING)
"""CONFIRM as long as it has no price yet."""
ASKING = [row for row in TABLE if row[0] not in WORKING]


@pytest.mark.parametrize(("screen", "seconds", "following"), TABLE)
def test_a_screen_gives_up_at_its_limit_and_not_before(
    screen: Screen, seconds: int, following: Screen
) -> None:
    walk = Walk().to(screen)
    assert walk.wait(seconds - 0.5).screen is screen
    assert walk.wait(0.5).screen is following


@pytest.mark.parametrize(("screen", "seconds", "_following"), ASKING)
def test_a_warning_comes_twenty_seconds_before(
    screen: Screen, seconds: int, _following: Screen
) -> None:
    walk = Walk().to(screen)
    assert seconds_left(walk.wait(seconds - 21).state, walk.now) is None
    assert seconds_left(walk.wait(1).state, walk.now) == 20


@pytest.mark.parametrize(("screen", "seconds", "_following"), ASKING)
def test_one_touch_gives_the_whole_time_again(
    screen: Screen, seconds: int, _following: Screen
) -> None:
    walk = Walk().to(screen).wait(seconds - 5).press("extend")
    assert walk.wait(seconds - 1).screen is screen


@pytest.mark.parametrize(("screen", "seconds", "_following"), ASKING)
def test_large_text_doubles_the_time(screen: Screen, seconds: int, _following: Screen) -> None:
    walk = Walk().to(screen).press("large")
    assert walk.wait(2 * seconds - 1).screen is screen
    assert walk.wait(1).screen is not screen


@pytest.mark.parametrize("screen", WORKING)
def test_what_the_machine_does_itself_cannot_be_extended(screen: Screen) -> None:
    walk = Walk().to(screen).wait(20).press("extend", "large")
    assert seconds_left(walk.state, walk.now) is None
    assert walk.wait(60).screen is Screen.ERROR


def test_an_order_with_its_price_waits_for_the_resident() -> None:
    walk = Walk().to(Screen.CONFIRM).happen(e.Quoted(FEE, FEE, 1)).wait(45)
    assert seconds_left(walk.state, walk.now) == 15
    assert walk.press("extend").wait(59).screen is Screen.CONFIRM
    assert walk.wait(1).screen is Screen.MAIN_MENU


def test_the_menu_waits_for_ever() -> None:
    assert Walk().wait(1_000_000).screen is Screen.MAIN_MENU


@pytest.mark.parametrize("screen", [Screen.TAKE_CARD, Screen.TAKE_SHEETS])
def test_forgotten_things_are_called_for_every_fifteen_seconds(screen: Screen) -> None:
    walk = Walk().to(screen)
    assert walk.wait(14).effects == []
    assert walk.wait(1).effects == [e.Remind()]
    assert walk.wait(1).effects == []
    assert walk.wait(14).effects == [e.Remind()]
    assert walk.state.reminded == 2
    assert walk.wait(100_000).screen is screen


def test_unpaid_time_returns_the_coins() -> None:
    walk = Walk().to(Screen.PAY).happen(e.MoneyIn(5)).wait(120)
    assert walk.state.error is not None
    assert walk.state.error.code is ErrorCode.NOT_PAID
    assert walk.state.error.money is MoneyState.RETURNED
    assert walk.effects == [e.EndSession("failed")]


def test_nothing_put_in_is_nothing_returned() -> None:
    walk = Walk().to(Screen.PAY).wait(120)
    assert walk.state.error is not None
    assert walk.state.error.money is MoneyState.NONE


def test_whoever_goes_away_ends_the_session() -> None:
    walk = Walk().to(Screen.COPIES).wait(60)
    assert walk.effects == [e.EndSession("timed-out"), e.Wipe()]


def test_an_error_screen_does_not_stay_for_ever_before_payment() -> None:
    walk = Walk().to_error(ErrorCode.CERTIFICATE_EXPIRED).wait(90)
    assert walk.screen is Screen.TAKE_CARD
