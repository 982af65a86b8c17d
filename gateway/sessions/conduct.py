"""Steps 1 to 7 between kiosk, database and core. No transaction is open while the core works.

What a repeated request finds is the stored answer; what a crash leaves is a state that the same
request, or ``gateway reconcile``, takes up again.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from gateway.database import Worker
from gateway.errors import BindingMismatchError, GatewayError, UnknownSessionError
from gateway.introduction.gate import Admitted
from gateway.participation.model import Kiosk
from gateway.sessions.answers import Answers, Call
from gateway.sessions.closing import abort, own_session
from gateway.sessions.cores import Cores
from gateway.sessions.model import PROOF_TIME, Session
from gateway.sessions.service import SessionService
from gateway.verification.model import ProofContext, UnverifiedProof, VerifiedCardHolder
from gateway.wire.bodies import (
    Catalogue,
    Confirmation,
    Environment,
    OpenSession,
    OrderWish,
    Prepared,
    Proof,
    Quote,
    SessionOpened,
    SessionState,
    SessionStatus,
)
from issuance.wire.bodies import PrepareRequest, QuoteRequest, ResolveRequest
from issuance.wire.recipes import serial_bytes


class CardVerifier(Protocol):
    """Says whose card signed, or refuses (``gateway.verification.verifier``)."""

    async def verify(
        self, proof: UnverifiedProof, context: ProofContext, now: datetime
    ) -> VerifiedCardHolder:
        """Return the proved card holder. Raises: VerificationError."""
        ...


@dataclass(frozen=True, slots=True)
class Conductor:
    """What a kiosk may ask of a session before money is in the machine."""

    worker: Worker
    service: SessionService
    verifier: CardVerifier
    cores: Cores
    answers: Answers
    origin: str
    environment: Environment
    now: Callable[[], datetime]

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
            return self.answers.keep(connection, call, new.session_id, opened)

        return await self.worker.run(work)

    async def prove(self, call: Call, request: Proof) -> bytes:
        """Steps 3 and 4: the challenge is used up first; any refusal ends the session."""
        now = self.now()
        municipality = self.service.get_municipality(request.municipality_code)
        session, challenge, admitted = await self.worker.run(
            lambda connection: self.service.begin_proof(
                connection, call.session_id, call.kiosk, municipality, now
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
            return await self._resolve(call, session, admitted, holder, now)
        except BindingMismatchError:
            raise
        except GatewayError:
            await self._end_quietly(call)
            raise

    async def _resolve(
        self,
        call: Call,
        session: Session,
        admitted: Admitted,
        holder: VerifiedCardHolder,
        now: datetime,
    ) -> bytes:
        """Step 4: from the proved card to what its holder may have."""
        municipality = admitted.municipality
        subject = await self.worker.run(
            lambda connection: self.service.check_subject(connection, municipality, holder, now)
        )
        async with self.cores.watched(session, municipality.code) as core:
            resolved = await core.resolve(
                ResolveRequest(
                    session_id=session.session_id,
                    municipality_code=municipality.code,
                    issuer_key_id=holder.issuer_key_id,
                    serial=serial_bytes(holder.serial),
                    session_key=session.session_key,
                )
            )

            def work(connection: Connection) -> bytes:
                bind, offers = self.service.finish_proof(
                    connection, session, admitted, holder, subject, resolved, now
                )
                catalogue = Catalogue(
                    environment=self.environment,
                    offers=offers,
                    sealed_details=resolved.sealed_details,
                    bind=bind,
                )
                return self.answers.keep(connection, call, session.session_id, catalogue)

            return await self.worker.run(work)

    async def quote(self, call: Call, wish: OrderWish) -> bytes:
        """Step 5."""
        now = self.now()
        session, offer = await self.worker.look(
            lambda connection: self.service.begin_quote(
                connection, call.session_id, call.kiosk, wish, now
            )
        )
        async with self.cores.watched(session, session.municipality_code) as core:
            frozen = await core.quote(
                QuoteRequest(
                    session_id=session.session_id,
                    subject_ref=session.subject_ref or "",
                    entry_id=wish.entry_id,
                    copies=wish.copies,
                )
            )

            def work(connection: Connection) -> bytes:
                self.service.finish_quote(connection, session, offer, wish, frozen, now)
                quote = Quote(
                    environment=self.environment,
                    order_digest=frozen.order_digest,
                    document_type=frozen.document_type,
                    entry_id=wish.entry_id,
                    record_version=frozen.record_version,
                    copies=wish.copies,
                    pages_expected=frozen.pages_expected,
                    unit_fee=offer.unit_fee,
                    total=offer.unit_fee * wish.copies,
                )
                return self.answers.keep(connection, call, session.session_id, quote)

            return await self.worker.run(work)

    async def prepare(self, call: Call, request: Confirmation) -> bytes:
        """Steps 6 and 7. A time-out or refusal ends the whole session: nothing is half ready.

        A crash in between leaves PREPARING, and the same request makes the same documents again.
        """
        now = self.now()
        session = await self.worker.run(
            lambda connection: self.service.begin_prepare(
                connection, call.session_id, call.kiosk, request.order_digest, now
            )
        )
        try:
            return await self._make(call, session, request, now)
        except BindingMismatchError:
            raise
        except GatewayError:
            await self._end_quietly(call)
            raise

    async def _make(
        self, call: Call, session: Session, request: Confirmation, now: datetime
    ) -> bytes:
        """Let the core make the documents, and believe its manifest only when everything fits."""
        async with self.cores.watched(session, session.municipality_code) as core:
            answer = await core.prepare(
                PrepareRequest(
                    session_id=session.session_id,
                    order_digest=request.order_digest,
                    # Said only where it is so: a core of the version before does not know it.
                    **({"is_test": True} if session.is_test else {}),
                )
            )

            def work(connection: Connection) -> bytes:
                self.service.finish_prepare(connection, session, answer, now)
                prepared = Prepared(
                    environment=self.environment,
                    signed_manifest=answer.signed_manifest,
                    total=session.total,
                )
                return self.answers.keep(connection, call, session.session_id, prepared)

            return await self.worker.run(work)

    async def status(self, kiosk: Kiosk, session_id: str) -> bytes:
        """Where a session of this kiosk stands."""
        session = await self.worker.look(
            lambda connection: own_session(connection, session_id, kiosk)
        )
        status = SessionStatus(
            environment=self.environment,
            session_id=session_id,
            state=session.state,
            refund=session.refund,
        )
        return status.model_dump_json().encode()

    async def find_state(self, kiosk: Kiosk, session_id: str) -> SessionState | None:
        """Return the state of a session of this kiosk; None when it has no such session."""
        with suppress(UnknownSessionError):
            session = await self.worker.look(
                lambda connection: own_session(connection, session_id, kiosk)
            )
            return session.state
        return None

    async def _end_quietly(self, call: Call) -> None:
        """End a session whose step was refused; the refusal is what the kiosk must hear."""

        def work(connection: Connection) -> Session:
            return abort(connection, call.session_id, call.kiosk, self.now())

        with suppress(GatewayError):
            await self.cores.tell_end(await self.worker.run(work), "refused")
