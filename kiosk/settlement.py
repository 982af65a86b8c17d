"""How a session ends, whatever broke: decisions on values, and what is told afterwards.

| how far it came                 | what is done                                            |
|---------------------------------|---------------------------------------------------------|
| no session, or ended            | nothing                                                 |
| open, not paid                  | abort; the coins go back                                |
| the payment got no answer       | ask where the session stands, then abort or void; the   |
|                                 | coins, never kept, go back                              |
| paid, no copy ever came out     | void; everything goes back                              |
| paid, a copy came out           | complete: one fee for each copy that is out, the rest   |
|                                 | goes back                                               |

Source: [RISAI-PROTOCOL 5], [KONBINI 1.6].
"""

from dataclasses import dataclass
from enum import Enum, auto

from gateway.wire.bodies import Receipt, SessionState
from gateway.wire.codes import MoneyState
from kiosk.journal import Step, Unfinished


class Stage(Enum):
    """How far a session came, as the kiosk knows it."""

    CLOSED = auto()
    """No session was opened."""
    OPEN = auto()
    PAYING = auto()
    """The gateway was told of the money and has not answered."""
    PAID = auto()
    ENDED = auto()


class Ending(Enum):
    """What to tell the gateway at the end."""

    NOTHING = auto()
    ABORT = auto()
    ASK = auto()
    """First find out where the session stands."""
    VOID = auto()
    COMPLETE = auto()
    LEAVE = auto()
    """Nobody knows what came out: a person or reconciliation decides, never a default."""


_BEFORE_PAYMENT = frozenset(
    {
        SessionState.NEW,
        SessionState.PROVED,
        SessionState.QUOTED,
        SessionState.PREPARING,
        SessionState.READY,
    }
)
_PAID = frozenset({SessionState.PAID, SessionState.RELEASED, SessionState.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a session in yen. ``refund`` is to be paid out of what the box has kept."""

    printed: int
    """Copies that are out."""
    earned: int
    """Those copies times the fee."""
    refund: int
    is_recorded: bool
    """False while the gateway does not know: the journal does, and tells it after a restart."""
    receipt: Receipt | None = None

    @property
    def money(self) -> MoneyState:
        """What has happened to money for which no sheet came out."""
        return MoneyState.REFUNDED if self.refund else MoneyState.NONE


NOTHING_TAKEN = Settlement(printed=0, earned=0, refund=0, is_recorded=True)


def ending_of(stage: Stage, *, ever_printed: bool) -> Ending:
    """Return how to end a session that came so far."""
    match stage:
        case Stage.CLOSED | Stage.ENDED:
            return Ending.NOTHING
        case Stage.OPEN:
            return Ending.ABORT
        case Stage.PAYING:
            return Ending.ASK
        case Stage.PAID:
            return Ending.COMPLETE if ever_printed else Ending.VOID


def ending_of_state(state: SessionState) -> Ending:
    """Return how to end a session of which nothing was printed, by what the gateway says."""
    if state in _BEFORE_PAYMENT:
        return Ending.ABORT
    return Ending.VOID if state in _PAID else Ending.NOTHING


def ending_of_unfinished(session: Unfinished, state: SessionState) -> Ending:
    """Return what to do about a session that a power cut interrupted."""
    is_doubtful = session.step is Step.PRINTING or session.earned > 0
    if state is SessionState.COMPLETING or (is_doubtful and state in _PAID):
        return Ending.LEAVE
    return ending_of_state(state)
