"""Whatever breaks, in whatever order: the box has kept the fee of the copies that are out."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.wire.bodies import SessionState
from kiosk.errors import KioskError
from kiosk.journal import Journal
from kiosk.recovery import report_unfinished
from kiosk.till import cash_up, take_payment
from tests.kiosk.fakes import FEE, FakeClock, Trouble
from tests.kiosk.machine import Machine, build_machine

METHODS = (
    "prove",
    "quote",
    "prepare",
    "pay",
    "release",
    "report_print",
    "complete",
    "abort",
    "void",
    "session_status",
)
FAULTS: dict[str, Callable[[Machine], None]] = {
    "nothing": lambda _m: None,
    "jam": lambda m: m.printer.jam_after(0),
    "jam later": lambda m: m.printer.jam_after(1),
    "one sheet of paper": lambda m: setattr(m.printer, "paper_left", 1),
    "no toner": lambda m: m.printer.run_out_of_toner(),
    "open tray": lambda m: m.printer.open_tray(),
    "spoiled": lambda m: m.printer.spoil_next(),
    "mend": lambda m: m.printer.mend(),
}


@dataclass(frozen=True)
class Story:
    """One visit: how many copies, what the gateway does, what the printer does, when she goes."""

    copies: int
    coins: tuple[int, ...]
    troubles: dict[str, list[Trouble]]
    faults: list[str]
    leaves_after: int


stories = st.builds(
    Story,
    copies=st.integers(1, 3),
    coins=st.lists(st.sampled_from([10, 50]), max_size=4).map(tuple),
    troubles=st.dictionaries(
        st.sampled_from(METHODS), st.lists(st.sampled_from(Trouble), max_size=2), max_size=3
    ),
    faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=9),
    leaves_after=st.integers(0, 12),
)


async def visit(machine: Machine, story: Story) -> None:
    """Walk through a session until it is done, breaks, or the resident leaves."""
    steps: list[Callable[[], Awaitable[object]]] = [
        machine.until_proved,
        lambda: machine.driver.quote("entry-1", story.copies),
        machine.driver.prepare,
        lambda: take_payment(machine.driver, machine.coins),
        machine.driver.fetch,
    ]
    for step in steps[: story.leaves_after]:
        await step()
    if story.leaves_after < len(steps):
        return
    for fault in [*story.faults, "nothing"]:
        FAULTS[fault](machine)
        if (await machine.driver.print_copies(machine.printer)).is_finished:
            await machine.driver.complete()
            return


async def live(story: Story, folder: Path) -> tuple[Machine, bool]:
    """Live one visit to its end; say whether the gateway knows of it."""
    machine = build_machine(folder)
    for method, troubles in story.troubles.items():
        machine.gateway.troubles[method].extend(troubles)
    for coin in story.coins:
        machine.coins.insert(coin)
    with suppress(KioskError):
        await visit(machine, story)
    cashed_up = await cash_up(machine.driver, machine.coins, "left")
    machine.driver.wipe()
    return machine, cashed_up.settlement.is_recorded


@settings(max_examples=150, deadline=None)
@given(stories)
def test_money_kept_is_the_fee_of_what_is_out(story: Story) -> None:
    with tempfile.TemporaryDirectory() as folder:
        machine, _ = asyncio.run(live(story, Path(folder)))
        sheets = len(machine.printer.output_tray())
    assert machine.coins.kept == sheets * FEE
    assert machine.coins.kept + machine.coins.paid_out == sum(story.coins)
    assert machine.coins.inserted_yen() == 0


@settings(max_examples=150, deadline=None)
@given(stories)
def test_gateway_and_kiosk_agree_or_the_journal_remembers(story: Story) -> None:
    """What the gateway does not know yet is told after a restart, or stays in doubt: never more."""
    with tempfile.TemporaryDirectory() as folder:
        machine, is_recorded = asyncio.run(live(story, Path(folder)))
        machine.gateway.troubles.clear()
        journal = Journal(machine.journal_path, FakeClock().now)
        asyncio.run(report_unfinished(machine.gateway, journal))
        left = {one.session_id for one in journal.unfinished()}
    for session_id, session in machine.gateway.sessions.items():
        posted = machine.gateway.fees_posted(session_id)
        assert posted in (0, machine.coins.kept)
        if is_recorded:
            assert posted == machine.coins.kept
        is_over = session.state in (SessionState.ISSUED, SessionState.VOID, SessionState.ABORTED)
        assert is_over or session_id in left or session.paid == 0
