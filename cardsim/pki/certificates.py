"""Certificates in the shape of the public personal authentication service, under a demo name.

Never ``O=JPKI``: a demo card must not pass for a real one anywhere.
Source: [JPKI-PROFILE], [CARD 11].
Assumption: the demo's policy identifiers lie in a private arc of ours; their last parts follow
the real ones. An authority can be made with the real arc, for programs that accept no other.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cardsim.pki import der

DEMO_POLICY_ARC = "1.3.6.1.4.1.99999.8.5.1"
REAL_POLICY_ARC = "1.2.392.200149.8.5.1"
"""Arc of the real service. Certificates of ours that carry it still say ``O=RISAI-DEMO``."""
_UTF8_STRING = 0x0C
HOLDER_ARC = "1.2.392.200149.8.5.5"
"""Arc of the six holder attributes in the signature certificate."""
CPS = "https://risai.example/demo-cps"
CA_YEARS = 10
_DAY = timedelta(days=1)
_NO_WINDOW = "00000000A"
"""Assumption: a subject's name ends with the number of the issuing window; this one is nowhere."""
_VARIATION_SELECTORS = range(0xE0100, 0xE01F0)


def auth_policy(arc: str) -> x509.ObjectIdentifier:
    """Return the policy of authentication certificates under an arc."""
    return x509.ObjectIdentifier(f"{arc}.3.30")


def sign_policy(arc: str) -> x509.ObjectIdentifier:
    """Return the policy of signature certificates under an arc."""
    return x509.ObjectIdentifier(f"{arc}.1.20")


AUTH_POLICY = auth_policy(DEMO_POLICY_ARC)
SIGN_POLICY = sign_policy(DEMO_POLICY_ARC)


def _dn(unit: str, *, organisation: str = "RISAI-DEMO") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Demo authority of Risai"),
        ]
    )


AUTH_CA_NAME = _dn("Demo for user authentication")
SIGN_CA_NAME = _dn("Demo for digital signature")
_SERVICE_NAME = x509.DirectoryName(
    x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "公的個人認証サービス（デモ）"),
        ]
    )
)


def key_usage(
    *, signature: bool = False, commitment: bool = False, ca: bool = False
) -> x509.KeyUsage:
    """Return a keyUsage with the named bits."""
    return x509.KeyUsage(
        digital_signature=signature,
        content_commitment=commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _crl_point(name: x509.Name) -> x509.CRLDistributionPoints:
    point = x509.DistributionPoint([x509.DirectoryName(name)], None, None, None)
    return x509.CRLDistributionPoints([point])


def ca_certificate(
    key: RSAPrivateKey, name: x509.Name, *, serial: int, now: datetime
) -> x509.Certificate:
    """Return a self-signed authority certificate, valid ten years from the day before ``now``."""
    return (
        x509.CertificateBuilder(name, name, key.public_key(), serial)
        .not_valid_before(now - _DAY)
        .not_valid_after(now + CA_YEARS * 365 * _DAY)
        .add_extension(key_usage(ca=True), critical=True)
        .add_extension(x509.SubjectAlternativeName([_SERVICE_NAME]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_crl_point(name), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority that issues: its key and its certificate."""

    key: RSAPrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a signature certificate is about."""

    name: str
    address: str
    birth_date: date
    sex: str


def policies(policy: x509.ObjectIdentifier) -> x509.CertificatePolicies:
    """Return certificatePolicies with one policy and its practice statement."""
    return x509.CertificatePolicies([x509.PolicyInformation(policy, [CPS])])


def auth_builder(
    issuer: Issuer,
    public_key: RSAPublicKey,
    *,
    serial: int,
    not_before: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    """Return an authentication certificate with everything but policy and key usage."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{serial % 10**13:013d}{_NO_WINDOW}"),
        ]
    )
    name = issuer.certificate.subject
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return (
        x509.CertificateBuilder(name, subject, public_key, serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.IssuerAlternativeName([_SERVICE_NAME]), critical=False)
        .add_extension(_crl_point(name), critical=False)
        .add_extension(authority, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def auth_certificate(
    issuer: Issuer,
    public_key: RSAPublicKey,
    *,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    policy: x509.ObjectIdentifier = AUTH_POLICY,
) -> x509.Certificate:
    """Return an authentication certificate (利用者証明用電子証明書): no personal data in it."""
    return (
        auth_builder(issuer, public_key, serial=serial, not_before=not_before, not_after=not_after)
        .add_extension(key_usage(signature=True), critical=True)
        .add_extension(policies(policy), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )


def sign_certificate(
    issuer: Issuer,
    public_key: RSAPublicKey,
    holder: Holder,
    *,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    policy: x509.ObjectIdentifier = SIGN_POLICY,
) -> x509.Certificate:
    """Return a signature certificate (署名用電子証明書) with the six holder attributes.

    Assumption: its subject has the same form as the authentication certificate's; the real one
    also names prefecture and city in romaji, which no program here reads.
    """
    return (
        auth_builder(issuer, public_key, serial=serial, not_before=not_before, not_after=not_after)
        .add_extension(key_usage(signature=True, commitment=True), critical=True)
        .add_extension(policies(policy), critical=True)
        .add_extension(x509.SubjectAlternativeName(_holder_names(holder)), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def _holder_names(holder: Holder) -> list[x509.GeneralName]:
    """Return the otherNames in the order in which certificates hold them: 1, 4, 3, 5, 2, 6."""
    values = (
        (1, holder.name),
        (4, f"{_era_digit(holder.birth_date)}{holder.birth_date:%Y%m%d}"),
        (3, holder.sex),
        (5, holder.address),
        (2, _nothing_substituted(holder.name)),
        (6, _nothing_substituted(holder.address)),
    )
    return [
        x509.OtherName(
            x509.ObjectIdentifier(f"{HOLDER_ARC}.{number}"),
            der.encode(_UTF8_STRING, text.encode()),
        )
        for number, text in values
    ]


def _nothing_substituted(text: str) -> str:
    """Return the substitute flags: ``0`` for every character, selectors being no characters."""
    return "0" * sum(ord(character) not in _VARIATION_SELECTORS for character in text)


def _era_digit(day: date) -> int:
    """Return 5 令和, 4 平成, 3 昭和, 2 大正 or 1 明治."""
    starts = (
        (5, date(2019, 5, 1)),
        (4, date(1989, 1, 8)),
        (3, date(1926, 12, 25)),
        (2, date(1912, 7, 30)),
    )
    return next((digit for digit, start in starts if day >= start), 1)


def ocsp_certificate(
    issuer: Issuer,
    public_key: RSAPublicKey,
    *,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    may_answer: bool = True,
) -> x509.Certificate:
    """Return the certificate of an OCSP responder; ``may_answer`` false leaves its purpose out."""
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    purpose = ExtendedKeyUsageOID.OCSP_SIGNING if may_answer else ExtendedKeyUsageOID.TIME_STAMPING
    return (
        x509.CertificateBuilder(
            issuer.certificate.subject, _dn("Demo OCSP responder"), public_key, serial
        )
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(key_usage(signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(authority, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
