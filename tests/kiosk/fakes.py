"""The kiosk's neighbours in memory: a clock, and a gateway that seals, signs and keeps accounts."""

import secrets
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.wire.bodies import (
    Catalogue,
    CatalogueOffer,
    Completion,
    Environment,
    Locale,
    MunicipalityOffer,
    OrderWish,
    Payment,
    Prepared,
    PrintOutcome,
    PrintReport,
    Quote,
    Receipt,
    Released,
    ServiceStatus,
    SessionOpened,
    SessionState,
    SessionStatus,
)
from gateway.wire.codes import ErrorCode, MoneyState, ProblemKind
from issuance.wire.bodies import (
    CatalogueDetails,
    CatalogueEntry,
    Manifest,
    SheetOutcome,
    SignedManifest,
)
from issuance.wire.codes import DocumentType
from issuance.wire.recipes import (
    MANIFEST_LABEL,
    order_digest,
)
from kiosk.card.certificate_proof import CardProof
from kiosk.errors import GatewayRefusalError, GatewayUnreachableError
from tests.kiosk.core_work import (
    NOW,
    TOWN,
    FakeSession,
    details_of,
    manifest_of,
    seal_catalogue,
    sealed_certificate,
)

FEE = 10
"""What one copy costs in the fake town, in yen."""
_DEMO = Environment.DEMO
S = SessionState
Answer = TypeVar("Answer")


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def forward(self, span: timedelta) -> None:
        self.moment += span


class Trouble(Enum):
    """What goes wrong with one call."""

    REFUSED = auto()
    """The gateway says no and does nothing."""
    LOST = auto()
    """The request never arrives."""
    UNANSWERED = auto()
    """The gateway does it, and the answer is lost."""


def refusal(
    kind: ProblemKind = ProblemKind.WRONG_STATE, code: ErrorCode | None = None
) -> GatewayRefusalError:
    """Return a refusal as the client raises it."""
    return GatewayRefusalError(
        kind, code, money=MoneyState.NONE, retryable=False, trace_id="0" * 16
    )


class FakeGateway:
    """Serves one town; every promise of the wire is kept unless ``tamper`` breaks it.

    ``troubles`` holds, by method, what goes wrong with its next calls; ``tamper`` changes answers.
    """

    def __init__(self, *, entries: int = 1, pages: int = 1) -> None:
        self.core_key = Ed25519PrivateKey.generate()
        self.pages = pages
        self.entry_ids = tuple(f"entry-{number}" for number in range(1, entries + 1))
        self.sessions: dict[str, FakeSession] = {}
        self.troubles: dict[str, deque[Trouble]] = defaultdict(deque)
        self.tamper: dict[str, Callable[[Any], Any]] = {}
        self.calls: list[str] = []
        self.record_version = 3

    @property
    def municipality(self) -> MunicipalityOffer:
        """The town as it is offered."""
        return MunicipalityOffer(
            municipality_code=TOWN,
            prefecture="見本県",
            name="見本市",
            name_en="Mihon City",
            open_now=True,
            core_key_id="manifest-1",
            core_key=self.core_key.public_key().public_bytes_raw(),
        )

    def fees_posted(self, session_id: str) -> int:
        """What the ledger says that was earned in a session, in yen."""
        outcomes = self.sessions[session_id].outcomes.values()
        return list(outcomes).count(SheetOutcome.PRINTED) * FEE

    def only_session(self) -> FakeSession:
        """Return the one session there is."""
        (session,) = self.sessions.values()
        return session

    def _call(self, name: str, work: Callable[[], Answer]) -> Answer:
        """Do a step once, with the next trouble of its method."""
        self.calls.append(name)
        trouble = self.troubles[name].popleft() if self.troubles[name] else None
        if trouble is Trouble.LOST:
            raise GatewayUnreachableError("lost")
        if trouble is Trouble.REFUSED:
            raise refusal()
        answer = work()
        if trouble is Trouble.UNANSWERED:
            raise GatewayUnreachableError("lost")
        change = self.tamper.get(name)
        return change(answer) if change is not None else answer

    def _session(self, session_id: str, *states: SessionState) -> FakeSession:
        session = self.sessions.get(session_id)
        if session is None:
            raise refusal(ProblemKind.NOT_FOUND, ErrorCode.SESSION_EXPIRED)
        if session.state not in states:
            raise refusal(ProblemKind.WRONG_STATE, ErrorCode.SESSION_EXPIRED)
        return session

    def _status(self, session: FakeSession, refund: int = 0) -> SessionStatus:
        return SessionStatus(
            environment=_DEMO, session_id=session.session_id, state=session.state, refund=refund
        )

    async def service_status(self) -> ServiceStatus:
        return ServiceStatus(
            environment=_DEMO, open_now=True, municipalities=(self.municipality,), notices=()
        )

    async def open_session(self, locale: Locale, session_key: bytes) -> SessionOpened:
        def work() -> SessionOpened:
            session = FakeSession(secrets.token_hex(16), session_key)
            self.sessions[session.session_id] = session
            return SessionOpened(
                environment=_DEMO,
                session_id=session.session_id,
                challenge=secrets.token_bytes(32),
                origin="http://gateway.test",
                proof_expires_at=NOW + timedelta(seconds=180),
                expires_at=NOW + timedelta(minutes=10),
            )

        return self._call("open_session", work)

    async def prove(self, session_id: str, municipality_code: str, proof: CardProof) -> Catalogue:
        def work() -> Catalogue:
            session = self._session(session_id, S.NEW)
            session.state = S.PROVED
            details = CatalogueDetails(entries=tuple(map(details_of, self.entry_ids)))
            return Catalogue(
                environment=_DEMO,
                offers=tuple(
                    CatalogueOffer(entry=self._entry(entry_id), unit_fee=FEE)
                    for entry_id in self.entry_ids
                ),
                sealed_details=seal_catalogue(session, details),
                bind=session.bind,
            )

        return self._call("prove", work)

    def _entry(self, entry_id: str) -> CatalogueEntry:
        return CatalogueEntry(
            entry_id=entry_id,
            document_type=DocumentType.VICTIM_CERTIFICATE,
            record_version=self.record_version,
        )

    async def quote(self, session_id: str, wish: OrderWish) -> Quote:
        def work() -> Quote:
            session = self._session(session_id, S.PROVED, S.QUOTED)
            entry = self._entry(wish.entry_id)
            digest = order_digest(
                session_id=session_id,
                municipality_code=TOWN,
                document_type=entry.document_type.value,
                entry_id=entry.entry_id,
                copies=wish.copies,
                record_version=entry.record_version,
            )
            session.state = S.QUOTED
            session.quote = Quote(
                environment=_DEMO,
                order_digest=digest,
                document_type=entry.document_type,
                entry_id=entry.entry_id,
                record_version=entry.record_version,
                copies=wish.copies,
                pages_expected=self.pages,
                unit_fee=FEE,
                total=FEE * wish.copies,
            )
            return session.quote

        return self._call("quote", work)

    async def prepare(self, session_id: str, order_digest: bytes) -> Prepared:
        def work() -> Prepared:
            session = self._session(session_id, S.QUOTED)
            assert session.quote is not None
            session.state = S.READY
            numbers = [f"{TOWN}-2026-{n:07d}-11" for n in range(1, session.quote.copies + 1)]
            made = [sealed_certificate(session, number, self.pages) for number in numbers]
            session.documents = tuple(entry for entry, _ in made)
            session.sealed = tuple(sealed for _, sealed in made)
            return Prepared(
                environment=_DEMO,
                signed_manifest=self.sign(manifest_of(session)),
                total=session.quote.total,
            )

        return self._call("prepare", work)

    def sign(self, manifest: Manifest, *, key_id: str = "manifest-1") -> SignedManifest:
        """Return a manifest under the core's signature."""
        data = manifest.model_dump_json().encode()
        return SignedManifest(
            manifest=data, key_id=key_id, signature=self.core_key.sign(MANIFEST_LABEL + data)
        )

    async def pay(self, session_id: str, payment: Payment) -> SessionStatus:
        def work() -> SessionStatus:
            session = self._session(session_id, S.READY, S.PAID)
            session.state, session.paid = S.PAID, payment.amount
            return self._status(session)

        return self._call("pay", work)

    async def release(self, session_id: str) -> Released:
        def work() -> Released:
            session = self._session(session_id, S.PAID, S.RELEASED)
            session.state = S.RELEASED
            return Released(environment=_DEMO, sealed_documents=session.sealed)

        return self._call("release", work)

    async def report_print(self, session_id: str, report: PrintReport) -> SessionStatus:
        def work() -> SessionStatus:
            session = self._session(session_id, S.RELEASED)
            session.reports.append(report)
            return self._status(session)

        return self._call("report_print", work)

    async def complete(self, session_id: str, completion: Completion) -> Receipt:
        def work() -> Receipt:
            outcomes = {r.certificate_number: r.outcome for r in completion.results}
            return self._finish(self._session(session_id, S.RELEASED, S.ISSUED, S.VOID), outcomes)

        return self._call("complete", work)

    def _finish(self, session: FakeSession, outcomes: dict[str, SheetOutcome]) -> Receipt:
        numbers = {document.certificate_number for document in session.documents}
        if set(outcomes) != numbers or (session.outcomes and session.outcomes != outcomes):
            raise refusal()
        session.outcomes = outcomes
        sheets = list(outcomes.values()).count(SheetOutcome.PRINTED)
        session.state = S.ISSUED if sheets else S.VOID
        return Receipt(
            environment=_DEMO,
            session_id=session.session_id,
            receipt_number="ABC123",
            sheets=sheets,
            unit_fee=FEE,
            total=FEE * sheets,
            refund=FEE * (len(outcomes) - sheets),
            issued_at=NOW,
        )

    async def abort(self, session_id: str, reason: str) -> SessionStatus:
        def work() -> SessionStatus:
            session = self._session(session_id, S.NEW, S.PROVED, S.QUOTED, S.PREPARING, S.READY)
            session.state = S.ABORTED
            return self._status(session)

        return self._call("abort", work)

    async def void(self, session_id: str, reason: str) -> SessionStatus:
        def work() -> SessionStatus:
            session = self._session(session_id, S.PAID, S.RELEASED, S.IN_DOUBT)
            if any(report.outcome is PrintOutcome.PRINTED for report in session.reports):
                raise refusal()
            nothing = {d.certificate_number: SheetOutcome.NOT_PRINTED for d in session.documents}
            return self._status(session, refund=self._finish(session, nothing).refund)

        return self._call("void", work)

    async def session_status(self, session_id: str) -> SessionStatus:
        return self._call("session_status", lambda: self._status(self._session(session_id, *S)))
