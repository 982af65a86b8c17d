"""From the payment to the end, inside one transaction at each step. Nothing here commits."""

import json
import secrets
from datetime import datetime

from sqlalchemy import Connection

from gateway.billing.fees import EntryKind
from gateway.billing.ledger import LedgerEntry, find_issued, open_month, post
from gateway.errors import (
    BindingMismatchError,
    SessionExpiredError,
    UnknownSessionError,
    WrongAmountError,
    WrongStateError,
)
from gateway.integrity.breaker import check_line_runs, trip
from gateway.participation.model import Kiosk
from gateway.sessions.model import BEFORE_PAYMENT, LEGAL, S, Session
from gateway.sessions.store import (
    add_print_report,
    get_session,
    load_print_outcomes,
    move,
)
from gateway.wire.bodies import Payment, PrintOutcome, PrintReport
from issuance.wire.bodies import (
    Manifest,
    NumberState,
    OrderStatus,
    SheetOutcome,
    SheetResult,
)


def own_session(connection: Connection, session_id: str, kiosk: Kiosk) -> Session:
    """Return a session of this kiosk; another's does not exist for it.

    Raises: UnknownSessionError.
    """
    session = get_session(connection, session_id)
    if session.kiosk_id != kiosk.kiosk_id:
        raise UnknownSessionError("no such session")
    return session


def check_time(session: Session, now: datetime) -> None:
    """Refuse before the beginning (a clock went backwards) and after the end.

    Raises: SessionExpiredError.
    """
    if not session.opened_at <= now <= session.expires_at:
        raise SessionExpiredError("the session's time is over")


def municipality_of(session: Session) -> str:
    """Return the municipality of a proved session. Raises: WrongStateError."""
    if session.municipality_code is None:
        raise WrongStateError("the session has not been proved")
    return session.municipality_code


def numbers_of(session: Session) -> tuple[str, ...]:
    """Return the certificate numbers in the session's manifest; none before step 7."""
    if session.manifest is None:
        return ()
    manifest = Manifest.model_validate_json(session.manifest)
    return tuple(document.certificate_number for document in manifest.documents)


def pay(
    connection: Connection, session_id: str, kiosk: Kiosk, payment: Payment, now: datetime
) -> None:
    """Step 8: READY → PAID.

    Raises: WrongAmountError, SessionExpiredError, LineStoppedError, WrongStateError.
    """
    session = own_session(connection, session_id, kiosk)
    check_time(session, now)
    check_line_runs(connection, municipality_of(session))
    if payment.amount != session.total:
        raise WrongAmountError("the amount is not the price")
    move(connection, session_id, S.READY, S.PAID, now=now, payment_ref=payment.terminal_ref)


def release(connection: Connection, session_id: str, kiosk: Kiosk, now: datetime) -> None:
    """Step 9: PAID → RELEASED, once. Raises: LineStoppedError, WrongStateError."""
    session = own_session(connection, session_id, kiosk)
    check_line_runs(connection, municipality_of(session))
    move(connection, session_id, S.PAID, S.RELEASED, now=now)


def report(
    connection: Connection,
    session_id: str,
    kiosk: Kiosk,
    attempt: PrintReport,
    now: datetime,
) -> Session:
    """Step 10: note one print attempt; a kiosk that comes back may report late.

    Raises: WrongStateError.
    """
    session = own_session(connection, session_id, kiosk)
    if session.state not in (S.RELEASED, S.IN_DOUBT):
        raise WrongStateError("nothing is being printed in this session")
    if attempt.certificate_number not in numbers_of(session):
        raise WrongStateError("this number is not one of the session")
    add_print_report(connection, session_id, attempt, now)
    return session


def begin_complete(
    connection: Connection,
    session_id: str,
    kiosk: Kiosk,
    results: tuple[SheetResult, ...],
    now: datetime,
) -> Session:
    """Step 11: RELEASED → COMPLETING with the outcome of every copy, each exactly once.

    Raises: WrongStateError.
    """
    session = own_session(connection, session_id, kiosk)
    outcomes = {result.certificate_number: result.outcome for result in results}
    if len(outcomes) != len(results) or set(outcomes) != set(numbers_of(session)):
        raise WrongStateError("every number of the session has exactly one outcome")
    if session.state is S.PAID:
        raise WrongStateError("nothing was released in this session")
    return start_completing(connection, session, outcomes, now)


def begin_void(connection: Connection, session_id: str, kiosk: Kiosk, now: datetime) -> Session:
    """Step F after payment: nothing was printed, everything goes back. Raises: WrongStateError."""
    session = own_session(connection, session_id, kiosk)
    reported = load_print_outcomes(connection, session_id)
    if any(PrintOutcome.PRINTED in outcomes for outcomes in reported.values()):
        raise WrongStateError("a copy was reported as printed")
    outcomes = dict.fromkeys(numbers_of(session), SheetOutcome.NOT_PRINTED)
    return start_completing(connection, session, outcomes, now)


def start_completing(
    connection: Connection,
    session: Session,
    outcomes: dict[str, SheetOutcome],
    now: datetime,
) -> Session:
    """Write the outcomes down before anything is posted; taken up again when interrupted.

    Raises: WrongStateError.
    """
    if session.state is S.COMPLETING:
        if session.results != outcomes:
            raise WrongStateError("other outcomes were reported before")
        return session
    if session.state not in (S.PAID, S.RELEASED, S.IN_DOUBT):
        raise WrongStateError("there is nothing to complete")
    text = json.dumps({number: outcome.value for number, outcome in outcomes.items()})
    move(connection, session.session_id, session.state, S.COMPLETING, now=now, results=text)
    return get_session(connection, session.session_id)


def check_core_agrees(session: Session, status: OrderStatus) -> None:
    """Compare what the core recorded with what was reported to it.

    Raises: BindingMismatchError: then no fee may be posted.
    """
    wanted = {
        number: NumberState.ISSUED if outcome is SheetOutcome.PRINTED else NumberState.VOID
        for number, outcome in session.results.items()
    }
    recorded = {number.certificate_number: number.state for number in status.numbers}
    if status.session_id != session.session_id or recorded != wanted:
        raise BindingMismatchError("outcome")


def finish_complete(connection: Connection, session: Session, now: datetime) -> Session:
    """Step 11 done: one fee for every printed sheet, then ISSUED; VOID when none was.

    Raises: WrongStateError when somebody else finished it; then nothing is posted here.
    """
    printed = sorted(
        number for number, outcome in session.results.items() if outcome is SheetOutcome.PRINTED
    )
    move(
        connection,
        session.session_id,
        S.COMPLETING,
        S.ISSUED if printed else S.VOID,
        now=now,
        sealed=None,
        receipt_number=secrets.token_hex(6).upper(),
        refund=session.unit_fee * (len(session.results) - len(printed)),
    )
    if printed:
        month = open_month(connection, now)
        for number in printed:
            post(connection, _entry(session, number, month, now))
    return get_session(connection, session.session_id)


def reverse(connection: Connection, code: str, number: str, now: datetime) -> LedgerEntry:
    """Post the reversing entry of an issued sheet. Raises: UnknownSessionError."""
    issued = find_issued(connection, code, number)
    if issued is None:
        raise UnknownSessionError("no such sheet was issued")
    entry = LedgerEntry(
        municipality_code=code,
        certificate_number=number,
        kind=EntryKind.VOIDED,
        session_id=issued.session_id,
        operator=issued.operator,
        kiosk_id=issued.kiosk_id,
        document_type=issued.document_type,
        month=open_month(connection, now),
        posted_at=now,
        price=issued.price.reversed(),
    )
    post(connection, entry)
    return entry


def abort(connection: Connection, session_id: str, kiosk: Kiosk, now: datetime) -> Session:
    """Step F before payment: end the session. Raises: WrongStateError."""
    return end_unpaid(connection, own_session(connection, session_id, kiosk), now)


def end_unpaid(connection: Connection, session: Session, now: datetime) -> Session:
    """End a session that was not paid; its ciphertext goes at once. Raises: WrongStateError."""
    if session.state not in BEFORE_PAYMENT:
        raise WrongStateError("the session cannot be aborted any more")
    core_told = int(session.subject_ref is None)
    move(
        connection,
        session.session_id,
        session.state,
        S.ABORTED,
        now=now,
        sealed=None,
        core_told=core_told,
    )
    return session


def quarantine(
    connection: Connection, session_id: str, code: str, difference: str, now: datetime
) -> None:
    """A broken promise: stop the municipality's line, and end the session if nobody paid yet."""
    session = get_session(connection, session_id)
    state, told = session.state, int(session.subject_ref is None)
    if S.QUARANTINED in LEGAL[state]:
        move(connection, session_id, state, S.QUARANTINED, now=now, sealed=None, core_told=told)
    elif state is S.COMPLETING:
        move(connection, session_id, state, S.IN_DOUBT, now=now)
    trip(connection, code, difference, session_id=session_id, now=now)


def _entry(session: Session, number: str, month: str, now: datetime) -> LedgerEntry:
    if session.price is None or session.document_type is None:
        raise WrongStateError("nothing was quoted in this session")
    return LedgerEntry(
        municipality_code=municipality_of(session),
        certificate_number=number,
        kind=EntryKind.ISSUED,
        session_id=session.session_id,
        operator=session.operator,
        kiosk_id=session.kiosk_id,
        document_type=session.document_type.value,
        month=month,
        posted_at=now,
        price=session.price,
    )
