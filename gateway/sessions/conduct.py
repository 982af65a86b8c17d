"""The edge of a session: one request, its idempotency, its transactions, and the core between them.

No transaction is open while the core works. What a repeated request finds is the stored answer;
what a crash leaves is a state that the same request, or ``gateway reconcile``, takes up again.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection

from gateway.core_client import CoreClient
from gateway.database import Worker
from gateway.errors import (
    BindingMismatchError,
    GatewayError,
    IdempotencyKeyReusedError,
    RequestInProgressError,
)
from gateway.http.store import add_answer, find_answer, forget_session_answers
from gateway.participation.model import Kiosk
from gateway.sessions.model import PROOF_TIME, S, Session
from gateway.sessions.service import SessionService
from gateway.sessions.store import load_sealed
from gateway.verification.model import ProofContext, UnverifiedProof
from gateway.verification.verifier import Verifier
from gateway.wire.bodies import (
    Abort,
    Catalogue,
    Completion,
    Confirmation,
    Environment,
    Nothing,
    OpenSession,
    OrderWish,
    Payment,
    Prepared,
    PrintReport,
    Proof,
    Quote,
    Receipt,
    Released,
    SessionOpened,
    SessionStatus,
)
from issuance.wire.bodies import (
    AbortRequest,
    CompleteRequest,
    PrepareRequest,
    QuoteRequest,
    ResolveRequest,
    SheetOutcome,
    SheetResult,
)
from issuance.wire.recipes import serial_bytes

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call:
    """One signed request as it came in, from a kiosk that takes part."""

    kiosk: Kiosk
    path: str
    session_id: str
    """Empty for the request that opens one."""
    idempotency_key: str
    body: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """What must be equal when the same key comes again."""
        return sha256(self.path.encode() + b"\0" + self.body).digest()


@dataclass(frozen=True, slots=True)
class Conductor:
    """Everything a kiosk may ask about sessions, from body to answer bytes."""

    worker: Worker
    service: SessionService
    verifier: Verifier
    cores: Mapping[str, CoreClient]
    """Core of each municipality, by code."""
    origin: str
    environment: Environment
    now: Callable[[], datetime]
    _working: set[tuple[str, str]] = field(default_factory=set)

    async def once(self, call: Call, answer: Callable[[], Awaitable[bytes]]) -> bytes:
        """Answer a request once: again the same bytes, or a refusal while it is worked on."""
        place = (call.kiosk.key_id, call.idempotency_key)
        if place in self._working:
            raise RequestInProgressError("the same request is being worked on")
        self._working.add(place)
        try:
            known = await self.worker.run(lambda connection: self._find(connection, call))
            return known if known is not None else await answer()
        finally:
            self._working.discard(place)

    async def open_session(self, call: Call, request: OpenSession) -> bytes:
        """Step 1."""
        now = self.now()

        def work(connection: Connection) -> bytes:
            new = self.service.open_session(connection, call.kiosk, request, now)
            opened = SessionOpened(
                environment=self.environment,
                session_id=new.session_id,
                challenge=new.challenge,
                origin=self.origin,
                proof_expires_at=now + PROOF_TIME,
                expires_at=new.expires_at,
            )
            return self._keep(connection, call, new.session_id, opened)

        return await self.worker.run(work)

    async def prove(self, call: Call, request: Proof) -> bytes:
        """Steps 3 and 4: the challenge is used up first; any refusal ends the session."""
        now = self.now()
        municipality = self.service.municipality_open(request.municipality_code, now)
        session, challenge = await self.worker.run(
            lambda connection: self.service.begin_proof(
                connection, call.session_id, call.kiosk, request.municipality_code, now
            )
        )
        context = ProofContext(
            origin=self.origin,
            challenge=challenge,
            kiosk_id=session.kiosk_id,
            session_key=session.session_key,
            session_end=session.expires_at,
        )
        proof = UnverifiedProof(request.unverified_certificate, request.signature)
        try:
            holder = await self.verifier.verify(proof, context, now)
            subject = await self.worker.run(
                lambda connection: self.service.check_subject(connection, municipality, holder, now)
            )
            resolved = await self.cores[municipality.code].resolve(
                ResolveRequest(
                    session_id=session.session_id,
                    municipality_code=municipality.code,
                    issuer_key_id=holder.issuer_key_id,
                    serial=serial_bytes(holder.serial),
                    session_key=session.session_key,
                )
            )
        except GatewayError:
            await self._end_quietly(call)
            raise

        def work(connection: Connection) -> bytes:
            bind, offers = self.service.finish_proof(
                connection, session, municipality, holder, subject, resolved, now
            )
            catalogue = Catalogue(
                environment=self.environment,
                offers=offers,
                sealed_details=resolved.sealed_details,
                bind=bind,
            )
            return self._keep(connection, call, session.session_id, catalogue)

        return await self.worker.run(work)

    async def quote(self, call: Call, wish: OrderWish) -> bytes:
        """Step 5."""
        now = self.now()
        session, offer = await self.worker.run(
            lambda connection: self.service.begin_quote(
                connection, call.session_id, call.kiosk, wish, now
            )
        )
        frozen = await self._core(session).quote(
            QuoteRequest(
                session_id=session.session_id,
                subject_ref=session.subject_ref or "",
                entry_id=wish.entry_id,
                copies=wish.copies,
            )
        )

        def work(connection: Connection) -> bytes:
            self.service.finish_quote(connection, session, offer, frozen, now)
            quote = Quote(
                environment=self.environment,
                order_digest=frozen.order_digest,
                document_type=frozen.document_type,
                entry_id=wish.entry_id,
                record_version=frozen.record_version,
                copies=frozen.copies,
                pages_expected=frozen.pages_expected,
                unit_fee=offer.unit_fee,
                total=offer.unit_fee * frozen.copies,
            )
            return self._keep(connection, call, session.session_id, quote)

        return await self.worker.run(work)

    async def prepare(self, call: Call, request: Confirmation) -> bytes:
        """Steps 6 and 7. A time-out or refusal ends the whole session: nothing is half ready."""
        now = self.now()
        session = await self.worker.run(
            lambda connection: self.service.begin_prepare(
                connection, call.session_id, call.kiosk, request.order_digest, now
            )
        )
        try:
            answer = await self._core(session).prepare(
                PrepareRequest(session_id=session.session_id, order_digest=request.order_digest)
            )

            def work(connection: Connection) -> bytes:
                self.service.finish_prepare(connection, session, answer, now)
                prepared = Prepared(
                    environment=self.environment,
                    signed_manifest=answer.signed_manifest,
                    total=session.total,
                )
                return self._keep(connection, call, session.session_id, prepared)

            return await self.worker.run(work)
        except BindingMismatchError as error:
            difference = error.difference
            await self.worker.run(
                lambda connection: self.service.quarantine(
                    connection, session, difference, self.now()
                )
            )
            raise
        except GatewayError:
            await self._end_quietly(call)
            raise

    async def pay(self, call: Call, request: Payment) -> bytes:
        """Step 8."""

        def work(connection: Connection) -> bytes:
            self.service.pay(connection, call.session_id, call.kiosk, request, self.now())
            return self._keep(connection, call, call.session_id, self._status(call, S.PAID))

        return await self.worker.run(work)

    async def release(self, call: Call, _request: Nothing) -> bytes:
        """Step 9."""

        def work(connection: Connection) -> bytes:
            self.service.release(connection, call.session_id, call.kiosk, self.now())
            sealed = json.loads(load_sealed(connection, call.session_id) or b"{}")
            released = Released.model_validate({"environment": self.environment.value, **sealed})
            return self._keep(connection, call, call.session_id, released)

        return await self.worker.run(work)

    async def report_print(self, call: Call, request: PrintReport) -> bytes:
        """Step 10."""

        def work(connection: Connection) -> bytes:
            self.service.report(connection, call.session_id, call.kiosk, request, self.now())
            status = self._status(call, S.RELEASED)
            return self._keep(connection, call, call.session_id, status)

        return await self.worker.run(work)

    async def complete(self, call: Call, request: Completion) -> bytes:
        """Step 11."""
        session = await self.worker.run(
            lambda connection: self.service.begin_complete(
                connection, call.session_id, call.kiosk, request.results, self.now()
            )
        )
        ended = await self.finish(session)
        return self._receipt(ended).model_dump_json().encode()

    async def void(self, call: Call, _request: Abort) -> bytes:
        """Step F after payment."""
        session = await self.worker.run(
            lambda connection: self.service.begin_void(
                connection, call.session_id, call.kiosk, self.now()
            )
        )
        ended = await self.finish(session)
        status = self._status(call, ended.state, refund=ended.refund)
        return status.model_dump_json().encode()

    async def finish(self, session: Session) -> Session:
        """From COMPLETING to the end: the core first, then the fees. Safe to repeat."""
        results = tuple(
            SheetResult(certificate_number=number, outcome=SheetOutcome(outcome))
            for number, outcome in sorted(session.results.items())
        )
        await self._core(session).complete(
            CompleteRequest(session_id=session.session_id, results=results)
        )

        def work(connection: Connection) -> Session:
            forget_session_answers(connection, session.session_id)
            return self.service.finish_complete(connection, session, self.now())

        return await self.worker.run(work)

    async def abort(self, call: Call, request: Abort) -> bytes:
        """Step F before payment; the core learns it if it can be reached, else by its own sweep."""

        def work(connection: Connection) -> tuple[Session, bytes]:
            session = self.service.abort(connection, call.session_id, call.kiosk, self.now())
            forget_session_answers(connection, call.session_id)
            status = self._status(call, S.ABORTED)
            return session, self._keep(connection, call, call.session_id, status)

        session, answer = await self.worker.run(work)
        await self._abort_at_core(session, request.reason)
        return answer

    async def status(self, kiosk: Kiosk, session_id: str) -> bytes:
        """Where a session of this kiosk stands."""
        session = await self.worker.run(
            lambda connection: self.service.own_session(connection, session_id, kiosk)
        )
        return (
            SessionStatus(
                environment=self.environment,
                session_id=session_id,
                state=session.state,
                refund=session.refund,
            )
            .model_dump_json()
            .encode()
        )

    async def _end_quietly(self, call: Call) -> None:
        """End a session whose step was refused; the refusal is what the kiosk must hear."""

        def work(connection: Connection) -> Session:
            return self.service.abort(connection, call.session_id, call.kiosk, self.now())

        with suppress(GatewayError):
            await self._abort_at_core(await self.worker.run(work), "refused")

    async def _abort_at_core(self, session: Session, reason: str) -> None:
        if session.municipality_code is None or session.subject_ref is None:
            return
        # The core voids what was reserved; when it cannot be reached its own sweep does.
        with suppress(GatewayError):
            request = AbortRequest(session_id=session.session_id, reason=reason)
            await self._core(session).abort(request)

    def _core(self, session: Session) -> CoreClient:
        return self.cores[session.municipality_code or ""]

    def _find(self, connection: Connection, call: Call) -> bytes | None:
        known = find_answer(connection, call.kiosk.key_id, call.idempotency_key)
        if known is None:
            return None
        if known.request_digest != call.digest:
            raise IdempotencyKeyReusedError("the key was used with another request")
        return known.answer

    def _keep(
        self, connection: Connection, call: Call, session_id: str, answer: BaseModel
    ) -> bytes:
        data = answer.model_dump_json().encode()
        add_answer(
            connection,
            sender=call.kiosk.key_id,
            key=call.idempotency_key,
            session_id=session_id,
            request_digest=call.digest,
            answer=data,
            now=self.now(),
        )
        return data

    def _status(self, call: Call, state: S, *, refund: int = 0) -> SessionStatus:
        return SessionStatus(
            environment=self.environment,
            session_id=call.session_id,
            state=state,
            refund=refund,
        )

    def _receipt(self, session: Session) -> Receipt:
        printed = sum(o is SheetOutcome.PRINTED for o in session.results.values())
        return Receipt(
            environment=self.environment,
            session_id=session.session_id,
            receipt_number=session.receipt_number or "",
            sheets=printed,
            unit_fee=session.unit_fee,
            total=session.unit_fee * printed,
            refund=session.refund,
            issued_at=session.changed_at,
        )
