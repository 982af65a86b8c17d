"""The signature structure of a file (CMS), prepared once per key and filled in for each sheet.

Only two things differ between two sheets: the digest of the file and the signature. Everything else
is encoded when the key is loaded, because encoding it anew costs more than all the cryptography.

    ContentInfo { signed-data, [0] SignedData {
        1, { sha256 }, { data }, [0] certificates,
        { SignerInfo { 1, issuer and serial, sha256, [0] attributes, ECDSA, signature }}}}

Source: [ETSI-PADES] baseline B-B: content type, message digest, signing certificate v2; RFC 5652.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

DIGEST = "sha256"
SIGNATURE = "sha256_ecdsa"

_DIGEST_BYTES = 32
_MARK = bytes(range(0xA0, 0xA0 + _DIGEST_BYTES))
"""Stands where the digest goes while the attributes are encoded."""

_SEQUENCE, _SET, _OCTETS, _CONTEXT_0 = 0x30, 0x31, 0x04, 0xA0


@dataclass(frozen=True, slots=True)
class CmsForm:
    """Encoded pieces of the structure, as DER."""

    before_digest: bytes
    after_digest: bytes
    signer: bytes
    """Version, signer and digest algorithm of the signer's part."""
    algorithm: bytes
    head: bytes
    """Version, digest algorithms, content type and certificates."""
    signed_data_type: bytes

    @classmethod
    def of(cls, certificate: x509.Certificate, chain: Iterable[x509.Certificate]) -> "CmsForm":
        """Prepare the structure for one signer."""
        signer = _as_asn1(certificate)
        before, after = _encode_attributes(certificate).split(_MARK)
        digest = algos.DigestAlgorithm({"algorithm": DIGEST}).dump()
        version = cms.CMSVersion("v1").dump()
        signer_id = cms.IssuerAndSerialNumber(
            {"issuer": signer.issuer, "serial_number": signer.serial_number}
        )
        certificates = b"".join(sorted(_as_asn1(c).dump() for c in (certificate, *chain)))
        data = _wrap(_SEQUENCE, cms.ContentType("data").dump())
        return cls(
            before_digest=before,
            after_digest=after,
            signer=version + signer_id.dump() + digest,
            algorithm=algos.SignedDigestAlgorithm({"algorithm": SIGNATURE}).dump(),
            head=version + _wrap(_SET, digest) + data + _wrap(_CONTEXT_0, certificates),
            signed_data_type=cms.ContentType("signed_data").dump(),
        )

    def attributes(self, digest: bytes) -> bytes:
        """Return the bytes that the key signs for a file with this SHA-256 digest."""
        if len(digest) != _DIGEST_BYTES:
            raise ValueError("a SHA-256 digest is 32 bytes long")
        return self.before_digest + digest + self.after_digest

    def fill(self, attributes: bytes, signature: bytes) -> bytes:
        """Return the whole structure."""
        tagged = bytes([_CONTEXT_0]) + attributes[1:]
        signer_info = self.signer + tagged + self.algorithm + _wrap(_OCTETS, signature)
        signed_data = self.head + _wrap(_SET, _wrap(_SEQUENCE, signer_info))
        content = _wrap(_CONTEXT_0, _wrap(_SEQUENCE, signed_data))
        return _wrap(_SEQUENCE, self.signed_data_type + content)


def _encode_attributes(certificate: x509.Certificate) -> bytes:
    named = tsp.SigningCertificateV2({"certs": [{"cert_hash": certificate.fingerprint(SHA256())}]})
    protection = cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": {"algorithm": DIGEST},
            "signature_algorithm": {"algorithm": SIGNATURE},
        }
    )
    values = {
        "content_type": "data",
        "message_digest": _MARK,
        "signing_certificate_v2": named,
        "cms_algorithm_protection": protection,
    }
    attributes = cms.CMSAttributes(
        [cms.CMSAttribute({"type": kind, "values": (value,)}) for kind, value in values.items()]
    )
    return bytes(attributes.dump())


def _as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _wrap(tag: int, content: bytes) -> bytes:
    """Return one DER element."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
