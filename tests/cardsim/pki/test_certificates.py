"""Field by field: the demo's certificates have the shape that published ones have."""

from datetime import date

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import (
    AUTH_POLICY,
    REAL_POLICY_ARC,
    SIGN_POLICY,
    Holder,
    Issuer,
    ocsp_certificate,
    sign_certificate,
)
from cardsim.pki.defects import sound
from tests.cardsim.conftest import NOW

HOLDER = Holder("髙﨑　𠮷乃", "見本県見本市葛\U000e0100城町", date(1962, 10, 10), "2")


def holder_certificate(
    authority: DemoAuthority, key: RSAPrivateKey, holder: Holder = HOLDER
) -> x509.Certificate:
    """Return a signature certificate of the demo authority."""
    return sign_certificate(
        authority.sign_issuer,
        key.public_key(),
        holder,
        serial=5,
        not_before=NOW,
        not_after=NOW.replace(year=2030),
    )


def extensions(certificate: x509.Certificate) -> list[tuple[x509.ObjectIdentifier, bool]]:
    """Return identifier and criticality of each extension, in order of identifier."""
    found = [(extension.oid, extension.critical) for extension in certificate.extensions]
    return sorted(found, key=lambda pair: pair[0].dotted_string)


def directory_names(names: list[x509.GeneralName]) -> list[str]:
    """Return the organisations of directory names."""
    return [
        str(attribute.value)
        for name in names
        if isinstance(name, x509.DirectoryName)
        for attribute in name.value.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    ]


@pytest.fixture(params=["auth", "sign"])
def issuer(request: pytest.FixtureRequest, authority: DemoAuthority) -> Issuer:
    """Each of the two authorities."""
    return authority.auth_issuer if request.param == "auth" else authority.sign_issuer


def test_authority_certificate(issuer: Issuer) -> None:
    certificate = issuer.certificate
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    assert (key.key_size, key.public_numbers().e) == (2048, 65537)
    assert certificate.signature_algorithm_oid.dotted_string == "1.2.840.113549.1.1.11"
    assert certificate.subject == certificate.issuer
    certificate.verify_directly_issued_by(certificate)
    assert extensions(certificate) == [
        (ExtensionOID.SUBJECT_KEY_IDENTIFIER, False),
        (ExtensionOID.KEY_USAGE, True),
        (ExtensionOID.SUBJECT_ALTERNATIVE_NAME, False),
        (ExtensionOID.BASIC_CONSTRAINTS, True),
        (ExtensionOID.CRL_DISTRIBUTION_POINTS, False),
    ]
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, None)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)


def test_authority_names_are_demo_names(issuer: Issuer) -> None:
    subject = issuer.certificate.subject
    assert [attribute.oid for attribute in subject] == [
        NameOID.COUNTRY_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
    ]
    assert "O=RISAI-DEMO" in subject.rfc4514_string()
    service = issuer.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert directory_names(list(service.value)) == ["公的個人認証サービス（デモ）"]


def test_the_two_authorities_have_two_names_and_two_keys(authority: DemoAuthority) -> None:
    auth, sign = authority.auth_issuer.certificate, authority.sign_issuer.certificate
    assert auth.subject != sign.subject
    assert auth.public_key() != sign.public_key()


def test_authentication_certificate(authority: DemoAuthority, rsa_key: RSAPrivateKey) -> None:
    certificate = sound(authority, rsa_key, NOW)
    assert extensions(certificate) == [
        (ExtensionOID.SUBJECT_KEY_IDENTIFIER, False),
        (ExtensionOID.KEY_USAGE, True),
        (ExtensionOID.ISSUER_ALTERNATIVE_NAME, False),
        (ExtensionOID.CRL_DISTRIBUTION_POINTS, False),
        (ExtensionOID.CERTIFICATE_POLICIES, True),
        (ExtensionOID.AUTHORITY_KEY_IDENTIFIER, False),
    ]
    assert [attribute.oid for attribute in certificate.subject] == [
        NameOID.COUNTRY_NAME,
        NameOID.COMMON_NAME,
    ]
    issuer_key = authority.auth_issuer.certificate.extensions.get_extension_for_class(
        x509.SubjectKeyIdentifier
    )
    named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert named.key_identifier == issuer_key.value.digest
    points = list(certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value)
    assert directory_names(list(points[0].full_name or [])) == ["RISAI-DEMO"]


def test_signature_certificate(authority: DemoAuthority, rsa_key: RSAPrivateKey) -> None:
    certificate = holder_certificate(authority, rsa_key)
    certificate.verify_directly_issued_by(authority.sign_issuer.certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment) == (True, True)
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies)
    assert policies.critical
    assert [policy.policy_identifier for policy in policies.value] == [SIGN_POLICY]
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert not names.critical
    assert HOLDER.name.encode() not in certificate.subject.public_bytes()


def holder_values(certificate: x509.Certificate) -> dict[str, str]:
    """Return the holder attributes by the last number of their identifier."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    found = {}
    for name in names:
        assert isinstance(name, x509.OtherName)
        assert name.type_id.dotted_string.startswith("1.2.392.200149.8.5.5.")
        assert name.value[0] == 0x0C
        start = 2 if name.value[1] < 0x80 else 3
        assert len(name.value) - start == name.value[start - 1]
        found[name.type_id.dotted_string.rsplit(".", 1)[1]] = name.value[start:].decode()
    return found


def test_holder_attributes_keep_every_code_point(
    authority: DemoAuthority, rsa_key: RSAPrivateKey
) -> None:
    assert holder_values(holder_certificate(authority, rsa_key)) == {
        "1": "髙﨑　𠮷乃",
        "4": "319621010",
        "3": "2",
        "5": "見本県見本市葛\U000e0100城町",
        "2": "00000",
        "6": "000000000",
    }


def test_a_long_address_still_fits(authority: DemoAuthority, rsa_key: RSAPrivateKey) -> None:
    long = Holder("見本　花子", "見" * 60, date(1980, 2, 3), "2")
    assert holder_values(holder_certificate(authority, rsa_key, long))["5"] == "見" * 60


@pytest.mark.parametrize(
    ("born", "written"),
    [
        (date(1912, 7, 29), "119120729"),
        (date(1912, 7, 30), "219120730"),
        (date(1926, 12, 24), "219261224"),
        (date(1926, 12, 25), "319261225"),
        (date(1989, 1, 7), "319890107"),
        (date(1989, 1, 8), "419890108"),
        (date(2019, 4, 30), "420190430"),
        (date(2019, 5, 1), "520190501"),
    ],
)
def test_birth_dates_carry_their_era(
    authority: DemoAuthority, rsa_key: RSAPrivateKey, born: date, written: str
) -> None:
    holder = Holder("見本　花子", "見本県", born, "2")
    assert holder_values(holder_certificate(authority, rsa_key, holder))["4"] == written


def test_demo_policies_lie_outside_the_real_arc() -> None:
    assert REAL_POLICY_ARC not in f"{AUTH_POLICY.dotted_string} {SIGN_POLICY.dotted_string}"


def test_responder_certificate(authority: DemoAuthority, rsa_key: RSAPrivateKey) -> None:
    certificate = ocsp_certificate(
        authority.auth_issuer,
        rsa_key.public_key(),
        serial=7,
        not_before=NOW,
        not_after=NOW.replace(year=2027),
    )
    certificate.verify_directly_issued_by(authority.auth_issuer.certificate)
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.OCSP_SIGNING]
    assert certificate.extensions.get_extension_for_class(x509.OCSPNoCheck)
