"""Puts one municipality's core together; nothing else constructs its parts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from issuance.certificates.closing import ClosingService
from issuance.certificates.model import IssuingMunicipality, KioskPolicy
from issuance.certificates.preparation import ManifestKey, Preparation
from issuance.certificates.service import CertificateService
from issuance.database import open_nonce_engine, read
from issuance.http.nonces import StoredNonces
from issuance.http.operations import Operations
from issuance.http.problems import problem_of_message
from issuance.http.routes import build_routes
from issuance.http.store import forget_session_answers
from issuance.integrity.store import find_breaker
from issuance.ports import Clock, DocumentPress, RandomBytes, Sealer
from issuance.wire.problem import PROBLEM_MEDIA_TYPE, CoreHealth
from signed_http.errors import SignedHttpError
from signed_http.keys import KeyRing, SigningKey
from signed_http.server import App, Refusal, SignedMessages

SOFTWARE = "risai-issuance 0.1.0"
MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class CoreParts:
    """Everything a core needs from outside."""

    engine: Engine
    """A database that is at the newest schema already."""
    municipality: IssuingMunicipality
    policy: KioskPolicy
    press: DocumentPress
    seal: Sealer
    manifest_key: ManifestKey
    response_key: SigningKey
    """Signs the answers of the HTTP interface."""
    gateway_keys: Mapping[str, bytes]
    """Raw Ed25519 public keys of the gateways that may ask, by key id."""
    pseudonym_key: bytes
    origin: str
    """Scheme, host and port under which the gateway knows this core."""
    now: Clock
    random_bytes: RandomBytes = secrets.token_bytes


@dataclass(frozen=True, slots=True)
class Core:
    """An open core: its use cases and its interface."""

    parts: CoreParts
    service: CertificateService
    preparation: Preparation
    closing: ClosingService
    operations: Operations
    app: App
    """The ASGI application, signature check included."""


@dataclass(frozen=True, slots=True)
class FixedKeys:
    """The gateways that were known at the start."""

    known: KeyRing

    def ring(self) -> KeyRing:
        """Return the ring of accepted keys."""
        return self.known


def open_core(parts: CoreParts) -> Core:
    """Return the core built from ``parts``."""
    code = parts.municipality.code
    service = CertificateService(
        municipality=parts.municipality,
        policy=parts.policy,
        press=parts.press,
        seal=parts.seal,
        now=parts.now,
        random_bytes=parts.random_bytes,
    )
    closing = ClosingService(
        municipality_code=code,
        now=parts.now,
        forget_answers=lambda connection, session_id: forget_session_answers(
            connection, code, session_id
        ),
    )
    preparation = Preparation(service, parts.manifest_key, parts.pseudonym_key)
    operations = Operations(parts.engine, service, preparation, closing)
    routes = build_routes(
        operations,
        health=lambda: _health(parts),
        make_trace_id=lambda: parts.random_bytes(8).hex(),
    )
    app = SignedMessages(
        routes,
        origin=parts.origin,
        key=parts.response_key,
        keys=FixedKeys(KeyRing(known=parts.gateway_keys)),
        nonces=StoredNonces(open_nonce_engine(parts.engine), code),
        now=parts.now,
        refuse=lambda error: _refuse(error, parts),
        max_body_bytes=MAX_BODY_BYTES,
    )
    return Core(parts, service, preparation, closing, operations, app)


def create_app(parts: CoreParts) -> App:
    """Return the ASGI application of a core."""
    return open_core(parts).app


def configuration_digest(parts: CoreParts) -> str:
    """Return the hexadecimal digest over code version and settings that a core announces."""
    words = (
        SOFTWARE,
        parts.municipality.code,
        parts.municipality.name,
        parts.municipality.issuer_title,
        parts.municipality.issuer_name,
        str(parts.policy),
        parts.manifest_key.key_id,
        parts.manifest_key.private_key.public_key().public_bytes_raw().hex(),
        *sorted(f"{key_id}={key.hex()}" for key_id, key in parts.gateway_keys.items()),
    )
    return sha256(b"".join(sha256(word.encode()).digest() for word in words)).hexdigest()


def generate_manifest_key(key_id: str) -> ManifestKey:
    """Return a fresh manifest key."""
    return ManifestKey(key_id, Ed25519PrivateKey.generate())


def _health(parts: CoreParts) -> CoreHealth:
    with read(parts.engine) as connection:
        stopped = find_breaker(connection, parts.municipality.code) is not None
    return CoreHealth(
        status="stopped" if stopped else "ok",
        municipality_code=parts.municipality.code,
        software=SOFTWARE,
        configuration_digest=configuration_digest(parts),
    )


def _refuse(error: SignedHttpError, parts: CoreParts) -> Refusal:
    problem = problem_of_message(error, trace_id=parts.random_bytes(8).hex())
    return Refusal(problem.status, PROBLEM_MEDIA_TYPE, problem.model_dump_json().encode())
