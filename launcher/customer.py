"""A scripted customer: a card, a one-time key and the gateway's API, without a screen.

She does by hand what the kiosk does, one protocol step a method, so that tests can interleave
many of her and the benchmark can time each step. The numbers are those of docs/PROTOCOL.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import BaseModel

from gateway.wire import api_paths
from gateway.wire.bodies import (
    Abort,
    Catalogue,
    Completion,
    Confirmation,
    Locale,
    Nothing,
    OpenSession,
    OrderWish,
    Payment,
    PaymentMethod,
    Prepared,
    PrintOutcome,
    PrintReport,
    Proof,
    Quote,
    Receipt,
    Released,
    SessionOpened,
    SessionStatus,
)
from gateway.wire.problem import PROBLEM_MEDIA_TYPE, Problem
from issuance.wire.bodies import CatalogueDetails, Manifest, SheetOutcome, SheetResult
from issuance.wire.recipes import authentication_digest, catalogue_info, document_info
from signed_http.client import SignedClient

Body = TypeVar("Body", bound=BaseModel)
SignDigest = Callable[[bytes], bytes]
"""Signs a 32-byte digest as the card does, PKCS#1 v1.5 with SHA-256."""

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class RefusedError(Exception):
    """The gateway answered with a problem document."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind.value)
        self.problem = problem


@dataclass(slots=True)
class Customer:
    """One person at one kiosk, on her way through one session."""

    client: SignedClient
    kiosk_id: str
    municipality_code: str
    certificate: bytes
    """DER of the authentication certificate on her card."""
    sign_digest: SignDigest
    key: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    opened: SessionOpened | None = None
    catalogue: Catalogue | None = None
    quote: Quote | None = None
    prepared: Prepared | None = None
    released: Released | None = None
    receipt: Receipt | None = None

    @property
    def session_key(self) -> bytes:
        """Her one-time public key."""
        return self.key.public_key().public_bytes_raw()

    @property
    def session_id(self) -> str:
        """Id of her session."""
        return self._opened.session_id

    @property
    def _opened(self) -> SessionOpened:
        if self.opened is None:
            raise LookupError("step 1 has not been taken")
        return self.opened

    def manifest(self) -> Manifest:
        """Return the manifest of her documents."""
        if self.prepared is None:
            raise LookupError("step 6 has not been taken")
        return Manifest.model_validate_json(self.prepared.signed_manifest.manifest)

    async def open_session(self) -> None:
        """Step 1."""
        body = OpenSession(locale=Locale.JAPANESE, session_key=self.session_key)
        self.opened = await self._post(api_paths.SESSIONS, body, SessionOpened)

    async def prove(self) -> None:
        """Steps 2 to 4."""
        digest = authentication_digest(
            origin=self._opened.origin,
            challenge=self._opened.challenge,
            kiosk_id=self.kiosk_id,
            session_key=self.session_key,
        )
        body = Proof(
            municipality_code=self.municipality_code,
            unverified_certificate=self.certificate,
            signature=self.sign_digest(digest),
        )
        self.catalogue = await self._post(self._path(api_paths.PROOF), body, Catalogue)

    def details(self) -> CatalogueDetails:
        """Open the readable half of the catalogue."""
        if self.catalogue is None:
            raise LookupError("step 3 has not been taken")
        info = catalogue_info(session_id=self.session_id, bind=self.catalogue.bind)
        plain = _SUITE.decrypt(self.catalogue.sealed_details, self.key, info=info)
        return CatalogueDetails.model_validate_json(plain)

    async def choose(self, *, entry: int = 0, copies: int = 1) -> None:
        """Step 5."""
        if self.catalogue is None:
            raise LookupError("step 3 has not been taken")
        wish = OrderWish(entry_id=self.catalogue.offers[entry].entry.entry_id, copies=copies)
        self.quote = await self._post(self._path(api_paths.QUOTE), wish, Quote)

    async def confirm(self) -> None:
        """Steps 6 and 7."""
        if self.quote is None:
            raise LookupError("step 5 has not been taken")
        body = Confirmation(order_digest=self.quote.order_digest)
        self.prepared = await self._post(self._path(api_paths.PREPARE), body, Prepared)

    async def pay(self) -> None:
        """Step 8."""
        if self.quote is None:
            raise LookupError("step 5 has not been taken")
        body = Payment(
            amount=self.quote.total,
            method=PaymentMethod.COINS,
            terminal_ref=self.session_id[:16],
        )
        await self._post(self._path(api_paths.PAYMENT), body, SessionStatus)

    async def take(self) -> None:
        """Step 9."""
        self.released = await self._post(self._path(api_paths.RELEASE), Nothing(), Released)

    def open_documents(self) -> tuple[bytes, ...]:
        """Step 10: open and compare; raises InvalidTag or ValueError for another's document."""
        if self.released is None:
            raise LookupError("step 9 has not been taken")
        manifest = self.manifest()
        documents: list[bytes] = []
        for entry, sealed in zip(manifest.documents, self.released.sealed_documents, strict=True):
            info = document_info(
                session_id=self.session_id,
                order=manifest.order_digest,
                bind=manifest.bind,
                pdf_digest=entry.pdf_digest,
            )
            pdf = _SUITE.decrypt(sealed, self.key, info=info)
            if sha256(pdf).digest() != entry.pdf_digest:
                raise ValueError("the document is not the one in the manifest")
            documents.append(pdf)
        return tuple(documents)

    async def report_prints(self) -> None:
        """Step 10: report every copy as printed."""
        for document in self.manifest().documents:
            report = PrintReport(
                certificate_number=document.certificate_number,
                attempt=1,
                pages_out=document.pages,
                outcome=PrintOutcome.PRINTED,
            )
            await self._post(self._path(api_paths.PRINTS), report, SessionStatus)

    async def complete(self) -> None:
        """Step 11, everything printed."""
        results = tuple(
            SheetResult(
                certificate_number=document.certificate_number, outcome=SheetOutcome.PRINTED
            )
            for document in self.manifest().documents
        )
        body = Completion(results=results)
        self.receipt = await self._post(self._path(api_paths.COMPLETE), body, Receipt)

    async def abort(self, reason: str = "customer-left") -> None:
        """Step F, before payment."""
        await self._post(self._path(api_paths.ABORT), Abort(reason=reason), SessionStatus)

    async def buy(self, *, copies: int = 1) -> tuple[bytes, ...]:
        """Take all steps; return her certificates."""
        await self.open_session()
        await self.prove()
        await self.choose(copies=copies)
        await self.confirm()
        await self.pay()
        await self.take()
        documents = self.open_documents()
        await self.report_prints()
        await self.complete()
        return documents

    def _path(self, template: str) -> str:
        return template.format(session_id=self.session_id)

    async def _post(self, path: str, body: BaseModel, answer: type[Body]) -> Body:
        """Send once; the idempotency key names session, step and content."""
        data = body.model_dump_json().encode()
        key = sha256(path.encode() + data).hexdigest()
        response = await self.client.post(path, data, idempotency_key=key)
        if response.headers.get("content-type", "").startswith(PROBLEM_MEDIA_TYPE):
            raise RefusedError(Problem.model_validate_json(response.content))
        return answer.model_validate_json(response.content)
