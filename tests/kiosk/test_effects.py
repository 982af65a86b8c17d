"""What is asked for is done, what came of it is told, and money has one defined state."""

from pathlib import Path
from typing import Any

import pytest

from gateway.wire.bodies import Locale, SessionState
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.effects import EffectRunner
from kiosk.flow import events as e
from kiosk.parts import KioskParts
from kiosk.ports import PrinterFault
from tests.kiosk.fake_card import PIN, FakeChannel
from tests.kiosk.fakes import FEE, FakeClock, Trouble, refusal
from tests.kiosk.machine import KIOSK_ID, Machine, no_pause

pytestmark = pytest.mark.anyio


class Stage:
    """A runner in front of a machine, and what it told."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.told: list[e.Event] = []
        self.reminders = 0
        parts = KioskParts(
            gateway=machine.gateway,
            kiosk_id=KIOSK_ID,
            reader=machine.reader,
            tray=None,
            coin_box=machine.coins,
            printer=machine.printer,
            journal=machine.journal,
            clock=FakeClock(),
            output=Path(),
            demo=True,
            pause=no_pause,
        )
        self.runner = EffectRunner(parts, self.told.append, self._remind)

    def _remind(self) -> None:
        self.reminders += 1

    async def do(self, *effects: e.Effect) -> e.Event:
        """Run effects; return what was told last."""
        for effect in effects:
            await self.runner.run(effect)
        return self.told[-1]

    async def until_paid(self, copies: int = 1) -> None:
        """Run everything up to the payment."""
        for _ in range(copies):
            self.machine.coins.insert(FEE)
        prove = e.Prove(Locale.JAPANESE, self.machine.gateway.municipality, PIN)
        order = e.AskQuote("entry-1", copies)
        await self.do(prove, order, e.Prepare(), e.KeepMoney(FEE * copies))

    @property
    def state(self) -> SessionState:
        """Where the one session stands."""
        return self.machine.gateway.only_session().state


@pytest.fixture
def stage(machine: Machine) -> Stage:
    return Stage(machine)


async def test_service_and_card_are_told(stage: Stage) -> None:
    known = await stage.do(e.AskService())
    assert isinstance(known, e.ServiceKnown)
    assert await stage.do(e.ExamineCard()) == e.CardExamined(3)


async def test_visit_that_goes_well(stage: Stage) -> None:
    await stage.until_paid(copies=2)
    done = await stage.do(e.Print())
    completed = await stage.do(e.Complete())
    assert isinstance(stage.told[0], e.Proved)
    assert stage.told[1:4] == [e.Quoted(FEE, 20, 1), e.Prepared(), e.Paid(0)]
    assert stage.told[4:8] == [e.PageOut(0, 1), e.PageOut(1, 1), e.PageOut(0, 2), e.PageOut(1, 2)]
    assert (done, completed) == (e.PrintingDone(2), e.Completed(2, 0))
    assert (stage.machine.coins.kept, stage.state) == (20, SessionState.ISSUED)


async def test_reminder_rings(stage: Stage) -> None:
    await stage.runner.run(e.Remind())
    assert stage.reminders == 1


async def test_wrong_pin_tells_the_tries_and_keeps_the_session(stage: Stage) -> None:
    town = stage.machine.gateway.municipality
    failed = await stage.do(e.Prove(Locale.JAPANESE, town, "9999"))
    assert isinstance(failed, e.Failed)
    assert (failed.code, failed.tries_left, failed.money) == (
        ErrorCode.PIN_WRONG,
        2,
        MoneyState.NONE,
    )
    assert isinstance(await stage.do(e.Prove(Locale.JAPANESE, town, PIN)), e.Proved)
    assert len(stage.machine.gateway.sessions) == 1


async def test_locked_card_is_told_at_the_first_look(stage: Stage) -> None:
    stage.machine.reader.channel = FakeChannel({bytes.fromhex("00200080"): b"\x63\xc0"})
    assert await stage.do(e.ExamineCard()) == e.Failed(ErrorCode.PIN_LOCKED)


async def test_closed_service_tells_when_it_opens(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = refusal(code=ErrorCode.OUTSIDE_HOURS)
    closed.opens_at = "2026-11-24T06:30:00+09:00"

    async def refuse() -> Any:
        raise closed

    monkeypatch.setattr(stage.machine.gateway, "service_status", refuse)
    failed = await stage.do(e.AskService())
    assert failed == e.Failed(ErrorCode.OUTSIDE_HOURS, opens="2026-11-24T06:30:00+09:00")


@pytest.mark.parametrize("trouble", Trouble)
async def test_payment_that_fails_returns_the_coins(stage: Stage, trouble: Trouble) -> None:
    stage.machine.gateway.troubles["pay"].append(trouble)
    await stage.until_paid()
    failed = stage.told[-1]
    assert isinstance(failed, e.Failed)
    assert failed.money is MoneyState.RETURNED
    await stage.do(e.EndSession("failed"))
    assert (stage.machine.coins.kept, stage.machine.coins.paid_out) == (0, FEE)
    assert stage.state in (SessionState.ABORTED, SessionState.VOID)


@pytest.mark.parametrize("trouble", Trouble)
async def test_documents_that_cannot_be_fetched_are_paid_back(
    stage: Stage, trouble: Trouble
) -> None:
    await stage.until_paid()
    stage.machine.gateway.troubles["release"].append(trouble)
    failed = await stage.do(e.Print())
    assert isinstance(failed, e.Failed)
    assert failed.money is MoneyState.RETURNED
    assert len(failed.reference) == 8
    assert (stage.machine.coins.kept, stage.state) == (0, SessionState.VOID)


async def test_document_that_does_not_fit_stops_and_is_paid_back(stage: Stage) -> None:
    await stage.until_paid()
    stage.machine.gateway.tamper["release"] = lambda released: released.model_copy(
        update={"sealed_documents": (b"another",)}
    )
    failed = await stage.do(e.Print())
    assert isinstance(failed, e.Failed)
    assert (failed.code, failed.money) == (ErrorCode.BINDING_MISMATCH, MoneyState.RETURNED)
    assert stage.machine.printer.output_tray() == ()


async def test_printer_that_stops_waits_with_the_money_held(stage: Stage) -> None:
    await stage.until_paid(copies=2)
    stage.machine.printer.paper_left = 1
    stopped = await stage.do(e.Print())
    assert stopped == e.PrintingStopped(PrinterFault.SUPPLIES_OUT, 0)
    assert stage.machine.coins.kept == 20
    stage.machine.printer.refill()
    assert await stage.do(e.Print()) == e.PrintingDone(2)


async def test_giving_up_pays_back_what_is_not_out(stage: Stage) -> None:
    await stage.until_paid(copies=2)
    stage.machine.printer.paper_left = 1
    assert await stage.do(e.Print(), e.Complete()) == e.Completed(1, FEE)
    assert (stage.machine.coins.kept, stage.machine.coins.paid_out) == (FEE, FEE)
    await stage.do(e.Wipe())
    assert stage.machine.coins.kept == FEE


async def test_unreadable_sheet_prints_again(stage: Stage) -> None:
    await stage.until_paid()
    assert await stage.do(e.Print(), e.Reprint()) == e.PrintingDone(1)
    assert len(stage.machine.printer.output_tray()) == 2
    assert stage.machine.coins.kept == FEE


async def test_completion_that_is_lost_leaves_the_sheet_and_a_reference(stage: Stage) -> None:
    await stage.until_paid()
    await stage.do(e.Print())
    reference = stage.runner.driver.reference
    stage.machine.gateway.troubles["complete"].extend([Trouble.LOST] * 2)
    failed = await stage.do(e.Complete())
    assert failed == e.Failed(ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN, reference=reference)
    assert stage.machine.coins.kept == FEE
    assert len(stage.machine.journal.unfinished()) == 1


async def test_completion_that_is_lost_once_is_repaired_at_once(stage: Stage) -> None:
    await stage.until_paid(copies=2)
    stage.machine.printer.paper_left = 1
    await stage.do(e.Print())
    stage.machine.gateway.troubles["complete"].append(Trouble.UNANSWERED)
    assert await stage.do(e.Complete()) == e.Completed(1, FEE)
    assert stage.machine.coins.kept == FEE


@pytest.mark.parametrize("effect", [e.EndSession("left"), e.Wipe()])
async def test_person_who_leaves_a_paid_session_is_paid_back(
    stage: Stage, effect: e.Effect
) -> None:
    await stage.until_paid()
    await stage.do(effect)
    assert (stage.machine.coins.kept, stage.state) == (0, SessionState.VOID)


@pytest.mark.parametrize("effect", [e.EndSession("left"), e.Wipe()])
async def test_next_person_finds_a_new_driver(stage: Stage, effect: e.Effect) -> None:
    await stage.until_paid()
    before = stage.runner.driver
    await stage.do(effect)
    assert stage.runner.driver is not before
    assert before.reference == ""


async def test_next_person_need_not_wait_for_the_end_of_the_session_before(stage: Stage) -> None:
    """Telling the end may take long; her session must not be the one that is wiped."""
    await stage.until_paid()
    before, during = stage.runner.driver, []
    stage.machine.gateway.tamper["void"] = lambda status: (
        during.append(stage.runner.driver) or status  # type: ignore[func-returns-value]
    )
    await stage.do(e.EndSession("left"))
    assert during == [stage.runner.driver]
    assert before not in during
