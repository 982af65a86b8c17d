"""Coins are kept only for a session that was paid, and come back for what is not out."""

import pytest

from gateway.wire.bodies import SessionState
from gateway.wire.codes import MoneyState
from kiosk.errors import (
    GatewayRefusalError,
    GatewayUnreachableError,
    KioskError,
    NotPaidError,
    StepOrderError,
)
from kiosk.till import cash_up, take_payment
from tests.kiosk.fakes import Trouble
from tests.kiosk.machine import Machine

pytestmark = pytest.mark.anyio


async def test_price_is_kept_and_the_rest_comes_back(machine: Machine) -> None:
    await machine.until_prepared(copies=2)
    machine.coins.insert(100)
    assert await take_payment(machine.driver, machine.coins) == 80
    assert (machine.coins.kept, machine.gateway.only_session().paid) == (20, 20)


async def test_too_little_money_is_not_told_to_the_gateway(machine: Machine) -> None:
    await machine.until_prepared(copies=2)
    machine.coins.insert(10)
    with pytest.raises(NotPaidError):
        await take_payment(machine.driver, machine.coins)
    assert "pay" not in machine.gateway.calls


async def test_nothing_is_kept_before_there_is_a_price(machine: Machine) -> None:
    machine.coins.insert(10)
    with pytest.raises(StepOrderError):
        await take_payment(machine.driver, machine.coins)
    assert machine.coins.inserted_yen() == 10


@pytest.mark.parametrize("trouble", Trouble)
async def test_payment_that_fails_keeps_nothing_and_ends_the_session(
    machine: Machine, trouble: Trouble
) -> None:
    await machine.until_prepared()
    machine.coins.insert(50)
    machine.gateway.troubles["pay"].append(trouble)
    with pytest.raises((GatewayRefusalError, GatewayUnreachableError)):
        await take_payment(machine.driver, machine.coins)

    cashed_up = await cash_up(machine.driver, machine.coins, "failed")

    assert (cashed_up.coins_returned, cashed_up.money) == (50, MoneyState.RETURNED)
    assert (machine.coins.kept, machine.coins.paid_out) == (0, 50)
    state = machine.gateway.only_session().state
    assert state is (SessionState.VOID if trouble is Trouble.UNANSWERED else SessionState.ABORTED)
    assert machine.journal.unfinished() == ()


async def test_leaving_without_a_coin_changes_nothing(machine: Machine) -> None:
    cashed_up = await cash_up(machine.driver, machine.coins, "left")
    assert (cashed_up.money, machine.gateway.calls) == (MoneyState.NONE, [])


async def test_order_that_never_prints_is_paid_back_once(machine: Machine) -> None:
    await machine.until_fetched(copies=2)
    first = await cash_up(machine.driver, machine.coins, "gone")
    second = await cash_up(machine.driver, machine.coins, "gone")
    assert (first.money, second.settlement) == (MoneyState.REFUNDED, first.settlement)
    assert (machine.coins.kept, machine.coins.paid_out) == (0, 20)


async def test_order_that_went_well_is_not_paid_back(machine: Machine) -> None:
    await machine.until_fetched(copies=2)
    await machine.driver.print_copies(machine.printer)
    await machine.driver.complete()
    cashed_up = await cash_up(machine.driver, machine.coins, "finished")
    assert (cashed_up.money, cashed_up.settlement.earned) == (MoneyState.NONE, 20)
    assert (machine.coins.kept, machine.coins.paid_out) == (20, 0)


async def test_coins_come_back_although_the_gateway_is_gone(machine: Machine) -> None:
    await machine.until_fetched()
    machine.gateway.troubles["void"].append(Trouble.LOST)
    cashed_up = await cash_up(machine.driver, machine.coins, "gone")
    assert not cashed_up.settlement.is_recorded
    assert (machine.coins.kept, machine.coins.paid_out) == (0, 10)
    assert [one.amount for one in machine.journal.unfinished()] == [10]


async def test_cashing_up_raises_nothing_of_the_kiosk(machine: Machine) -> None:
    await machine.until_proved()
    machine.gateway.troubles["abort"].append(Trouble.REFUSED)
    try:
        await cash_up(machine.driver, machine.coins, "left")
    except KioskError:
        pytest.fail("the end must not fail")
