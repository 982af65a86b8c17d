"""Which authorities the gateway trusts, and for which certificate policies."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MIN_AUTHORITY_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class PinnedAuthority:
    """An authority that is trusted by its key; made with :meth:`pin`.

    All generations of the real authority share one name, so the name says nothing.
    Source: [JPKI-PROFILE].
    """

    certificate: x509.Certificate
    issuer_key_id: bytes
    """SHA-256 of the SubjectPublicKeyInfo (DER), 32 bytes: how links name the issuer."""
    public_key: RSAPublicKey
    key_identifier: bytes
    """What certificates of this authority carry as authority key identifier."""
    name_hash: bytes
    """SHA-256 of the subject name (DER): OCSP's name of the issuer."""
    key_hash: bytes
    """SHA-256 of the bare public key: OCSP's name of the issuer's key."""

    @classmethod
    def pin(cls, certificate: x509.Certificate) -> "PinnedAuthority":
        """Return the authority that ``certificate`` (self-signed) describes.

        Raises: ValueError when it is no authority, or its key is too weak.
        """
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey) or key.key_size < MIN_AUTHORITY_KEY_BITS:
            raise ValueError("an authority's key must be RSA with at least 2048 bits")
        if not _may_issue(certificate):
            raise ValueError("the certificate is not an authority's")
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        bare_key = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        return cls(
            certificate=certificate,
            issuer_key_id=sha256(spki).digest(),
            public_key=key,
            key_identifier=_key_identifier(certificate, key),
            name_hash=sha256(certificate.subject.public_bytes()).digest(),
            key_hash=sha256(bare_key).digest(),
        )


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return basic.ca and usage.key_cert_sign


def _key_identifier(certificate: x509.Certificate, key: RSAPublicKey) -> bytes:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(key).digest
    return found.value.digest


@dataclass(frozen=True, slots=True)
class VerificationPolicy:
    """What the gateway accepts as a card's authentication certificate.

    Raises: ValueError when it would accept nothing, or trusts one key twice.
    """

    pinned_authorities: tuple[PinnedAuthority, ...]
    accepted_policies: frozenset[str]
    """Policy OIDs of authentication certificates, dotted. Never that of the signature one."""

    def __post_init__(self) -> None:
        if not self.pinned_authorities or not self.accepted_policies:
            raise ValueError("a verification policy needs an authority and a policy OID")
        if len({pinned.issuer_key_id for pinned in self.pinned_authorities}) != len(
            self.pinned_authorities
        ):
            raise ValueError("an authority's key is pinned twice")

    @classmethod
    def of(
        cls, certificates: Iterable[x509.Certificate], accepted_policies: Iterable[str]
    ) -> "VerificationPolicy":
        """Return the policy that pins ``certificates`` and accepts ``accepted_policies``."""
        pinned = tuple(PinnedAuthority.pin(certificate) for certificate in certificates)
        return cls(pinned, frozenset(accepted_policies))
