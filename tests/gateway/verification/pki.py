"""A test authority, its cards, and certificates with exactly one defect each.

Everything is made when it is asked for; keys are made once per test run because they are slow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from gateway.verification.policy import PinnedAuthority, VerificationPolicy

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SESSION_END = NOW + timedelta(minutes=10)
AUTH_POLICY = "1.3.6.1.4.1.99999.1.3.30"
SIGN_POLICY = "1.3.6.1.4.1.99999.1.1.20"
SERIAL = 0x5EC0_0001
YEAR = timedelta(days=365)


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Return the RSA-2048 key of that name, the same one during the whole run."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def distinguished_name(unit: str) -> x509.Name:
    """Return a name under the demo organisation."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "RISAI-DEMO"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        ]
    )


AUTHORITY_NAME = distinguished_name("user authentication")


KEY_USAGE_BITS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def key_usage(*allowed: str) -> x509.KeyUsage:
    """Return a key usage with exactly the named bits."""
    return x509.KeyUsage(**{bit: bit in allowed for bit in KEY_USAGE_BITS})


def authority_certificate(
    key_name: str = "authority",
    *,
    name: x509.Name = AUTHORITY_NAME,
    not_before: datetime = NOW - 2 * YEAR,
    not_after: datetime = NOW + 8 * YEAR,
    is_authority: bool = True,
    with_key_identifier: bool = True,
) -> x509.Certificate:
    """Return a self-signed authority certificate over the key of that name."""
    key = rsa_key(key_name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
    )
    if with_key_identifier:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(key, SHA256())


@cache
def authority() -> PinnedAuthority:
    """Return the authority that the tests' gateway trusts."""
    return PinnedAuthority.pin(authority_certificate())


def policy(*certificates: x509.Certificate) -> VerificationPolicy:
    """Return the gateway's policy; without arguments it trusts :func:`authority` alone."""
    if certificates:
        return VerificationPolicy.of(certificates, {AUTH_POLICY})
    return VerificationPolicy((authority(),), frozenset({AUTH_POLICY}))


Maker = Callable[[], bytes]
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Extension = tuple[x509.ExtensionType, bool]


@dataclass(frozen=True)
class CardRecipe:
    """What a card's authentication certificate is made of; the defaults are without defect."""

    serial: int = SERIAL
    signer: str = "authority"
    issuer: x509.Name = AUTHORITY_NAME
    named_key: str | None = "authority"
    """Whose key the authority key identifier names; ``None`` leaves the extension out."""
    public_key: PublicKey | None = None
    not_before: datetime = NOW - YEAR
    not_after: datetime = NOW + YEAR
    usage: Extension | None = field(default_factory=lambda: (key_usage("digital_signature"), True))
    policies: Sequence[str] = (AUTH_POLICY,)
    more: Sequence[Extension] = ()
    algorithm: SHA256 | SHA384 = field(default_factory=SHA256)

    def make(self) -> bytes:
        """Return the certificate, DER."""
        public_key = self.public_key or rsa_key("card").public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(distinguished_name("card"))
            .issuer_name(self.issuer)
            .public_key(public_key)
            .serial_number(self.serial)
            .not_valid_before(self.not_before)
            .not_valid_after(self.not_after)
        )
        for value, critical in self._extensions():
            builder = builder.add_extension(value, critical)
        return builder.sign(rsa_key(self.signer), self.algorithm).public_bytes(Encoding.DER)

    def _extensions(self) -> list[Extension]:
        found: list[Extension] = list(self.more)
        if self.usage is not None:
            found.append(self.usage)
        if self.policies:
            oids = [ObjectIdentifier(oid) for oid in self.policies]
            information = [x509.PolicyInformation(oid, None) for oid in oids]
            found.append((x509.CertificatePolicies(information), True))
        if self.named_key is not None:
            key = rsa_key(self.named_key).public_key()
            found.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(key), False))
        return found


@cache
def good_certificate() -> bytes:
    """Return a certificate without defect."""
    return CardRecipe().make()


def unnamed_issuer_key() -> bytes:
    """Return a certificate without defect that does not name its issuer's key."""
    return CardRecipe(named_key=None).make()


# Step 1


def too_long() -> bytes:
    """Longer than 4,096 bytes, otherwise good."""
    padding_extension = x509.UnrecognizedExtension(
        ObjectIdentifier("1.3.6.1.4.1.99999.9"), b"\0" * 4000
    )
    return CardRecipe(more=[(padding_extension, False)]).make()


def two_certificates() -> bytes:
    """Two good certificates, one after the other."""
    return good_certificate() * 2


def cut_short() -> bytes:
    """A good certificate without its last byte."""
    return good_certificate()[:-1]


def in_pem() -> bytes:
    """A good certificate in PEM."""
    return x509.load_der_x509_certificate(good_certificate()).public_bytes(Encoding.PEM)


def nothing() -> bytes:
    """No bytes at all."""
    return b""


def negative_serial() -> bytes:
    """A serial number below zero; the library refuses to make one, so it is written over."""
    good = CardRecipe(serial=(1 << 158) + 1).make()
    return good.replace(b"\x02\x14\x40", b"\x02\x14\xc0", 1)


def zero_serial() -> bytes:
    """The serial number zero, written over the number one."""
    return CardRecipe(serial=1).make().replace(b"\x02\x01\x01\x30", b"\x02\x01\x00\x30", 1)


def key_usage_twice() -> bytes:
    """Two key usages: the certificate policies' identifier was written over."""
    policies, usage = bytes.fromhex("0603551d20"), bytes.fromhex("0603551d0f")
    return good_certificate().replace(policies, usage, 1)


def name_of_impossible_type() -> bytes:
    """The issuer's country is a BIT STRING; the library notices only when the name is read."""
    return good_certificate().replace(b"\x13\x02JP", b"\x03\x02\x00P", 1)


def with_byte(der: bytes, position: int, change: int) -> bytes:
    """Return the bytes with one of them changed by ``change`` (exclusive or)."""
    return der[:position] + bytes((der[position] ^ change,)) + der[position + 1 :]


def unused_bits_positions(der: bytes) -> set[int]:
    """Return where the counts of unused bits of 2,048-bit signatures stand.

    When a signature happens to end with zero bits, DER allows to declare those unused.
    """
    header = b"\x03\x82\x01\x01\x00"
    starts = [n for n in range(len(der)) if der.startswith(header, n)]
    return {start + len(header) - 1 for start in starts}


# Step 2


def same_name_other_key() -> bytes:
    """Another authority of the same name, whose key it names, issued it."""
    return CardRecipe(signer="other-authority", named_key="other-authority").make()


def same_name_other_key_unnamed() -> bytes:
    """Another authority of the same name issued it, and it names no key."""
    return CardRecipe(signer="other-authority", named_key=None).make()


def other_name() -> bytes:
    """The authority's key issued it under another name."""
    return CardRecipe(issuer=distinguished_name("digital signature")).make()


# Step 3


def forged_with_named_key() -> bytes:
    """It names the pinned key, but another one signed it."""
    return CardRecipe(signer="other-authority").make()


def changed_after_signing() -> bytes:
    """One byte of the serial number was changed after the authority had signed."""
    serial = SERIAL.to_bytes(4, "big")
    return good_certificate().replace(serial, (SERIAL + 1).to_bytes(4, "big"), 1)


def signed_with_another_digest() -> bytes:
    """The authority signed with SHA-384, which its profile does not have."""
    return CardRecipe(algorithm=SHA384()).make()


# Step 4


def expired() -> bytes:
    """It ended a second ago."""
    return CardRecipe(not_after=NOW - timedelta(seconds=1)).make()


def not_yet_valid() -> bytes:
    """It begins in a second."""
    return CardRecipe(not_before=NOW + timedelta(seconds=1)).make()


def ends_during_session() -> bytes:
    """It ends a second before the session does."""
    return CardRecipe(not_after=SESSION_END - timedelta(seconds=1)).make()


# Step 5


def is_an_authority() -> bytes:
    """Its basic constraints say that it may issue certificates."""
    return CardRecipe(more=[(x509.BasicConstraints(True, None), True)]).make()


def without_key_usage() -> bytes:
    """It does not say what its key is for."""
    return CardRecipe(usage=None).make()


def key_usage_not_critical() -> bytes:
    """Its key usage may be ignored."""
    return CardRecipe(usage=(key_usage("digital_signature"), False)).make()


def with_non_repudiation() -> bytes:
    """Its key may also sign documents, as a signature certificate's."""
    usage = key_usage("digital_signature", "content_commitment")
    return CardRecipe(usage=(usage, True)).make()


def for_key_agreement() -> bytes:
    """Its key is for something else only."""
    return CardRecipe(usage=(key_usage("key_agreement"), True)).make()


def for_servers() -> bytes:
    """Its extended key usage lists servers and no clients."""
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return CardRecipe(more=[(usage, False)]).make()


def sign_policy() -> bytes:
    """It was issued under the policy of signature certificates."""
    return CardRecipe(policies=[SIGN_POLICY]).make()


def both_policies() -> bytes:
    """It claims the authentication policy and the signature policy at once."""
    return CardRecipe(policies=[AUTH_POLICY, SIGN_POLICY]).make()


def any_policy() -> bytes:
    """It claims every policy there is."""
    return CardRecipe(policies=["2.5.29.32.0"]).make()


def without_policy() -> bytes:
    """It names no policy."""
    return CardRecipe(policies=[]).make()


# Step 6


def unknown_critical_extension() -> bytes:
    """It demands something nobody has heard of."""
    unknown = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.9"), b"\x05\x00")
    return CardRecipe(more=[(unknown, True)]).make()


def unchecked_critical_extension() -> bytes:
    """It demands something that is well known but that the gateway does not look into."""
    names = x509.SubjectAlternativeName([x509.DNSName("card.example")])
    return CardRecipe(more=[(names, True)]).make()


# Step 9


@cache
def short_key() -> rsa.RSAPrivateKey:
    """Return an RSA key that is too short."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the defect


@cache
def odd_exponent_key() -> rsa.RSAPrivateKey:
    """Return an RSA-2048 key with the exponent 3."""
    return rsa.generate_private_key(public_exponent=3, key_size=2048)


def with_short_key() -> bytes:
    """Its key is RSA-1024."""
    return CardRecipe(public_key=short_key().public_key()).make()


def with_odd_exponent() -> bytes:
    """Its key has the exponent 3."""
    return CardRecipe(public_key=odd_exponent_key().public_key()).make()


def with_elliptic_key() -> bytes:
    """Its key is on P-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    return CardRecipe(public_key=key.public_key()).make()


def card_signature(digest: bytes, key: rsa.RSAPrivateKey | None = None) -> bytes:
    """Return what a card answers to DigestInfo(SHA-256, digest)."""
    card_key = key or rsa_key("card")
    return card_key.sign(digest, padding.PKCS1v15(), utils.Prehashed(SHA256()))
