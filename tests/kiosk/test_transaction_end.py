"""One defined end from every moment of a session, and what is told of the money."""

from typing import Any

import pytest

from gateway.wire.bodies import Receipt, SessionState
from gateway.wire.codes import MoneyState
from issuance.wire.bodies import SheetOutcome
from kiosk.errors import IntegrityError, JournalFailedError, StepOrderError
from tests.kiosk.fakes import FEE
from tests.kiosk.machine import Machine

pytestmark = pytest.mark.anyio
S = SessionState


async def test_completing_waits_for_every_copy(machine: Machine) -> None:
    await machine.until_fetched()
    with pytest.raises(StepOrderError):
        await machine.driver.complete()
    machine.driver.give_up_rest()
    assert (await machine.driver.complete()).refund == FEE
    assert machine.driver.collect_refund() == FEE
    assert machine.driver.collect_refund() == 0


@pytest.mark.parametrize("changed", [{"session_id": "0" * 32}, {"total": 0}, {"refund": 5}])
async def test_receipt_for_something_else_is_refused_and_stays_open_here(
    machine: Machine, changed: dict[str, Any]
) -> None:
    await machine.until_fetched()
    await machine.driver.print_copies(machine.printer)

    def change(receipt: Receipt) -> Receipt:
        return receipt.model_copy(update=changed)

    machine.gateway.tamper["complete"] = change
    with pytest.raises(IntegrityError):
        await machine.driver.complete()
    settlement = await machine.driver.settle("integrity")
    assert (settlement.earned, settlement.refund, settlement.is_recorded) == (FEE, 0, False)
    assert [one.earned for one in machine.journal.unfinished()] == [FEE]


@pytest.mark.parametrize(
    ("reach", "state"),
    [
        ("until_proved", S.ABORTED),
        ("until_quoted", S.ABORTED),
        ("until_prepared", S.ABORTED),
        ("until_paid", S.VOID),
        ("until_fetched", S.VOID),
    ],
)
async def test_session_ends_from_wherever_it_stands(
    machine: Machine, reach: str, state: SessionState
) -> None:
    await getattr(machine, reach)()
    settlement = await machine.driver.settle("left")
    session = machine.gateway.only_session()
    assert (session.state, settlement.refund) == (state, session.paid)
    assert await machine.driver.settle("again") == settlement
    assert machine.journal.unfinished() == ()


async def test_copies_that_are_out_are_completed_and_the_rest_goes_back(machine: Machine) -> None:
    await machine.until_fetched(copies=3)
    machine.printer.paper_left = 2
    await machine.driver.print_copies(machine.printer)
    settlement = await machine.driver.settle("gone")
    assert (settlement.printed, settlement.earned, settlement.refund) == (2, 20, 10)
    assert settlement.receipt is not None
    outcomes = list(machine.gateway.only_session().outcomes.values())
    assert outcomes.count(SheetOutcome.PRINTED) == 2


async def test_abort_is_for_sessions_that_were_not_paid(machine: Machine) -> None:
    await machine.until_quoted()
    await machine.driver.abort("left")
    assert machine.gateway.only_session().state is S.ABORTED


async def test_paid_session_cannot_be_aborted(machine: Machine) -> None:
    await machine.until_paid()
    with pytest.raises(StepOrderError):
        await machine.driver.abort("left")
    assert await machine.driver.void("left") == FEE
    assert machine.driver.money is MoneyState.REFUNDED


async def test_money_is_told_at_every_moment(machine: Machine) -> None:
    told = [machine.driver.money]
    await machine.until_fetched()
    told.append(machine.driver.money)
    await machine.driver.print_copies(machine.printer)
    await machine.driver.complete()
    told.append(machine.driver.money)
    assert told == [MoneyState.NONE, MoneyState.HELD, MoneyState.NONE]


async def test_no_money_is_taken_without_a_journal(machine: Machine) -> None:
    await machine.until_prepared()
    machine.journal_path.mkdir()
    with pytest.raises(JournalFailedError):
        await machine.driver.pay()
    assert "pay" not in machine.gateway.calls
    assert (await machine.driver.settle("failed")).refund == 0


async def test_nothing_prints_without_a_journal(machine: Machine) -> None:
    await machine.until_fetched()
    machine.journal_path.unlink()
    machine.journal_path.mkdir()
    with pytest.raises(JournalFailedError):
        await machine.driver.print_copies(machine.printer)
    assert machine.printer.output_tray() == ()
    assert (await machine.driver.settle("failed")).refund == FEE
