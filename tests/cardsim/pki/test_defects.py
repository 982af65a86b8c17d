"""Each defective certificate differs from the sound one in exactly one respect."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from cardsim.pki import defects
from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import AUTH_POLICY, SIGN_POLICY
from tests.cardsim.conftest import NOW

KNOWN_CRITICAL = {x509.KeyUsage.oid, x509.CertificatePolicies.oid, x509.BasicConstraints.oid}


def is_issued_by(certificate: x509.Certificate, authority: DemoAuthority) -> bool:
    """Say whether the authority's key made the signature."""
    try:
        certificate.verify_directly_issued_by(authority.auth_issuer.certificate)
    except InvalidSignature:
        return False
    return True


def names_the_issuer_key(certificate: x509.Certificate, authority: DemoAuthority) -> bool:
    """Say whether the certificate points at the authority's key."""
    wanted = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority.auth_issuer.key.public_key()
    )
    found = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    return found == wanted


def usage_of(certificate: x509.Certificate) -> tuple[bool, bool] | None:
    """Return the two bits of keyUsage that matter."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
    return usage.digital_signature, usage.content_commitment


def policy_of(certificate: x509.Certificate) -> str | None:
    """Return the policy, None without any."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return None
    assert all(policy.policy_qualifiers for policy in found)
    identifiers = [policy.policy_identifier.dotted_string for policy in found]
    return " ".join(identifiers)


def is_authority(certificate: x509.Certificate) -> bool:
    """Say whether the certificate calls itself an authority."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def respects(certificate: x509.Certificate, authority: DemoAuthority) -> dict[str, object]:
    """Return everything that a verifier looks at."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return {
        "begun": begins <= NOW,
        "ended": ends < NOW,
        "lasts": ends > NOW + timedelta(minutes=10) or ends < NOW,
        "named key": names_the_issuer_key(certificate, authority),
        "signature": is_issued_by(certificate, authority),
        "name": certificate.issuer == authority.auth_issuer.certificate.subject,
        "usage": usage_of(certificate),
        "policy": policy_of(certificate),
        "authority": is_authority(certificate),
        "critical": {e.oid for e in certificate.extensions if e.critical} <= KNOWN_CRITICAL,
        "long": len(certificate.public_bytes(Encoding.DER)) > 4096,
        "serial": certificate.serial_number,
    }


SOUND = {
    "begun": True,
    "ended": False,
    "lasts": True,
    "named key": True,
    "signature": True,
    "name": True,
    "usage": (True, False),
    "policy": AUTH_POLICY.dotted_string,
    "authority": False,
    "critical": True,
    "long": False,
    "serial": defects.SERIAL,
}


@pytest.mark.parametrize(
    ("defect", "difference"),
    [
        (defects.sound, {}),
        (defects.expired, {"ended": True}),
        (defects.not_yet_valid, {"begun": False}),
        (defects.ends_within_session, {"lasts": False}),
        (defects.namesake_issuer, {"named key": False, "signature": False}),
        (defects.bad_signature, {"signature": False}),
        (defects.sign_purpose, {"policy": SIGN_POLICY.dotted_string}),
        (defects.no_policy, {"policy": None}),
        (defects.no_key_usage, {"usage": None}),
        (defects.non_repudiation, {"usage": (True, True)}),
        (defects.is_an_authority, {"authority": True}),
        (defects.unknown_critical_extension, {"critical": False}),
        (defects.too_long, {"long": True}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_exactly_one_defect(
    authority: DemoAuthority,
    rsa_key: RSAPrivateKey,
    defect: defects.Defect,
    difference: dict[str, object],
) -> None:
    found = respects(defect(authority, rsa_key, NOW), authority)
    assert found == SOUND | difference
    assert {name for name in SOUND if found[name] != SOUND[name]} == set(difference)
