"""Stand-ins for what the gateway needs from outside: clock, card verification, a core, a kiosk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx
from pydantic import BaseModel

from gateway.verification.challenge import check_challenge
from gateway.verification.errors import CardSignatureError, VerificationError
from gateway.verification.model import ProofContext, UnverifiedProof, VerifiedCardHolder
from issuance.wire import api_paths
from issuance.wire.bodies import (
    AbortRequest,
    CatalogueEntry,
    CompleteRequest,
    Manifest,
    ManifestDocument,
    NumberState,
    NumberStatus,
    OrderStatus,
    PrepareAnswer,
    PrepareRequest,
    QuoteAnswer,
    QuoteRequest,
    ResolveAnswer,
    ResolveRequest,
    SheetOutcome,
    SignedManifest,
    VoidRequest,
)
from issuance.wire.codes import CoreRefusal, DocumentType
from issuance.wire.problem import CoreProblem
from issuance.wire.recipes import MANIFEST_LABEL, authentication_digest, binding, order_digest
from signed_http.keys import KeyRing, SigningKey
from signed_http.profile import VerifiedSender
from signed_http.server import App, Receive, Refusal, Scope, Send, SignedMessages

ISSUER = sha256(b"an authority").digest()
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Noon in Japan on an ordinary day."""


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def forward(self, span: timedelta) -> None:
        self.moment += span


def card_answer(*, origin: str, challenge: bytes, kiosk_id: str, session_key: bytes) -> bytes:
    """Return what a fake card signs: the digest itself."""
    return authentication_digest(
        origin=origin, challenge=challenge, kiosk_id=kiosk_id, session_key=session_key
    )


@dataclass
class FakeVerifier:
    """Believes a certificate that is a number, and a signature that is the digest to be signed."""

    refusal: VerificationError | None = None
    meanwhile: Callable[[], None] | None = None

    async def verify(
        self, proof: UnverifiedProof, context: ProofContext, now: datetime
    ) -> VerifiedCardHolder:
        challenge = check_challenge(context.challenge, now=now)
        if self.meanwhile is not None:
            self.meanwhile()
        if self.refusal is not None:
            raise self.refusal
        expected = card_answer(
            origin=context.origin,
            challenge=challenge.value,
            kiosk_id=context.kiosk_id,
            session_key=context.session_key,
        )
        if proof.signature != expected:
            raise CardSignatureError("the card did not sign for this session")
        serial = int.from_bytes(proof.unverified_certificate, "big")
        return VerifiedCardHolder(ISSUER, serial, now + timedelta(days=365), "1.2.3")


@dataclass
class FakeOrder:
    """What the fake core knows about one session."""

    serial: int
    session_key: bytes
    subject_ref: str
    state: str = "resolved"
    digest: bytes = b""
    copies: int = 0
    pages: int = 1
    record_version: int = 1
    numbers: dict[str, NumberState] = field(default_factory=dict)
    prepared: PrepareAnswer | None = None
    is_test: bool = False


class CoreRefusedError(Exception):
    """The fake core answers with a problem document."""

    def __init__(self, reason: CoreRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class _AnyNonce:
    """Remembers nothing: the gateway's own requests are not what these tests replay."""

    async def remember(self, sender: VerifiedSender, now: datetime) -> None:
        """Accept every message."""


class _GatewayKeys:
    """The keys of the gateway that may ask this core."""

    def __init__(self, known: dict[str, bytes]) -> None:
        self._ring = KeyRing(known=known)

    def ring(self) -> KeyRing:
        """Return the ring."""
        return self._ring


class FakeCore:
    """An in-memory core that speaks the real language, signed, over ASGI."""

    def __init__(self, code: str, *, origin: str, now: Callable[[], datetime]) -> None:
        self.code = code
        self.origin = origin
        self.now = now
        self.response_key = SigningKey.generate(f"core-{code}")
        self.manifest_key = SigningKey.generate(f"manifest-{code}")
        self.orders: dict[str, FakeOrder] = {}
        self.calls: list[str] = []
        self.refuse: dict[str, CoreRefusal] = {}
        self.silent: set[str] = set()
        """Paths at which the connection breaks before the core has done anything."""
        self.deaf_after: set[str] = set()
        """Paths at which the connection breaks after the core has done its work."""
        self.pages = 1
        self.version = 1
        self.entry_ids = ["entry-1"]
        self.forgets_test_mark = False
        """Makes sheets of a real-store test as if they were any others."""
        self._next_number = 0

    def app(self, gateway_keys: dict[str, bytes]) -> App:
        """Return the ASGI application, signature check included."""
        return SignedMessages(
            self._serve,
            origin=self.origin,
            key=self.response_key,
            keys=_GatewayKeys(gateway_keys),
            nonces=_AnyNonce(),
            now=self.now,
            refuse=lambda _error: Refusal(401, "application/json", b"{}"),
        )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        self.calls.append(path)
        if path in self.silent:
            raise httpx.ConnectTimeout("no answer")
        body = (await receive()).get("body", b"")
        try:
            if path in self.refuse:
                raise CoreRefusedError(self.refuse[path])
            status, answer = 200, self._answer(path, body)
        except CoreRefusedError as error:
            status, answer = 409, _problem(error.reason)
        if path in self.deaf_after:
            raise httpx.ReadTimeout("the answer was lost")
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        data = answer.model_dump_json().encode()
        await send({"type": "http.response.body", "body": data})

    def _answer(self, path: str, body: bytes) -> BaseModel:
        match path:
            case api_paths.RESOLVE:
                return self.resolve(ResolveRequest.model_validate_json(body))
            case api_paths.QUOTE:
                return self.quote(QuoteRequest.model_validate_json(body))
            case api_paths.PREPARE:
                return self.prepare(PrepareRequest.model_validate_json(body))
            case api_paths.COMPLETE:
                return self.complete(CompleteRequest.model_validate_json(body))
            case api_paths.ABORT:
                return self.abort(AbortRequest.model_validate_json(body))
            case api_paths.VOID:
                return self.void(VoidRequest.model_validate_json(body))
            case _:
                return self.status(path.rsplit("/", 1)[1])

    def resolve(self, request: ResolveRequest) -> ResolveAnswer:
        serial = int.from_bytes(request.serial, "big")
        order = FakeOrder(serial, request.session_key, f"ref-{len(self.orders)}")
        self.orders[request.session_id] = order
        entries = tuple(
            CatalogueEntry(
                entry_id=entry_id,
                document_type=DocumentType.VICTIM_CERTIFICATE,
                record_version=self.version,
            )
            for entry_id in self.entry_ids
        )
        return ResolveAnswer(
            subject_ref=order.subject_ref, entries=entries, sealed_details=b"sealed details"
        )

    def quote(self, request: QuoteRequest) -> QuoteAnswer:
        order = self._order(request.session_id)
        order.state, order.copies, order.pages = "quoted", request.copies, self.pages
        order.record_version = self.version
        order.digest = order_digest(
            session_id=request.session_id,
            municipality_code=self.code,
            document_type=DocumentType.VICTIM_CERTIFICATE.value,
            entry_id=request.entry_id,
            copies=request.copies,
            record_version=self.version,
        )
        return QuoteAnswer(
            order_digest=order.digest,
            document_type=DocumentType.VICTIM_CERTIFICATE,
            record_version=self.version,
            copies=request.copies,
            pages_expected=self.pages,
        )

    def prepare(self, request: PrepareRequest) -> PrepareAnswer:
        order = self._order(request.session_id)
        order.is_test = request.is_test and not self.forgets_test_mark
        if order.prepared is None:
            order.prepared = self.make(request.session_id, order)
            order.state = "prepared"
        return order.prepared

    def make(self, session_id: str, order: FakeOrder) -> PrepareAnswer:
        """Make the documents of an order; what broken cores do wrong."""
        numbers = [self.new_number() for _ in range(order.copies)]
        order.numbers = dict.fromkeys(numbers, NumberState.PREPARED)
        sealed = tuple(f"sealed {session_id} {number}".encode() for number in numbers)
        documents = tuple(
            ManifestDocument(
                certificate_number=number,
                pages=order.pages,
                pdf_digest=sha256(number.encode()).digest(),
                sealed_digest=sha256(ciphertext).digest(),
            )
            for number, ciphertext in zip(numbers, sealed, strict=True)
        )
        manifest = Manifest(
            session_id=session_id,
            municipality_code=self.code,
            order_digest=order.digest,
            bind=binding(
                session_id=session_id,
                issuer_key_id=ISSUER,
                serial=order.serial,
                session_key=order.session_key,
            ),
            record_version=order.record_version,
            documents=documents,
            prepared_at=self.now(),
            is_test=order.is_test,
        )
        return self.sign(manifest, sealed)

    def sign(self, manifest: Manifest, sealed: tuple[bytes, ...]) -> PrepareAnswer:
        """Sign a manifest as this core does."""
        data = manifest.model_dump_json().encode()
        return PrepareAnswer(
            signed_manifest=SignedManifest(
                manifest=data,
                key_id=self.manifest_key.key_id,
                signature=self.manifest_key.private_key.sign(MANIFEST_LABEL + data),
            ),
            sealed_documents=sealed,
        )

    def complete(self, request: CompleteRequest) -> OrderStatus:
        order = self._order(request.session_id)
        order.state = "completed"
        for result in request.results:
            printed = result.outcome is SheetOutcome.PRINTED
            state = NumberState.ISSUED if printed else NumberState.VOID
            order.numbers[result.certificate_number] = state
        return self.status(request.session_id)

    def abort(self, request: AbortRequest) -> OrderStatus:
        order = self._order(request.session_id)
        order.state = "aborted"
        order.numbers = dict.fromkeys(order.numbers, NumberState.VOID)
        return self.status(request.session_id)

    def void(self, request: VoidRequest) -> OrderStatus:
        order = self._order(request.session_id)
        for number in request.certificate_numbers:
            order.numbers[number] = NumberState.VOID
        return self.status(request.session_id)

    def status(self, session_id: str) -> OrderStatus:
        order = self._order(session_id)
        return OrderStatus.model_validate(
            {
                "session_id": session_id,
                "state": order.state,
                "numbers": [
                    NumberStatus(certificate_number=number, state=state)
                    for number, state in order.numbers.items()
                ],
            }
        )

    def new_number(self) -> str:
        """Return a certificate number that was never used."""
        self._next_number += 1
        return f"{self.code}-{self._next_number:06d}"

    def _order(self, session_id: str) -> FakeOrder:
        if session_id not in self.orders:
            raise CoreRefusedError(CoreRefusal.UNKNOWN_ORDER)
        return self.orders[session_id]


def _problem(reason: CoreRefusal) -> CoreProblem:
    return CoreProblem(
        type=f"urn:risai:core-problem:{reason.value}",
        title="refused",
        status=409,
        reason=reason,
        retryable=False,
        trace_id="0" * 16,
    )
