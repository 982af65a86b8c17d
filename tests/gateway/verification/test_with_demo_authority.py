"""The verifier against the simulated outside world: its cards, its defects, its lying responder."""

import asyncio
from dataclasses import dataclass
from functools import cache
from itertools import count

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cardsim.pki import certificates, defects
from cardsim.pki.authority import DemoAuthority
from cardsim.pki.ocsp import Lie, OcspResponder
from cardsim.pki.ocsp_app import create_ocsp_app
from gateway.ocsp_client import OcspClient, OcspSettings
from gateway.verification.errors import (
    RevocationUnknownError,
    RevokedError,
    RevokedReason,
    VerificationError,
)
from gateway.verification.model import UnverifiedProof, VerifiedCardHolder
from gateway.verification.policy import VerificationPolicy
from gateway.verification.verifier import Verifier
from tests.gateway.verification import pki
from tests.gateway.verification.pki import NOW
from tests.gateway.verification.test_verifier import CONTEXT, digest_of


@cache
def demo_authority() -> DemoAuthority:
    """Return one demo authority for the run, with this run's keys."""
    numbers = count()
    return DemoAuthority.create(NOW, make_key=lambda: pki.rsa_key(f"demo-{next(numbers)}"))


@dataclass
class Outside:
    """The gateway's verifier with the simulated responder behind it."""

    responder: OcspResponder
    verifier: Verifier

    def verify(self, certificate: x509.Certificate) -> VerifiedCardHolder:
        """Verify a card with this certificate and the right key."""
        proof = UnverifiedProof(
            certificate.public_bytes(Encoding.DER), pki.card_signature(digest_of(CONTEXT))
        )
        return asyncio.run(self.verifier.verify(proof, CONTEXT, NOW))


@pytest.fixture
def outside() -> Outside:
    authority = demo_authority()
    responder = OcspResponder(authority, lambda: NOW)
    app = create_ocsp_app(responder, authority, lambda: NOW)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
    client = OcspClient(
        http, OcspSettings("http://ocsp.example/ocsp", timeout_s=0.5), now=lambda: NOW
    )
    policy = VerificationPolicy.of(
        [authority.auth_issuer.certificate], [certificates.AUTH_POLICY.dotted_string]
    )
    return Outside(responder, Verifier(policy, client))


def sound_card() -> x509.Certificate:
    """Return a demo certificate without defect."""
    return defects.sound(demo_authority(), pki.rsa_key("card"), NOW)


def test_demo_card_is_accepted_under_the_key_id_that_links_use(outside: Outside) -> None:
    holder = outside.verify(sound_card())
    assert holder.serial == defects.SERIAL
    assert holder.issuer_key_id == demo_authority().auth_issuer_key_id


@pytest.mark.parametrize(
    ("defect", "step"),
    [
        (defects.too_long, 1),
        (defects.namesake_issuer, 2),
        (defects.expired, 4),
        (defects.not_yet_valid, 4),
        (defects.ends_within_session, 4),
        (defects.sign_purpose, 5),
        (defects.no_policy, 5),
        (defects.no_key_usage, 5),
        (defects.non_repudiation, 5),
        (defects.is_an_authority, 5),
        (defects.unknown_critical_extension, 6),
    ],
)
def test_demo_defect_is_refused_at_its_step(
    outside: Outside, defect: defects.Defect, step: int
) -> None:
    with pytest.raises(VerificationError) as refusal:
        outside.verify(defect(demo_authority(), pki.rsa_key("card"), NOW))
    assert refusal.value.step == step


@pytest.mark.parametrize("lie", [lie for lie in Lie if lie not in (Lie.UNKNOWN, Lie.ALWAYS_GOOD)])
def test_every_lie_of_the_responder_is_no_answer(outside: Outside, lie: Lie) -> None:
    outside.responder.behaviour.lie = lie
    with pytest.raises(RevocationUnknownError):
        outside.verify(sound_card())


def test_unknown_card_counts_as_revoked(outside: Outside) -> None:
    outside.responder.behaviour.lie = Lie.UNKNOWN
    with pytest.raises(RevokedError) as refusal:
        outside.verify(sound_card())
    assert refusal.value.reason is RevokedReason.UNKNOWN


def test_silent_responder_is_no_answer(outside: Outside) -> None:
    outside.responder.behaviour.silent = True
    with pytest.raises(RevocationUnknownError):
        outside.verify(sound_card())


def test_revoked_card_is_refused_until_the_revocation_is_taken_back(outside: Outside) -> None:
    authority = demo_authority()
    authority.revoke(defects.SERIAL, NOW)
    try:
        with pytest.raises(RevokedError):
            outside.verify(sound_card())
    finally:
        authority.unrevoke(defects.SERIAL)
    assert outside.verify(sound_card()).serial == defects.SERIAL
