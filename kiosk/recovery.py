"""After a power cut: tell the gateway what the journal knows of the sessions it interrupted.

Runs once when the kiosk starts. A session whose outcome nobody knows stays in the journal and in
doubt; it is never settled by default.
"""

from dataclasses import dataclass

from gateway.wire.codes import ErrorCode, ProblemKind
from kiosk.errors import GatewayRefusalError, KioskError
from kiosk.journal import Journal, Step, Unfinished
from kiosk.ports import Gateway
from kiosk.settlement import Ending, ending_of_unfinished

_REASON = "power-loss"


@dataclass(frozen=True, slots=True)
class Recovered:
    """One interrupted session and what became of it."""

    session_id: str
    refund: int
    """What the resident is owed, in yen."""
    code: ErrorCode | None
    """E64 where nobody knows the outcome, E40 while the gateway cannot be asked; else none."""


async def report_unfinished(gateway: Gateway, journal: Journal) -> tuple[Recovered, ...]:
    """Report every unfinished session and shorten the journal. Raises: JournalFailedError."""
    recovered = [await _report(gateway, journal, one) for one in journal.unfinished()]
    journal.forget_ended()
    return tuple(recovered)


async def _report(gateway: Gateway, journal: Journal, one: Unfinished) -> Recovered:
    try:
        refund = await _end(gateway, one)
    except GatewayRefusalError as error:
        if error.kind is not ProblemKind.NOT_FOUND:
            return Recovered(one.session_id, 0, ErrorCode.OUTCOME_UNKNOWN)
        refund = 0
    except KioskError:
        return Recovered(one.session_id, 0, ErrorCode.NOT_PREPARED)
    if refund is None:
        return Recovered(one.session_id, 0, ErrorCode.OUTCOME_UNKNOWN)
    journal.note(one.session_id, Step.ENDED, one.amount, one.earned)
    return Recovered(one.session_id, refund, None)


async def _end(gateway: Gateway, one: Unfinished) -> int | None:
    """End the session at the gateway; return what is owed, None where nobody knows."""
    status = await gateway.session_status(one.session_id)
    match ending_of_unfinished(one, status.state):
        case Ending.ABORT:
            await gateway.abort(one.session_id, _REASON)
            return 0
        case Ending.VOID:
            return (await gateway.void(one.session_id, _REASON)).refund
        case Ending.LEAVE:
            return None
        case Ending.NOTHING | Ending.ASK | Ending.COMPLETE:
            return status.refund
