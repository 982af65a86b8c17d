"""After a power cut the journal tells the gateway what it knows, and no more."""

from pathlib import Path

import pytest

from gateway.wire.bodies import SessionState
from gateway.wire.codes import ErrorCode
from kiosk.errors import JournalFailedError
from kiosk.journal import Journal, Step
from kiosk.recovery import Recovered, report_unfinished
from tests.kiosk.fakes import FakeClock, Trouble
from tests.kiosk.machine import Machine, build_machine

pytestmark = pytest.mark.anyio


async def recover(machine: Machine) -> tuple[Recovered, ...]:
    """Start the kiosk again: only the journal's file and the gateway are left."""
    journal = Journal(machine.journal_path, FakeClock().now)
    return await report_unfinished(machine.gateway, journal)


async def test_session_that_was_paid_is_voided_and_owed(machine: Machine) -> None:
    await machine.until_paid(copies=2)
    session = machine.gateway.only_session()
    assert await recover(machine) == (Recovered(session.session_id, 20, None),)
    assert session.state is SessionState.VOID
    assert await recover(machine) == ()


async def test_session_whose_documents_lay_ready_is_voided(machine: Machine) -> None:
    await machine.until_fetched()
    (recovered,) = await recover(machine)
    assert (recovered.refund, recovered.code) == (10, None)
    assert machine.gateway.only_session().state is SessionState.VOID


async def test_payment_that_never_arrived_is_aborted_and_nothing_owed(machine: Machine) -> None:
    await machine.until_prepared()
    machine.gateway.troubles["pay"].append(Trouble.LOST)
    with pytest.raises(Exception, match="lost"):
        await machine.driver.pay()
    (recovered,) = await recover(machine)
    assert (recovered.refund, recovered.code) == (0, None)
    assert machine.gateway.only_session().state is SessionState.ABORTED


async def test_copy_in_the_printer_stays_in_doubt(machine: Machine) -> None:
    """Whether it came out nobody knows; a default would be wrong half of the time."""
    await machine.until_fetched()
    session = machine.gateway.only_session()
    machine.journal.note(session.session_id, Step.PRINTING, 10)
    for _ in range(2):
        (recovered,) = await recover(machine)
        assert recovered.code is ErrorCode.OUTCOME_UNKNOWN
    assert session.state is SessionState.RELEASED


async def test_session_with_a_copy_out_is_never_voided(machine: Machine) -> None:
    await machine.until_fetched(copies=2)
    await machine.driver.print_copies(machine.printer)
    (recovered,) = await recover(machine)
    assert recovered.code is ErrorCode.OUTCOME_UNKNOWN
    assert machine.gateway.only_session().state is SessionState.RELEASED


async def test_session_that_ended_at_the_gateway_only_is_closed_here(machine: Machine) -> None:
    await machine.until_fetched()
    session = machine.gateway.only_session()
    await machine.gateway.void(session.session_id, "jam")
    (recovered,) = await recover(machine)
    assert recovered.code is None
    assert await recover(machine) == ()


async def test_session_that_the_gateway_does_not_know_is_closed(machine: Machine) -> None:
    machine.journal.note("f" * 32, Step.PAYING, 10)
    assert await recover(machine) == (Recovered("f" * 32, 0, None),)
    assert machine.journal.unfinished() == ()


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble.LOST, ErrorCode.NOT_PREPARED),
        (Trouble.REFUSED, ErrorCode.OUTCOME_UNKNOWN),
    ],
)
@pytest.mark.parametrize("method", ["session_status", "void"])
async def test_session_that_cannot_be_ended_now_is_tried_at_the_next_start(
    machine: Machine, method: str, trouble: Trouble, code: ErrorCode
) -> None:
    await machine.until_paid()
    machine.gateway.troubles[method].append(trouble)
    (recovered,) = await recover(machine)
    assert recovered.code is code
    assert (await recover(machine))[0].code is None


async def test_journal_that_cannot_be_shortened_says_so(tmp_path: Path) -> None:
    machine = build_machine(tmp_path)
    journal = Journal(tmp_path / "missing" / "journal.jsonl", FakeClock().now)
    with pytest.raises(JournalFailedError):
        await report_unfinished(machine.gateway, journal)
