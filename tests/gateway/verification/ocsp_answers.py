"""OCSP answers and revocation lists of the test authority; each maker has one thing wrong."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from asn1crypto import algos, core
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from tests.gateway.verification import pki
from tests.gateway.verification.pki import NOW

NONCE = b"n" * 32
GOOD = ocsp.OCSPCertStatus.GOOD


def responder_certificate(
    *,
    signer: str = "authority",
    public_key: pki.PublicKey | None = None,
    not_before: datetime = NOW - timedelta(days=1),
    not_after: datetime = NOW + timedelta(days=1),
    is_for_ocsp: bool = True,
) -> x509.Certificate:
    """Return a responder's certificate; by default the authority appointed it properly."""
    purpose = ExtendedKeyUsageOID.OCSP_SIGNING if is_for_ocsp else ExtendedKeyUsageOID.CLIENT_AUTH
    return (
        x509.CertificateBuilder()
        .subject_name(pki.distinguished_name("responder"))
        .issuer_name(pki.AUTHORITY_NAME)
        .public_key(public_key or pki.rsa_key("responder").public_key())
        .serial_number(7)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .sign(pki.rsa_key(signer), SHA256())
    )


@cache
def appointed_responder() -> x509.Certificate:
    """Return the responder's certificate without defect."""
    return responder_certificate()


@dataclass(frozen=True)
class AnswerRecipe:
    """What an OCSP answer is made of; the defaults say *good*, now, for the asked certificate."""

    serial: int = pki.SERIAL
    name_hash: bytes = field(default_factory=lambda: pki.authority().name_hash)
    key_hash: bytes = field(default_factory=lambda: pki.authority().key_hash)
    certid_algorithm: SHA1 | SHA256 = field(default_factory=SHA256)
    status: ocsp.OCSPCertStatus = GOOD
    reason: x509.ReasonFlags | None = None
    this_update: datetime = NOW
    next_update: datetime | None = NOW + timedelta(minutes=5)
    nonce: bytes | None = NONCE
    responder: x509.Certificate = field(default_factory=appointed_responder)
    named_by: ocsp.OCSPResponderEncoding = ocsp.OCSPResponderEncoding.HASH
    embedded: x509.Certificate | None = field(default_factory=appointed_responder)
    key: str = "responder"
    short_key: bool = False
    """Sign with the key that is too short."""
    algorithm: SHA256 | SHA384 = field(default_factory=SHA256)
    critical_nonce: bool = False

    def make(self) -> bytes:
        """Return the answer, DER."""
        is_revoked = self.status is ocsp.OCSPCertStatus.REVOKED
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                self.name_hash,
                self.key_hash,
                self.serial,
                self.certid_algorithm,
                self.status,
                self.this_update,
                self.next_update,
                NOW - timedelta(days=1) if is_revoked else None,
                self.reason,
            )
            .responder_id(self.named_by, self.responder)
        )
        if self.embedded is not None:
            builder = builder.certificates([self.embedded])
        if self.nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(self.nonce), self.critical_nonce)
        key = pki.short_key() if self.short_key else pki.rsa_key(self.key)
        answer = builder.sign(key, self.algorithm)
        return answer.public_bytes(Encoding.DER)


def by_responder(certificate: x509.Certificate, key: str = "responder") -> AnswerRecipe:
    """Return an answer signed and accompanied by this responder."""
    return AnswerRecipe(responder=certificate, embedded=certificate, key=key)


def by_the_authority_itself() -> AnswerRecipe:
    """Return an answer that the authority signed with its own key."""
    certificate = pki.authority().certificate
    return AnswerRecipe(responder=certificate, embedded=None, key="authority")


def with_short_key() -> bytes:
    """Return an answer of a responder that the authority appointed with an RSA-1024 key."""
    certificate = responder_certificate(public_key=pki.short_key().public_key())
    return replace(by_responder(certificate), short_key=True).make()


def list_without_end() -> bytes:
    """Return a revocation list that does not say when the next one comes."""
    whole = asn1_crl.CertificateList.load(ListRecipe().make())
    tbs = whole["tbs_cert_list"]
    del tbs["next_update"]
    signature = pki.rsa_key("authority").sign(tbs.dump(force=True), padding.PKCS1v15(), SHA256())
    whole["signature"] = core.OctetBitString(signature)
    return bytes(whole.dump(force=True))


def with_changed_byte(answer: bytes) -> bytes:
    """Return the answer with its *good* turned into *unknown* after signing."""
    good, unknown = b"\x80\x00\x18\x0f", b"\x82\x00\x18\x0f"
    if answer.count(good) != 1:
        raise ValueError("the status is not where it was")
    return answer.replace(good, unknown)


def _resign(response: asn1_ocsp.OCSPResponse) -> bytes:
    """Sign the changed answer again with the responder's key."""
    basic = response["response_bytes"]["response"].parsed
    tbs = basic["tbs_response_data"].dump(force=True)
    signature = pki.rsa_key("responder").sign(tbs, padding.PKCS1v15(), SHA256())
    whole = asn1_ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": basic["tbs_response_data"],
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
            "signature": core.OctetBitString(signature),
            "certs": basic["certs"],
        }
    )
    wrapped = asn1_ocsp.OCSPResponse(
        {
            "response_status": "successful",
            "response_bytes": {
                "response_type": "basic_ocsp_response",
                "response": core.ParsableOctetString(whole.dump()),
            },
        }
    )
    return bytes(wrapped.dump())


def _parsed(recipe: AnswerRecipe) -> asn1_ocsp.OCSPResponse:
    return asn1_ocsp.OCSPResponse.load(recipe.make())


def two_answers() -> bytes:
    """Return one signed answer about two certificates, the asked one first."""
    first, second = _parsed(AnswerRecipe()), _parsed(AnswerRecipe(serial=pki.SERIAL + 1))
    data = first["response_bytes"]["response"].parsed["tbs_response_data"]
    other = second["response_bytes"]["response"].parsed["tbs_response_data"]
    data["responses"] = [data["responses"][0], other["responses"][0]]
    return _resign(first)


def no_answers() -> bytes:
    """Return a signed answer about nothing."""
    response = _parsed(AnswerRecipe())
    response["response_bytes"]["response"].parsed["tbs_response_data"]["responses"] = []
    return _resign(response)


def with_critical_extension() -> bytes:
    """Return an answer that demands something unknown of whoever reads it."""
    response = _parsed(AnswerRecipe())
    data = response["response_bytes"]["response"].parsed["tbs_response_data"]
    unknown = {"extn_id": "1.3.6.1.4.1.99999.9", "critical": True, "extn_value": b"\x05\x00"}
    data["responses"][0]["single_extensions"] = [unknown]
    return _resign(response)


def next_update_before_this_update() -> bytes:
    """Return an answer whose nextUpdate comes a second before its thisUpdate."""
    response = _parsed(AnswerRecipe())
    data = response["response_bytes"]["response"].parsed["tbs_response_data"]
    data["responses"][0]["next_update"] = NOW - timedelta(seconds=1)
    return _resign(response)


def resigned_without_change() -> bytes:
    """Return the plain good answer, taken apart and signed again: the control of the others."""
    return _resign(_parsed(AnswerRecipe()))


def unsuccessful() -> bytes:
    """Return the answer of a responder that asks to be asked later."""
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    return refusal.public_bytes(Encoding.DER)


def answer_to(request: bytes, recipe: AnswerRecipe | None = None) -> bytes:
    """Return the answer to an OCSP request (DER), repeating its nonce and its serial number."""
    asked = ocsp.load_der_ocsp_request(request)
    nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    template = recipe or AnswerRecipe()
    return replace(template, nonce=nonce, serial=asked.serial_number).make()


@dataclass(frozen=True)
class ListRecipe:
    """What a revocation list is made of; the defaults are fresh and name one other certificate."""

    revoked: tuple[int, ...] = (pki.SERIAL + 1,)
    issuer: x509.Name = pki.AUTHORITY_NAME
    key: str = "authority"
    this_update: datetime = NOW - timedelta(hours=1)
    next_update: datetime = NOW + timedelta(hours=23)
    algorithm: SHA256 | SHA384 = field(default_factory=SHA256)
    with_critical_extension: bool = False

    def make(self) -> bytes:
        """Return the list, DER."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.issuer)
            .last_update(self.this_update)
            .next_update(self.next_update)
        )
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder(serial, NOW - timedelta(days=1)).build()
            builder = builder.add_revoked_certificate(entry)
        if self.with_critical_extension:
            unknown = x509.UnrecognizedExtension(
                ObjectIdentifier("1.3.6.1.4.1.99999.9"), b"\x05\x00"
            )
            builder = builder.add_extension(unknown, critical=True)
        return builder.sign(pki.rsa_key(self.key), self.algorithm).public_bytes(Encoding.DER)
