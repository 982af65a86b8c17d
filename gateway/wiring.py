"""Builds the gateway's parts out of settings and files, for the programs of ``gateway``."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.app import GatewayParts
from gateway.database import open_engine, upgrade
from gateway.errors import ParticipationError
from gateway.http.log import make_logger
from gateway.ocsp_client import OcspClient, OcspSettings
from gateway.participation.config import load_participation
from gateway.participation.hours import DemoOpenAllHours
from gateway.participation.model import Municipality, Participation
from gateway.settings import GatewaySettings
from gateway.verification.policy import VerificationPolicy
from gateway.verification.verifier import Verifier
from gateway.wire.bodies import Environment
from gateway.yearly.assumptions import read_assumptions
from signed_http.keys import SigningKey

CORE_TIMEOUT_S = 20.0
"""How long a core may take to make documents. Assumption: ten copies on a busy machine."""


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def build_parts(settings: GatewaySettings) -> GatewayParts:
    """Return the parts that ``settings`` describe; the database is brought up to date.

    Raises: ParticipationError naming the setting and what is wrong with it.
    """
    participation = participation_of(settings)
    policy = policy_of(settings)
    key = signing_key(settings)
    if not settings.ocsp_url:
        raise ParticipationError("RISAI_GATEWAY_OCSP_URL: is not set; revocation must be checked")
    engine = open_engine(settings.database_url)
    upgrade(engine)
    ocsp = OcspClient(httpx.AsyncClient(), OcspSettings(settings.ocsp_url), now=utc_now)
    return GatewayParts(
        engine=engine,
        participation=participation,
        verifier=Verifier(policy, ocsp),
        key=key,
        origin=settings.origin,
        environment=settings.environment,
        core_http=open_core_client,
        now=utc_now,
        log=make_logger(),
        assumptions=read_assumptions(os.environ),
    )


def participation_of(settings: GatewaySettings) -> Participation:
    """Return who takes part. Raises: ParticipationError."""
    participation = load_participation(settings.participation)
    if not settings.demo_open_all_hours:
        return participation
    if settings.environment is not Environment.DEMO:
        raise ParticipationError("RISAI_GATEWAY_DEMO_OPEN_ALL_HOURS: only a demo may ignore hours")
    return replace(participation, hours=DemoOpenAllHours.hours())


def policy_of(settings: GatewaySettings) -> VerificationPolicy:
    """Return which authorities and policies are accepted. Raises: ParticipationError."""
    try:
        certificates = x509.load_pem_x509_certificates(_read(settings.authorities))
        return VerificationPolicy.of(certificates, settings.accepted_policies)
    except ValueError as error:
        raise ParticipationError(
            f"RISAI_GATEWAY_AUTHORITIES, RISAI_GATEWAY_ACCEPTED_POLICIES: {error}"
        ) from error


def signing_key(settings: GatewaySettings) -> SigningKey:
    """Return the gateway's own key. Raises: ParticipationError."""
    try:
        key = serialization.load_pem_private_key(_read(settings.key), password=None)
    except (ValueError, TypeError) as error:
        raise ParticipationError(f"{settings.key.name}: is no readable private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ParticipationError(f"{settings.key.name}: must hold an Ed25519 key")
    return SigningKey(settings.key_id, key)


def open_core_client(municipality: Municipality) -> httpx.AsyncClient:
    """Return the HTTP client for one municipality's core."""
    return httpx.AsyncClient(timeout=CORE_TIMEOUT_S)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ParticipationError(f"{path.name}: cannot be read") from error
