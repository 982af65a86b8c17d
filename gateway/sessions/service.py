"""What happens inside one transaction at each step: load, decide, store. Nothing here commits."""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.billing.fees import EntryKind, FeePolicy, price_sheet
from gateway.billing.ledger import LedgerEntry, find_issued, month_of, post
from gateway.errors import (
    NotOfferedError,
    OutsideHoursError,
    SessionExpiredError,
    UnknownSessionError,
    WrongAmountError,
    WrongStateError,
)
from gateway.integrity.breaker import check_line_runs, trip
from gateway.participation.hours import JAPAN, is_open, next_opening, suspension_at
from gateway.participation.model import Kiosk, Municipality, Participation
from gateway.participation.rate import RateLimit
from gateway.participation.rate_store import check_rate
from gateway.sessions.manifest import verify_manifest
from gateway.sessions.model import BEFORE_PAYMENT, LEGAL, SESSION_TIME, S, Session
from gateway.sessions.store import (
    NewSession,
    add_print_report,
    add_session,
    claim_numbers,
    get_session,
    load_print_outcomes,
    move,
    use_challenge,
)
from gateway.verification.model import ConsumedChallenge, VerifiedCardHolder
from gateway.wire.bodies import (
    CatalogueOffer,
    OpenSession,
    OrderWish,
    Payment,
    PrintOutcome,
    PrintReport,
)
from issuance.wire.bodies import (
    Manifest,
    PrepareAnswer,
    QuoteAnswer,
    ResolveAnswer,
    SheetOutcome,
    SheetResult,
)
from issuance.wire.codes import DocumentType
from issuance.wire.recipes import binding, order_digest, serial_bytes


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How often somebody may begin. Assumption: the figures are ours."""

    per_kiosk: RateLimit
    per_subject: RateLimit


@dataclass(frozen=True, slots=True)
class SessionService:
    """The use cases of sessions over one participation."""

    participation: Participation
    limits: RateLimits

    def open_session(
        self, connection: Connection, kiosk: Kiosk, request: OpenSession, now: datetime
    ) -> NewSession:
        """Step 1. Raises: OutsideHoursError, NotOfferedError, RateLimitedError."""
        hours = self.participation.hours
        if not is_open(hours, now):
            raise OutsideHoursError(next_opening(hours, now))
        if suspension_at(self.participation.suspensions, now) is not None:
            raise NotOfferedError("the service is suspended")
        check_rate(connection, f"kiosk:{kiosk.kiosk_id}", self.limits.per_kiosk, now)
        new = NewSession(
            session_id=secrets.token_hex(16),
            kiosk_id=kiosk.kiosk_id,
            operator=kiosk.operator,
            session_key=request.session_key,
            challenge=secrets.token_bytes(32),
            opened_at=now,
            expires_at=now + SESSION_TIME,
        )
        add_session(connection, new)
        return new

    def municipality_open(self, code: str, now: datetime) -> Municipality:
        """Return a municipality that serves now. Raises: NotOfferedError."""
        municipality = self.participation.find_municipality(code)
        if municipality is None or not municipality.fees:
            raise NotOfferedError("this municipality does not take part")
        if suspension_at(municipality.suspensions, now) is not None:
            raise NotOfferedError("this municipality suspends the service now")
        return municipality

    def begin_proof(
        self, connection: Connection, session_id: str, kiosk: Kiosk, code: str, now: datetime
    ) -> tuple[Session, ConsumedChallenge | None]:
        """Step 3, before anything is verified: use the challenge up, whatever comes after.

        Raises: UnknownSessionError, WrongStateError, SessionExpiredError.
        """
        session = self.own_session(connection, session_id, kiosk)
        _check_time(session, now)
        if session.state is not S.NEW:
            raise WrongStateError("the session has been proved before")
        used = use_challenge(connection, session_id)
        return session, ConsumedChallenge(session.challenge, session.opened_at) if used else None

    def check_subject(
        self,
        connection: Connection,
        municipality: Municipality,
        holder: VerifiedCardHolder,
        now: datetime,
    ) -> bytes:
        """Return the card's pseudonym. Raises: RateLimitedError, LineStoppedError."""
        check_line_runs(connection, municipality.code)
        identity = holder.issuer_key_id + serial_bytes(holder.serial)
        subject = hmac.digest(municipality.pseudonym_key, identity, "sha256")
        key = f"subject:{municipality.code}:{subject.hex()}"
        check_rate(connection, key, self.limits.per_subject, now)
        return subject

    def finish_proof(
        self,
        connection: Connection,
        session: Session,
        municipality: Municipality,
        holder: VerifiedCardHolder,
        subject: bytes,
        answer: ResolveAnswer,
        now: datetime,
    ) -> tuple[bytes, tuple[CatalogueOffer, ...]]:
        """Step 4 done: NEW → PROVED. Returns binding and offers. Raises: NotOfferedError."""
        bind = binding(
            session_id=session.session_id,
            issuer_key_id=holder.issuer_key_id,
            serial=holder.serial,
            session_key=session.session_key,
        )
        day = now.astimezone(JAPAN).date()
        offers = tuple(
            CatalogueOffer(entry=entry, unit_fee=price_sheet(policy, day).resident_pays)
            for entry in answer.entries
            if (policy := municipality.fees.get(entry.document_type)) is not None
        )
        if not offers:
            raise NotOfferedError("nothing is offered here now")
        move(
            connection,
            session.session_id,
            S.NEW,
            S.PROVED,
            now=now,
            municipality_code=municipality.code,
            subject=subject,
            bind=bind,
            subject_ref=answer.subject_ref,
            offers=json.dumps([offer.model_dump(mode="json") for offer in offers]),
        )
        return bind, offers

    def begin_quote(
        self, connection: Connection, session_id: str, kiosk: Kiosk, wish: OrderWish, now: datetime
    ) -> tuple[Session, CatalogueOffer]:
        """Step 5. Raises: UnknownSessionError, WrongStateError, NotOfferedError …"""
        session = self.own_session(connection, session_id, kiosk)
        _check_time(session, now)
        if session.state not in (S.PROVED, S.QUOTED):
            raise WrongStateError("nothing can be ordered in this state")
        check_line_runs(connection, _code(session))
        for offer in session.offers:
            if offer.entry.entry_id == wish.entry_id:
                return session, offer
        raise NotOfferedError("this entry was not offered in this session")

    def finish_quote(
        self,
        connection: Connection,
        session: Session,
        offer: CatalogueOffer,
        answer: QuoteAnswer,
        now: datetime,
    ) -> None:
        """Step 5 done: freeze order and price. Raises: WrongStateError."""
        digest = order_digest(
            session_id=session.session_id,
            municipality_code=_code(session),
            document_type=answer.document_type.value,
            entry_id=offer.entry.entry_id,
            copies=answer.copies,
            record_version=answer.record_version,
        )
        if digest != answer.order_digest:
            raise WrongStateError("the core froze another order")
        move(
            connection,
            session.session_id,
            session.state,
            S.QUOTED,
            now=now,
            entry_id=offer.entry.entry_id,
            copies=answer.copies,
            record_version=answer.record_version,
            pages=answer.pages_expected,
            order_digest=digest,
            unit_fee=offer.unit_fee,
            total=offer.unit_fee * answer.copies,
        )

    def begin_prepare(
        self, connection: Connection, session_id: str, kiosk: Kiosk, digest: bytes, now: datetime
    ) -> Session:
        """Step 6: write the intent down; an interrupted making is taken up again."""
        session = self.own_session(connection, session_id, kiosk)
        _check_time(session, now)
        check_line_runs(connection, _code(session))
        if session.order_digest != digest:
            raise WrongStateError("this is not the order that was quoted")
        if session.state is not S.PREPARING:
            move(connection, session_id, S.QUOTED, S.PREPARING, now=now)
        return session

    def finish_prepare(
        self,
        connection: Connection,
        session: Session,
        answer: PrepareAnswer,
        now: datetime,
    ) -> Manifest:
        """Step 7: compare, then PREPARING → READY. Raises: BindingMismatchError."""
        municipality = self.participation.find_municipality(_code(session))
        if municipality is None:
            raise NotOfferedError("this municipality does not take part")
        manifest = verify_manifest(answer, session, municipality)
        numbers = [document.certificate_number for document in manifest.documents]
        claim_numbers(connection, municipality.code, session.session_id, numbers)
        move(
            connection,
            session.session_id,
            S.PREPARING,
            S.READY,
            now=now,
            manifest=answer.signed_manifest.manifest,
            sealed=answer.model_dump_json(include={"sealed_documents"}).encode(),
        )
        return manifest

    def quarantine(
        self, connection: Connection, session: Session, difference: str, now: datetime
    ) -> None:
        """A broken promise: end the session and stop the municipality's line."""
        current = get_session(connection, session.session_id)
        if S.QUARANTINED in LEGAL[current.state]:
            move(connection, session.session_id, current.state, S.QUARANTINED, now=now, sealed=None)
        trip(connection, _code(session), difference, session_id=session.session_id, now=now)

    def pay(
        self, connection: Connection, session_id: str, kiosk: Kiosk, payment: Payment, now: datetime
    ) -> None:
        """Step 8: READY → PAID. Raises: WrongAmountError, SessionExpiredError …"""
        session = self.own_session(connection, session_id, kiosk)
        _check_time(session, now)
        check_line_runs(connection, _code(session))
        if payment.amount != session.total:
            raise WrongAmountError("the amount is not the price")
        move(connection, session_id, S.READY, S.PAID, now=now)

    def release(self, connection: Connection, session_id: str, kiosk: Kiosk, now: datetime) -> None:
        """Step 9: PAID → RELEASED, once."""
        session = self.own_session(connection, session_id, kiosk)
        check_line_runs(connection, _code(session))
        move(connection, session_id, S.PAID, S.RELEASED, now=now)

    def report(
        self,
        connection: Connection,
        session_id: str,
        kiosk: Kiosk,
        report: PrintReport,
        now: datetime,
    ) -> Session:
        """Step 10: note one print attempt."""
        session = self.own_session(connection, session_id, kiosk)
        if session.state is not S.RELEASED:
            raise WrongStateError("nothing is being printed in this session")
        if report.certificate_number not in numbers_of(session):
            raise WrongStateError("this number is not one of the session")
        add_print_report(connection, session_id, report, now)
        return session

    def begin_complete(
        self,
        connection: Connection,
        session_id: str,
        kiosk: Kiosk,
        results: tuple[SheetResult, ...],
        now: datetime,
    ) -> Session:
        """Step 11: RELEASED → COMPLETING with the outcome of every copy, each exactly once."""
        session = self.own_session(connection, session_id, kiosk)
        outcomes = {result.certificate_number: result.outcome for result in results}
        if len(outcomes) != len(results) or set(outcomes) != set(numbers_of(session)):
            raise WrongStateError("every number of the session has exactly one outcome")
        return self.start_completing(connection, session, outcomes, now)

    def begin_void(
        self, connection: Connection, session_id: str, kiosk: Kiosk, now: datetime
    ) -> Session:
        """Step F after payment: nothing was printed, everything goes back."""
        session = self.own_session(connection, session_id, kiosk)
        reported = load_print_outcomes(connection, session_id)
        if any(PrintOutcome.PRINTED in outcomes for outcomes in reported.values()):
            raise WrongStateError("a copy was reported as printed")
        outcomes = dict.fromkeys(numbers_of(session), SheetOutcome.NOT_PRINTED)
        return self.start_completing(connection, session, outcomes, now)

    def start_completing(
        self,
        connection: Connection,
        session: Session,
        outcomes: dict[str, SheetOutcome],
        now: datetime,
    ) -> Session:
        """Write the outcomes down before anything is posted; taken up again when interrupted."""
        if session.state is S.COMPLETING:
            if session.results != outcomes:
                raise WrongStateError("other outcomes were reported before")
            return session
        if session.state not in (S.PAID, S.RELEASED, S.IN_DOUBT):
            raise WrongStateError("there is nothing to complete")
        text = json.dumps({number: outcome.value for number, outcome in outcomes.items()})
        move(connection, session.session_id, session.state, S.COMPLETING, now=now, results=text)
        return get_session(connection, session.session_id)

    def finish_complete(self, connection: Connection, session: Session, now: datetime) -> Session:
        """Step 11 done: one fee for every printed sheet, then ISSUED; VOID when none was."""
        printed = sorted(
            number for number, outcome in session.results.items() if outcome is SheetOutcome.PRINTED
        )
        for number in printed:
            post(connection, self._entry(session, number, now))
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
        return get_session(connection, session.session_id)

    def reverse(self, connection: Connection, code: str, number: str, now: datetime) -> LedgerEntry:
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
            month=month_of(now),
            posted_at=now,
            price=issued.price.reversed(),
        )
        post(connection, entry)
        return entry

    def abort(
        self, connection: Connection, session_id: str, kiosk: Kiosk, now: datetime
    ) -> Session:
        """Step F before payment: end the session."""
        session = self.own_session(connection, session_id, kiosk)
        if session.state not in BEFORE_PAYMENT:
            raise WrongStateError("the session cannot be aborted any more")
        move(connection, session_id, session.state, S.ABORTED, now=now, sealed=None)
        return session

    def own_session(self, connection: Connection, session_id: str, kiosk: Kiosk) -> Session:
        """Return a session of this kiosk; another's does not exist for it."""
        session = get_session(connection, session_id)
        if session.kiosk_id != kiosk.kiosk_id:
            raise UnknownSessionError("no such session")
        return session

    def _entry(self, session: Session, number: str, now: datetime) -> LedgerEntry:
        offer = next(o for o in session.offers if o.entry.entry_id == session.entry_id)
        document_type = offer.entry.document_type
        return LedgerEntry(
            municipality_code=_code(session),
            certificate_number=number,
            kind=EntryKind.ISSUED,
            session_id=session.session_id,
            operator=session.operator,
            kiosk_id=session.kiosk_id,
            document_type=document_type.value,
            month=month_of(now),
            posted_at=now,
            price=price_sheet(
                self._policy(_code(session), document_type), session.opened_at.date()
            ),
        )

    def _policy(self, code: str, document_type: DocumentType) -> FeePolicy:
        municipality = self.participation.find_municipality(code)
        if municipality is None:
            raise NotOfferedError("this municipality does not take part")
        return municipality.fees[document_type]


def numbers_of(session: Session) -> tuple[str, ...]:
    """Return the certificate numbers in the session's manifest; none before step 7."""
    if session.manifest is None:
        return ()
    manifest = Manifest.model_validate_json(session.manifest)
    return tuple(document.certificate_number for document in manifest.documents)


def _code(session: Session) -> str:
    if session.municipality_code is None:
        raise WrongStateError("the session has not been proved")
    return session.municipality_code


def _check_time(session: Session, now: datetime) -> None:
    if not session.opened_at <= now <= session.expires_at:
        raise SessionExpiredError("the session's time is over")
