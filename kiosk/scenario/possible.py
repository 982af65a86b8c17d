"""What the machine can do at all, found by trying everything on its own state machine.

Nothing here is a list kept by hand: from the first screen every button that is on, every card,
coin and time-out, and every answer to what the machine has asked for, is tried in every state,
until no new state comes up. Amounts and counts that make no difference are made equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta

from gateway.wire.bodies import Environment, Locale, MunicipalityOffer, ServiceStatus
from gateway.wire.codes import ErrorCode, MoneyState
from issuance.wire.bodies import EntryDetails
from kiosk.flow import events as e
from kiosk.flow.buttons import PIN_DIGITS
from kiosk.flow.machine import FULL_TRIES, step
from kiosk.flow.model import CHOICES_A_PAGE, FlowState, Screen, fresh
from kiosk.ports import PrinterFault
from kiosk.scenario.reach import EVERYWHERE, GENERAL_BUTTONS, Reach, live_buttons, move_name
from kiosk.screens.views import view_of
from kiosk.transaction import Choice

_NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
_MUCH_LATER = _NOW + timedelta(hours=1)
_FEE = 10
_SOME, _PLENTY = _FEE, 10 * _FEE
_TOTAL = 2 * _FEE
"""More than the smallest coin, so that it is possible to put too little in."""
_BRIEF = (bool, int, str, datetime)


@dataclass(frozen=True, slots=True)
class _Node:
    """A state, and what the machine still waits for an answer to."""

    state: FlowState
    asked: tuple[e.Effect, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """Return what tells this node from others; of long contents only whether there are any."""
        values = (getattr(self.state, field.name) for field in fields(FlowState))
        brief = (value if isinstance(value, _BRIEF) else bool(value) for value in values)
        return (*brief, self.state.error and self.state.error.code, *map(type, self.asked))


def find_possible() -> Reach:
    """Return everything that a run can reach, in both languages."""
    reach = Reach(buttons={f"{EVERYWHERE} {name}" for name in GENERAL_BUTTONS})
    start = _Node(fresh(_NOW), ())
    seen, waiting = {start.key}, [start]
    while waiting:
        node = waiting.pop()
        _note(reach, node.state)
        for event, left in _events(node):
            after = _after(node, event, left)
            if after.state.screen is not node.state.screen:
                reach.moves.add(move_name(node.state.screen, after.state.screen))
            if after.key not in seen:
                seen.add(after.key)
                waiting.append(after)
    reach.codes = {f"{code.value} {locale.value}" for code in ErrorCode for locale in Locale}
    return reach


def _note(reach: Reach, state: FlowState) -> None:
    reach.screens |= {f"{state.screen.value} {locale.value}" for locale in Locale}
    reach.buttons |= live_buttons(state)


def _events(node: _Node) -> Iterable[tuple[e.Event, tuple[e.Effect, ...]]]:
    """Return everything that can happen now, and what is asked for afterwards."""
    for event in _from_outside(node.state):
        yield event, node.asked
    for effect in node.asked:
        for event in _answers(effect, node.state):
            yield event, tuple(one for one in node.asked if one is not effect)


def _from_outside(state: FlowState) -> Iterable[e.Event]:
    view = view_of(state)
    for button in (*view.choices, *view.left, *view.right):
        if button.enabled:
            yield e.Pressed(button.id)
    yield e.CardLifted() if state.card_present else e.CardPlaced()
    if state.screen in (Screen.PREPARING, Screen.PAY) and not state.keeping:
        # The slot takes coins at any time; what went in before matters only from here on.
        yield from (e.MoneyIn(amount) for amount in (_SOME, _PLENTY) if amount > state.inserted)
    yield e.Tick()
    if state.screen is Screen.PIN:
        yield e.Digit("0")
    if state.screen is Screen.MAIN_MENU:
        # A machine that comes back after a power cut.
        yield e.Failed(ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN)


def _answers(effect: e.Effect, state: FlowState) -> Iterable[e.Event]:
    """Return whatever may come of an effect, good or bad."""
    yield from _GOOD_ANSWERS.get(type(effect), ())
    if isinstance(effect, e.Prove):
        yield from (e.Failed(ErrorCode.PIN_WRONG, tries_left=left) for left in (2, 1))
    yield e.Failed(ErrorCode.OUTCOME_UNKNOWN if state.paid else ErrorCode.NOT_PREPARED)


def _after(node: _Node, event: e.Event, asked: tuple[e.Effect, ...]) -> _Node:
    now = _MUCH_LATER if isinstance(event, e.Tick) else _NOW
    state, effects = step(node.state, event, now)
    if isinstance(event, e.Digit):
        for _ in range(PIN_DIGITS - 1):
            state, effects = step(state, event, now)
    if any(isinstance(effect, e.EndSession | e.Wipe) for effect in effects):
        # A session that has ended says no more to the screen; see kiosk.workshop.
        asked = ()
    known = {type(one) for one in asked}
    new = (one for one in effects if type(one) in _GOOD_ANSWERS and type(one) not in known)
    return _Node(_made_equal(state), (*asked, *new))


def _made_equal(state: FlowState) -> FlowState:
    """Return a state in which everything is the same that makes no difference to the sequence."""
    error = state.error
    if error is not None:
        error = replace(error, money=MoneyState.NONE, tries_left=0, pages_out=0, refund=0, opens="")
    return replace(
        state,
        entered_at=_NOW,
        error=error if state.screen is Screen.ERROR else None,
        pin="0" * PIN_DIGITS if len(state.pin) == PIN_DIGITS else "",
        copies=min(2, state.copies),
        tries_left=state.tries_left if state.tries_left in (None, 1) else 2,
        printed=min(1, state.printed),
        reminded=min(1, state.reminded),
        choices_page=0,
        page=0,
        copy=1,
        change=0,
        refund=0,
    )


def _service(*, is_open: bool = True) -> ServiceStatus:
    return ServiceStatus(
        environment=Environment.DEMO,
        open_now=is_open,
        opens_at=None,
        municipalities=tuple(_town(number) for number in range(CHOICES_A_PAGE + 1)),
        notices=(),
    )


def _town(number: int) -> MunicipalityOffer:
    return MunicipalityOffer(
        municipality_code=f"99{number:03}9",
        prefecture="見本県",
        name="見本市",
        name_en="Mihon City",
        open_now=True,
        core_key_id="core",
        core_key=bytes(32),
    )


def _choices() -> tuple[Choice, ...]:
    details = EntryDetails(
        entry_id="entry",
        disaster_name="地震",
        damaged_on=date(2026, 10, 3),
        house_location="見本県見本市",
        damage_class="半壊",
        damage_class_en="Half destroyed",
        householder_name="見本",
        pages_expected=1,
    )
    return (Choice("entry", details, _FEE),) * (CHOICES_A_PAGE + 1)


_PRINTED: tuple[e.Event, ...] = (
    e.PrintingDone(1),
    e.PrintingDone(0),
    *(e.PrintingStopped(fault, 0) for fault in PrinterFault),
    e.Completed(1, _FEE),
)
_GOOD_ANSWERS: dict[type[e.Effect], tuple[e.Event, ...]] = {
    e.AskService: (e.ServiceKnown(_service()), e.ServiceKnown(_service(is_open=False))),
    e.ExamineCard: (e.CardExamined(FULL_TRIES), e.CardExamined(1)),
    e.Prove: (e.Proved(()), e.Proved(_choices())),
    e.AskQuote: (e.Quoted(_FEE, _TOTAL, 1),),
    e.Prepare: (e.Prepared(),),
    e.KeepMoney: (e.Paid(0),),
    e.Print: _PRINTED,
    e.Reprint: _PRINTED,
    e.Complete: (e.Completed(1, 0), e.Completed(0, _FEE)),
    e.PrintReceipt: (),
}
"""What each effect may bring; those that bring nothing are not here (a test compares the lists)."""
SILENT_EFFECTS = (e.EndSession, e.Remind, e.Wipe)
