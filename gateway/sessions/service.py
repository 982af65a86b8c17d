"""From the challenge to the manifest, inside one transaction at each step. Nothing here commits."""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.billing.fees import SheetPrice, SheetPurpose
from gateway.errors import (
    BindingMismatchError,
    NotOfferedError,
    RecordChangedError,
    WrongStateError,
)
from gateway.integrity.breaker import check_line_runs
from gateway.introduction.gate import Admitted
from gateway.participation.model import Kiosk, Municipality, Participation
from gateway.participation.rate import RateLimit
from gateway.participation.rate_store import check_rate
from gateway.sessions.admission import (
    admit_to_session,
    check_certificate_served,
    check_service_open,
)
from gateway.sessions.closing import check_time, municipality_of, own_session
from gateway.sessions.manifest import verify_manifest
from gateway.sessions.model import SESSION_TIME, S, Session
from gateway.sessions.store import (
    NewSession,
    add_session,
    claim_numbers,
    move,
    price_text,
    use_challenge,
)
from gateway.verification.model import ConsumedChallenge, VerifiedCardHolder
from gateway.wire.bodies import CatalogueOffer, OpenSession, OrderWish
from issuance.wire.bodies import Manifest, PrepareAnswer, QuoteAnswer, ResolveAnswer
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
        check_service_open(connection, self.participation, now)
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

    def get_municipality(self, code: str) -> Municipality:
        """Return a municipality that offers something at all. Raises: NotOfferedError."""
        municipality = self.participation.find_municipality(code)
        if municipality is None or not municipality.has_fees:
            raise NotOfferedError("this municipality does not take part")
        return municipality

    def begin_proof(
        self,
        connection: Connection,
        session_id: str,
        kiosk: Kiosk,
        municipality: Municipality,
        now: datetime,
    ) -> tuple[Session, ConsumedChallenge | None, Admitted]:
        """Step 3, before anything is verified: use the challenge up, whatever comes after.

        Raises: NotLiveError, NotOfferedError, OutsideHoursError, UnknownSessionError,
        WrongStateError, SessionExpiredError, LineStoppedError.
        """
        session = own_session(connection, session_id, kiosk)
        check_time(session, now)
        admitted = admit_to_session(connection, self.participation, municipality, session, now)
        check_line_runs(connection, municipality.code)
        if session.state is not S.NEW:
            raise WrongStateError("the session has been proved before")
        used = use_challenge(connection, session_id)
        challenge = ConsumedChallenge(session.challenge, session.opened_at) if used else None
        return session, challenge, admitted

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
        admitted: Admitted,
        holder: VerifiedCardHolder,
        subject: bytes,
        answer: ResolveAnswer,
        now: datetime,
    ) -> tuple[bytes, tuple[CatalogueOffer, ...]]:
        """Step 4 done: NEW → PROVED. Returns binding and offers.

        Raises: NotOfferedError; BindingMismatchError when one id names two entries.
        """
        municipality = admitted.municipality
        if len({entry.entry_id for entry in answer.entries}) != len(answer.entries):
            raise BindingMismatchError("catalogue")
        bind = binding(
            session_id=session.session_id,
            issuer_key_id=holder.issuer_key_id,
            serial=holder.serial,
            session_key=session.session_key,
        )
        offers = tuple(
            CatalogueOffer(entry=entry, unit_fee=price.resident_pays)
            for entry in answer.entries
            if (price := self._find_price(session, municipality, entry.document_type)) is not None
            and (price.purpose is admitted.purpose or price.purpose is SheetPurpose.STORE_TEST)
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
        session = own_session(connection, session_id, kiosk)
        check_time(session, now)
        if session.state not in (S.PROVED, S.QUOTED):
            raise WrongStateError("nothing can be ordered in this state")
        check_line_runs(connection, municipality_of(session))
        for offer in session.offers:
            if offer.entry.entry_id == wish.entry_id:
                self._check_served(connection, session, offer.entry.document_type, now)
                return session, offer
        raise NotOfferedError("this entry was not offered in this session")

    def finish_quote(
        self,
        connection: Connection,
        session: Session,
        offer: CatalogueOffer,
        wish: OrderWish,
        answer: QuoteAnswer,
        now: datetime,
    ) -> None:
        """Step 5 done: freeze order and price.

        Raises: RecordChangedError when the record is another one than the catalogue showed;
        BindingMismatchError when the core froze something that was not ordered.
        """
        entry = offer.entry
        digest = order_digest(
            session_id=session.session_id,
            municipality_code=municipality_of(session),
            document_type=entry.document_type.value,
            entry_id=entry.entry_id,
            copies=wish.copies,
            record_version=answer.record_version,
        )
        if (answer.document_type, answer.copies, answer.order_digest) != (
            entry.document_type,
            wish.copies,
            digest,
        ):
            raise BindingMismatchError("quote")
        if answer.record_version != entry.record_version:
            raise RecordChangedError("the record changed after the catalogue was shown")
        price = self._price(session, entry.document_type)
        move(
            connection,
            session.session_id,
            session.state,
            S.QUOTED,
            now=now,
            entry_id=entry.entry_id,
            document_type=entry.document_type.value,
            copies=wish.copies,
            record_version=answer.record_version,
            pages=answer.pages_expected,
            order_digest=digest,
            price=price_text(price),
            unit_fee=price.resident_pays,
            total=price.resident_pays * wish.copies,
        )

    def begin_prepare(
        self, connection: Connection, session_id: str, kiosk: Kiosk, digest: bytes, now: datetime
    ) -> Session:
        """Step 6: write the intent down; an interrupted making is taken up again.

        Raises: RecordChangedError, LineStoppedError, SessionExpiredError, WrongStateError.
        """
        session = own_session(connection, session_id, kiosk)
        check_time(session, now)
        check_line_runs(connection, municipality_of(session))
        if session.order_digest != digest:
            raise RecordChangedError("this is not the order that was quoted")
        self._check_served(connection, session, session.document_type, now)
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
        municipality = self.participation.find_municipality(municipality_of(session))
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

    def _check_served(
        self,
        connection: Connection,
        session: Session,
        certificate: DocumentType | None,
        now: datetime,
    ) -> None:
        code = municipality_of(session)
        check_certificate_served(connection, self.participation, code, certificate, now)

    def _find_price(
        self, session: Session, municipality: Municipality, kind: DocumentType
    ) -> SheetPrice | None:
        """Return the price on the day, in Japan, on which the session was opened."""
        return municipality.find_price(
            kind, session.opened_at, session.kiosk_id, rates=self.participation.rates
        )

    def _price(self, session: Session, kind: DocumentType) -> SheetPrice:
        municipality = self.participation.find_municipality(municipality_of(session))
        price = None if municipality is None else self._find_price(session, municipality, kind)
        if price is None:
            raise NotOfferedError("this certificate is not offered here")
        return price
