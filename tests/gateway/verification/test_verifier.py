"""The numbered list: each certificate has one defect, and exactly its step says no."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.verification import errors
from gateway.verification.model import (
    ConsumedChallenge,
    ProofContext,
    UnverifiedProof,
    VerifiedCardHolder,
)
from gateway.verification.policy import VerificationPolicy
from gateway.verification.verifier import Verifier
from issuance.wire.recipes import authentication_digest
from tests.gateway.verification import pki
from tests.gateway.verification.fakes import FakeRevocationSource
from tests.gateway.verification.pki import NOW, SESSION_END

CHALLENGE = bytes(range(32))
CONTEXT = ProofContext(
    origin="https://gateway.example",
    challenge=ConsumedChallenge(CHALLENGE, NOW - timedelta(seconds=40)),
    kiosk_id="kiosk-1",
    session_key=b"\x09" * 32,
    session_end=SESSION_END,
)


def digest_of(context: ProofContext) -> bytes:
    """Return what a card signs in this session."""
    return authentication_digest(
        origin=context.origin,
        challenge=context.challenge.value if context.challenge else b"",
        kiosk_id=context.kiosk_id,
        session_key=context.session_key,
    )


def proof_of(certificate: bytes, context: ProofContext = CONTEXT) -> UnverifiedProof:
    """Return the proof of a card with this certificate and the right key."""
    return UnverifiedProof(certificate, pki.card_signature(digest_of(context)))


def verify(
    proof: UnverifiedProof,
    context: ProofContext = CONTEXT,
    *,
    policy: VerificationPolicy | None = None,
    source: FakeRevocationSource | None = None,
) -> VerifiedCardHolder:
    """Verify as the gateway does, at NOW."""
    verifier = Verifier(policy or pki.policy(), source or FakeRevocationSource())
    return asyncio.run(verifier.verify(proof, context, NOW))


def test_card_without_defect_is_accepted() -> None:
    holder = verify(proof_of(pki.good_certificate()))
    assert holder == VerifiedCardHolder(
        issuer_key_id=pki.authority().issuer_key_id,
        serial=pki.SERIAL,
        not_valid_after=NOW + pki.YEAR,
        policy=pki.AUTH_POLICY,
    )


def test_certificate_that_names_no_issuer_key_is_accepted() -> None:
    assert verify(proof_of(pki.unnamed_issuer_key())).serial == pki.SERIAL


@pytest.mark.parametrize(
    ("make_certificate", "error", "step"),
    [
        (pki.too_long, errors.CertificateUnreadableError, 1),
        (pki.two_certificates, errors.CertificateUnreadableError, 1),
        (pki.cut_short, errors.CertificateUnreadableError, 1),
        (pki.in_pem, errors.CertificateUnreadableError, 1),
        (pki.nothing, errors.CertificateUnreadableError, 1),
        (pki.negative_serial, errors.CertificateUnreadableError, 1),
        (pki.zero_serial, errors.CertificateUnreadableError, 1),
        (pki.name_of_impossible_type, errors.CertificateUnreadableError, 1),
        (pki.key_usage_twice, errors.CertificateUnreadableError, 1),
        (pki.same_name_other_key, errors.UntrustedIssuerError, 2),
        (pki.same_name_other_key_unnamed, errors.UntrustedIssuerError, 2),
        (pki.other_name, errors.UntrustedIssuerError, 2),
        (pki.forged_with_named_key, errors.CertificateSignatureError, 3),
        (pki.changed_after_signing, errors.CertificateSignatureError, 3),
        (pki.signed_with_another_digest, errors.CertificateSignatureError, 3),
        (pki.expired, errors.CertificateExpiredError, 4),
        (pki.not_yet_valid, errors.CertificateNotYetValidError, 4),
        (pki.ends_during_session, errors.CertificateEndsTooSoonError, 4),
        (pki.is_an_authority, errors.WrongPurposeError, 5),
        (pki.without_key_usage, errors.WrongPurposeError, 5),
        (pki.key_usage_not_critical, errors.WrongPurposeError, 5),
        (pki.with_non_repudiation, errors.WrongPurposeError, 5),
        (pki.for_key_agreement, errors.WrongPurposeError, 5),
        (pki.for_servers, errors.WrongPurposeError, 5),
        (pki.sign_policy, errors.WrongPurposeError, 5),
        (pki.both_policies, errors.WrongPurposeError, 5),
        (pki.any_policy, errors.WrongPurposeError, 5),
        (pki.without_policy, errors.WrongPurposeError, 5),
        (pki.unknown_critical_extension, errors.UnknownCriticalExtensionError, 6),
        (pki.unchecked_critical_extension, errors.UnknownCriticalExtensionError, 6),
        (pki.with_short_key, errors.UnsupportedKeyError, 9),
        (pki.with_odd_exponent, errors.UnsupportedKeyError, 9),
        (pki.with_elliptic_key, errors.UnsupportedKeyError, 9),
    ],
)
def test_the_step_of_the_one_defect_refuses(
    make_certificate: Callable[[], bytes], error: type[errors.VerificationError], step: int
) -> None:
    with pytest.raises(errors.VerificationError) as refusal:
        verify(proof_of(make_certificate()))
    assert type(refusal.value) is error
    assert refusal.value.step == step


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@pytest.mark.parametrize("make_certificate", [pki.negative_serial, pki.zero_serial])
def test_impossible_serial_is_refused_where_the_library_only_warns(
    make_certificate: Callable[[], bytes],
) -> None:
    with pytest.raises(errors.CertificateUnreadableError):
        verify(proof_of(make_certificate()))


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (errors.RevokedError(errors.RevokedReason.REVOKED), 7),
        (errors.RevocationUnknownError(errors.RevocationFault.NO_ANSWER), 7),
    ],
)
def test_revoked_or_unknown_is_refused_though_the_card_signed(
    error: errors.VerificationError, step: int
) -> None:
    with pytest.raises(type(error)) as refusal:
        verify(proof_of(pki.good_certificate()), source=FakeRevocationSource(error))
    assert refusal.value.step == step


def test_authority_outside_its_period_is_refused() -> None:
    ended = pki.authority_certificate(not_after=NOW - timedelta(seconds=1))
    with pytest.raises(errors.AuthorityNotValidError) as refusal:
        verify(proof_of(pki.good_certificate()), policy=pki.policy(ended))
    assert refusal.value.step == 4


def test_unrelated_expired_authority_does_not_matter() -> None:
    older = pki.authority_certificate("other-authority", not_after=NOW - timedelta(days=1))
    policy = pki.policy(older, pki.authority().certificate)
    holder = verify(proof_of(pki.good_certificate()), policy=policy)
    assert holder.issuer_key_id == pki.authority().issuer_key_id


def test_either_generation_of_the_same_name_is_accepted_by_its_key() -> None:
    policy = pki.policy(pki.authority().certificate, pki.authority_certificate("other-authority"))
    first = verify(proof_of(pki.good_certificate()), policy=policy)
    second = verify(proof_of(pki.same_name_other_key()), policy=policy)
    assert first.issuer_key_id != second.issuer_key_id


@pytest.mark.parametrize("used", [None, ConsumedChallenge(CHALLENGE, NOW - timedelta(seconds=181))])
def test_used_or_old_challenge_is_refused(used: ConsumedChallenge | None) -> None:
    with pytest.raises(errors.ChallengeRefusedError) as refusal:
        verify(proof_of(pki.good_certificate()), replace(CONTEXT, challenge=used))
    assert refusal.value.step == 8


def test_replayed_proof_asks_nobody() -> None:
    """A replay must not be turned into traffic at the responder."""
    source = FakeRevocationSource()
    with pytest.raises(errors.ChallengeRefusedError):
        verify(proof_of(pki.good_certificate()), replace(CONTEXT, challenge=None), source=source)
    assert source.asked == []


def test_refused_certificate_asks_nobody() -> None:
    source = FakeRevocationSource()
    with pytest.raises(errors.UntrustedIssuerError):
        verify(proof_of(pki.same_name_other_key()), source=source)
    assert source.asked == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(CONTEXT, origin="https://gateway.example.evil"),
        replace(CONTEXT, kiosk_id="kiosk-2"),
        replace(CONTEXT, session_key=b"\x08" * 32),
        replace(CONTEXT, challenge=ConsumedChallenge(b"\x01" * 32, NOW)),
    ],
    ids=["origin", "kiosk", "session key", "challenge"],
)
def test_signature_made_for_elsewhere_is_refused(elsewhere: ProofContext) -> None:
    proof = proof_of(pki.good_certificate(), elsewhere)
    with pytest.raises(errors.CardSignatureError) as refusal:
        verify(proof)
    assert refusal.value.step == 9


def test_another_cards_signature_is_refused() -> None:
    signature = pki.card_signature(digest_of(CONTEXT), pki.rsa_key("another-card"))
    with pytest.raises(errors.CardSignatureError):
        verify(UnverifiedProof(pki.good_certificate(), signature))


def test_no_object_of_the_verification_shows_the_serial() -> None:
    """Values end up in logs; the serial number is personal data."""
    certificate = pki.good_certificate()
    holder = verify(proof_of(certificate))
    assert str(pki.SERIAL) not in repr(holder)
    assert repr(certificate) not in repr(proof_of(certificate))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_changed_byte_gets_through_and_every_refusal_has_a_step(data: st.DataObject) -> None:
    """But for the count of unused bits before the signature, which changes nothing that is read."""
    good = pki.good_certificate()
    unused_bits = pki.unused_bits_positions(good)
    position = data.draw(st.integers(0, len(good) - 1).filter(lambda n: n not in unused_bits))
    changed = pki.with_byte(good, position, data.draw(st.integers(1, 255)))
    with pytest.raises(errors.VerificationError) as refusal:
        verify(UnverifiedProof(changed, pki.card_signature(digest_of(CONTEXT))))
    assert 1 <= refusal.value.step <= 9


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_certificate_is_unreadable(garbage: bytes) -> None:
    with pytest.raises(errors.CertificateUnreadableError):
        verify(UnverifiedProof(garbage, b"\x00" * 256))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=600))
def test_garbage_signature_is_refused(garbage: bytes) -> None:
    with pytest.raises(errors.CardSignatureError):
        verify(UnverifiedProof(pki.good_certificate(), garbage))
