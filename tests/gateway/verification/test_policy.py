"""What may be pinned: authorities with strong keys, each once, and at least one policy."""

from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.verification.policy import PinnedAuthority, VerificationPolicy
from tests.gateway.verification import pki


def test_issuer_key_id_is_the_digest_of_the_public_key_info() -> None:
    spki = (
        pki.rsa_key("authority")
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    assert pki.authority().issuer_key_id == sha256(spki).digest()


def test_two_generations_of_one_name_have_different_key_ids() -> None:
    other = PinnedAuthority.pin(pki.authority_certificate("other-authority"))
    assert other.certificate.subject == pki.authority().certificate.subject
    assert other.issuer_key_id != pki.authority().issuer_key_id


def test_key_identifier_is_computed_where_the_authority_states_none() -> None:
    silent = PinnedAuthority.pin(pki.authority_certificate(with_key_identifier=False))
    assert silent.key_identifier == pki.authority().key_identifier


def test_a_card_cannot_be_pinned() -> None:
    with pytest.raises(ValueError, match="not an authority's"):
        PinnedAuthority.pin(x509.load_der_x509_certificate(pki.good_certificate()))


def test_certificate_that_may_not_issue_cannot_be_pinned() -> None:
    with pytest.raises(ValueError, match="not an authority's"):
        PinnedAuthority.pin(pki.authority_certificate(is_authority=False))


@pytest.mark.parametrize("make", [pki.with_short_key, pki.with_elliptic_key])
def test_weak_or_other_key_cannot_be_pinned(make: pki.Maker) -> None:
    with pytest.raises(ValueError, match="2048 bits"):
        PinnedAuthority.pin(x509.load_der_x509_certificate(make()))


def test_policy_that_would_accept_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs"):
        VerificationPolicy.of([], [pki.AUTH_POLICY])
    with pytest.raises(ValueError, match="needs"):
        VerificationPolicy.of([pki.authority().certificate], [])


def test_one_key_is_not_pinned_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        pki.policy(pki.authority().certificate, pki.authority_certificate())
