"""Steps in order, answers compared, one defined end from every moment."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.wire.bodies import Catalogue, Locale, Prepared, PrintOutcome, SessionState
from gateway.wire.codes import MoneyState
from kiosk.errors import (
    DocumentRefusedError,
    GatewayRefusalError,
    GatewayUnreachableError,
    IntegrityError,
    KioskError,
    PinWrongError,
    StepOrderError,
)
from kiosk.journal import Step
from kiosk.ports import PrinterFault
from kiosk.transaction import SessionDriver
from tests.kiosk.core_work import manifest_of, seal_document
from tests.kiosk.documents import certificate, document
from tests.kiosk.fake_card import FakeChannel, FakeReader
from tests.kiosk.fakes import FEE, Trouble
from tests.kiosk.machine import KIOSK_ID, Machine

pytestmark = pytest.mark.anyio
S = SessionState


async def test_whole_visit_posts_one_fee_a_copy(machine: Machine) -> None:
    await machine.until_fetched(copies=2)
    progress = await machine.driver.print_copies(machine.printer)
    receipt = await machine.driver.complete()

    assert (progress.printed, receipt.sheets, receipt.total, receipt.refund) == (2, 2, 20, 0)
    session = machine.gateway.only_session()
    assert (session.state, machine.gateway.fees_posted(session.session_id)) == (S.ISSUED, 20)
    assert [report.outcome for report in session.reports] == [PrintOutcome.PRINTED] * 2
    contents = {machine.printer.path_of(n).read_bytes() for n in machine.printer.output_tray()}
    assert contents == {certificate(d.certificate_number) for d in session.documents}
    assert machine.journal.unfinished() == ()


async def test_choices_are_read_by_this_kiosk_only(machine: Machine) -> None:
    await machine.driver.open(Locale.ENGLISH)
    (choice,) = await machine.driver.prove(machine.reader, machine.gateway.municipality, "1234")
    assert (choice.details.damage_class, choice.unit_fee) == ("半壊", FEE)


async def test_session_is_opened_once(machine: Machine) -> None:
    await machine.driver.open(Locale.JAPANESE)
    await machine.driver.open(Locale.JAPANESE)
    assert machine.gateway.calls == ["open_session"]
    assert machine.driver.reference == machine.gateway.only_session().session_id[:8].upper()


async def test_every_try_to_open_has_a_key_of_its_own(machine: Machine) -> None:
    machine.gateway.troubles["open_session"].append(Trouble.UNANSWERED)
    with pytest.raises(GatewayUnreachableError):
        await machine.driver.open(Locale.JAPANESE)
    await machine.driver.open(Locale.JAPANESE)
    assert len({session.session_key for session in machine.gateway.sessions.values()}) == 2


async def test_wrong_pin_leaves_the_session_open_for_another_try(machine: Machine) -> None:
    await machine.driver.open(Locale.JAPANESE)
    with pytest.raises(PinWrongError):
        await machine.driver.prove(machine.reader, machine.gateway.municipality, "9999")
    assert machine.gateway.calls == ["open_session"]
    assert await machine.driver.prove(machine.reader, machine.gateway.municipality, "1234")


async def test_card_signs_for_this_session_and_kiosk_only(machine: Machine) -> None:
    signed = []
    for _ in range(2):
        channel = FakeChannel()
        driver = SessionDriver(machine.gateway, kiosk_id=KIOSK_ID, journal=machine.journal)
        await driver.open(Locale.JAPANESE)
        await driver.prove(FakeReader(channel), machine.gateway.municipality, "1234")
        signed.append(channel.sent[-1])
    assert signed[0] != signed[1]


async def test_wish_may_change_until_the_documents_are_made(machine: Machine) -> None:
    await machine.until_quoted(copies=1)
    await machine.driver.quote("entry-1", 3)
    await machine.driver.prepare()
    assert machine.driver.quote_now.total == 30
    with pytest.raises(StepOrderError):
        await machine.driver.quote("entry-1", 1)
    assert machine.driver.quote_now.total == 30


async def test_refused_quote_leaves_no_earlier_price_behind(machine: Machine) -> None:
    await machine.until_quoted()
    machine.gateway.troubles["quote"].append(Trouble.REFUSED)
    with pytest.raises(GatewayRefusalError):
        await machine.driver.quote("entry-1", 2)
    with pytest.raises(StepOrderError):
        await machine.driver.prepare()


STEPS: dict[str, Callable[[Machine], Awaitable[object]]] = {
    "prove": lambda m: m.driver.prove(m.reader, m.gateway.municipality, "1234"),
    "quote": lambda m: m.driver.quote("entry-1", 1),
    "prepare": lambda m: m.driver.prepare(),
    "pay": lambda m: m.driver.pay(),
    "fetch": lambda m: m.driver.fetch(),
    "print": lambda m: m.driver.print_copies(m.printer),
    "spoil": lambda m: m.driver.spoil_all(),
    "complete": lambda m: m.driver.complete(),
}
BEFORE: dict[str, Callable[[Machine], Awaitable[object]]] = {
    "prove": lambda m: m.driver.settle("nothing"),
    "quote": lambda m: m.driver.open(Locale.JAPANESE),
    "prepare": lambda m: m.until_proved(),
    "pay": lambda m: m.until_quoted(),
    "fetch": lambda m: m.until_prepared(),
    "print": lambda m: m.until_paid(),
    "spoil": lambda m: m.until_paid(),
    "complete": lambda m: m.until_paid(),
}


@pytest.mark.parametrize("step", STEPS)
async def test_step_without_the_one_before_it_is_refused(machine: Machine, step: str) -> None:
    await BEFORE[step](machine)
    with pytest.raises(StepOrderError):
        await STEPS[step](machine)


@pytest.mark.parametrize("step", ["open", *STEPS])
async def test_nothing_follows_the_end(machine: Machine, step: str) -> None:
    await machine.until_fetched()
    await machine.driver.settle("left")
    calls = list(machine.gateway.calls)
    steps = {"open": lambda m: m.driver.open(Locale.JAPANESE), **STEPS}
    with pytest.raises(StepOrderError):
        await steps[step](machine)
    assert machine.gateway.calls == calls


async def test_holder_is_proved_once(machine: Machine) -> None:
    await machine.until_proved()
    with pytest.raises(StepOrderError):
        await STEPS["prove"](machine)


async def test_entry_that_was_not_offered_cannot_be_ordered(machine: Machine) -> None:
    await machine.until_proved()
    with pytest.raises(StepOrderError):
        await machine.driver.quote("entry-9", 1)


async def test_giving_up_needs_something_to_give_up(machine: Machine) -> None:
    with pytest.raises(StepOrderError):
        machine.driver.give_up_rest()


def other_bind(catalogue: Catalogue) -> Catalogue:
    return catalogue.model_copy(update={"bind": bytes(32)})


@pytest.mark.parametrize(
    ("method", "change", "reach", "step"),
    [
        ("prove", other_bind, "open", "prove"),
        ("quote", lambda q: q.model_copy(update={"total": 9}), "until_proved", "quote"),
        ("prepare", lambda p: p.model_copy(update={"total": 9}), "until_quoted", "prepare"),
        ("pay", lambda s: s.model_copy(update={"session_id": "0" * 32}), "until_prepared", "pay"),
        ("pay", lambda s: s.model_copy(update={"state": S.READY}), "until_prepared", "pay"),
        ("release", lambda r: r.model_copy(update={"sealed_documents": ()}), "until_paid", "fetch"),
    ],
)
async def test_answer_that_is_not_the_one_asked_for_is_refused(
    machine: Machine, method: str, change: Callable[[Any], Any], reach: str, step: str
) -> None:
    if reach == "open":
        await machine.driver.open(Locale.JAPANESE)
    else:
        await getattr(machine, reach)()
    machine.gateway.tamper[method] = change
    with pytest.raises(IntegrityError):
        await STEPS[step](machine)
    settlement = await machine.driver.settle("integrity")
    assert settlement.earned == 0
    assert machine.printer.output_tray() == ()


async def test_manifest_of_another_session_is_refused(machine: Machine) -> None:
    await machine.until_quoted()
    session = machine.gateway.only_session()

    def change(prepared: Prepared) -> Prepared:
        other = manifest_of(session).model_copy(update={"session_id": "0" * 32})
        return prepared.model_copy(update={"signed_manifest": machine.gateway.sign(other)})

    machine.gateway.tamper["prepare"] = change
    with pytest.raises(IntegrityError, match="session"):
        await machine.driver.prepare()


async def test_document_of_another_session_never_prints(machine: Machine) -> None:
    """The incident this protocol was made for: another resident's document is handed over."""
    await machine.until_paid()
    driver = SessionDriver(machine.gateway, kiosk_id=KIOSK_ID, journal=machine.journal)
    other = Machine(
        machine.gateway,
        machine.reader,
        machine.coins,
        machine.printer,
        machine.journal,
        machine.journal_path,
        driver,
    )
    await other.until_paid()
    _, theirs = machine.gateway.sessions.values()
    machine.gateway.tamper["release"] = lambda released: released.model_copy(
        update={"sealed_documents": theirs.sealed}
    )
    with pytest.raises(DocumentRefusedError):
        await machine.driver.fetch()
    assert not machine.driver.is_fetched
    assert (await machine.driver.settle("integrity")).refund == FEE


async def test_document_whose_code_names_another_number_never_prints(machine: Machine) -> None:
    """The core signed and sealed it rightly; only looking at the page finds it out."""
    await machine.until_quoted()
    session = machine.gateway.only_session()
    number = "990019-2026-0000001-11"

    def change(prepared: Prepared) -> Prepared:
        entry, sealed = seal_document(session, number, document("RS1:OTHER"), 1)
        session.documents, session.sealed = (entry,), (sealed,)
        made = machine.gateway.sign(manifest_of(session))
        return prepared.model_copy(update={"signed_manifest": made})

    machine.gateway.tamper["prepare"] = change
    await machine.driver.prepare()
    await machine.driver.pay()
    with pytest.raises(DocumentRefusedError):
        await machine.driver.fetch()


async def test_documents_can_be_fetched_again_when_the_answer_was_lost(machine: Machine) -> None:
    await machine.until_paid()
    machine.gateway.troubles["release"].append(Trouble.UNANSWERED)
    with pytest.raises(GatewayUnreachableError):
        await machine.driver.fetch()
    await machine.driver.fetch()
    assert machine.driver.is_fetched


async def test_payment_can_be_told_again_when_the_answer_was_lost(machine: Machine) -> None:
    await machine.until_prepared()
    machine.gateway.troubles["pay"].append(Trouble.UNANSWERED)
    with pytest.raises(GatewayUnreachableError):
        await machine.driver.pay()
    assert (machine.driver.is_paid, machine.driver.money) == (False, MoneyState.HELD)
    await machine.driver.pay()
    assert machine.driver.is_paid


async def test_report_that_is_lost_does_not_stop_printing(machine: Machine) -> None:
    await machine.until_fetched(copies=2)
    machine.gateway.troubles["report_print"].extend([Trouble.LOST, Trouble.REFUSED])
    assert (await machine.driver.print_copies(machine.printer)).is_finished
    assert (await machine.driver.complete()).sheets == 2


async def test_printer_that_stops_is_resumed_in_the_same_session(machine: Machine) -> None:
    await machine.until_fetched(copies=2)
    machine.printer.paper_left = 1
    stopped = await machine.driver.print_copies(machine.printer)
    assert (stopped.printed, stopped.fault) == (1, PrinterFault.SUPPLIES_OUT)
    machine.printer.refill()
    assert (await machine.driver.print_copies(machine.printer)).printed == 2
    assert (await machine.driver.complete()).total == 20


async def test_unreadable_sheets_print_again_without_another_fee(machine: Machine) -> None:
    await machine.until_fetched()
    await machine.driver.print_copies(machine.printer)
    await machine.driver.spoil_all()
    await machine.driver.print_copies(machine.printer)
    assert (await machine.driver.complete()).total == FEE
    outcomes = [r.outcome for r in machine.gateway.only_session().reports]
    assert outcomes == [PrintOutcome.PRINTED, PrintOutcome.SPOILED, PrintOutcome.PRINTED]


async def test_unreadable_sheets_that_cannot_be_replaced_are_refunded(machine: Machine) -> None:
    """The gateway heard *printed* before, so this is completed and not voided."""
    await machine.until_fetched()
    await machine.driver.print_copies(machine.printer)
    await machine.driver.spoil_all()
    settlement = await machine.driver.settle("gone")
    assert (settlement.refund, settlement.is_recorded) == (FEE, True)
    assert machine.gateway.only_session().state is S.VOID


async def test_journal_is_ahead_of_every_step(machine: Machine) -> None:
    """Looked at from inside each call: the step is on the disk before it is taken."""
    seen: list[Step] = []

    def look(answer: Any) -> Any:
        seen.append(machine.journal.unfinished()[0].step)
        return answer

    machine.gateway.tamper = {"pay": look, "release": look, "report_print": look, "complete": look}
    machine.printer.on_page = lambda _page, _pages: look(None)
    await machine.until_fetched()
    await machine.driver.print_copies(machine.printer)
    await machine.driver.complete()
    assert seen == [Step.PAYING, Step.RELEASED, Step.PRINTING, Step.PRINTED, Step.PRINTED]


@pytest.mark.parametrize("reach", ["until_proved", "until_paid", "until_fetched"])
async def test_wiping_forgets_everything(machine: Machine, reach: str) -> None:
    await getattr(machine, reach)()
    machine.driver.wipe()
    assert (machine.driver.reference, machine.driver.is_fetched) == ("", False)
    assert machine.driver.document_for_preview() is None
    with pytest.raises(KioskError):
        _ = machine.driver.quote_now


async def test_printed_document_can_be_looked_at_while_the_session_lives(machine: Machine) -> None:
    await machine.until_paid()
    assert machine.driver.document_for_preview() is None
    await machine.driver.fetch()
    assert machine.driver.document_for_preview() == certificate("990019-2026-0000001-11")
