"""An OCSP responder that tells the truth, or lies in exactly one way when told to.

It says *good* of every certificate of its authority that is not revoked, also of one that was
never issued, as responders fed from a revocation list do. Of other authorities it says nothing.
Source: [RFC6960].
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import ocsp

from cardsim.pki import der
from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import Issuer, ocsp_certificate

_FRESH = timedelta(minutes=5)
_LONG = timedelta(days=2)
_RESPONDER_SERIAL = 7
_SEQUENCE = 0x30


class Lie(StrEnum):
    """The one thing that is wrong with the answers."""

    WRONG_NONCE = "wrong_nonce"
    NO_NONCE = "no_nonce"
    STALE = "stale"
    """thisUpdate two days ago."""
    FROM_THE_FUTURE = "from_the_future"
    EXPIRED_ANSWER = "expired_answer"
    """nextUpdate an hour ago, thisUpdate before it."""
    OTHER_CERTIFICATE = "other_certificate"
    TWO_ANSWERS = "two_answers"
    """The right answer twice in one response."""
    SELF_MADE_SIGNER = "self_made_signer"
    SIGNER_WITHOUT_PURPOSE = "signer_without_purpose"
    SIGNER_EXPIRED = "signer_expired"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN = "unknown"
    TRY_LATER = "try_later"
    ALWAYS_GOOD = "always_good"
    """Says good of revoked certificates."""
    GARBAGE = "garbage"
    HTTP_ERROR = "http_error"


@dataclass(slots=True)
class Behaviour:
    """How the responder behaves at the moment; change it while it runs."""

    lie: Lie | None = None
    delay_s: float = 0.0
    silent: bool = False
    """Never answers."""


class OcspResponder:
    """Answers OCSP requests about the demo's authentication certificates."""

    def __init__(self, authority: DemoAuthority, now: Callable[[], datetime]) -> None:
        self._authority = authority
        self._now = now
        self._stranger: RSAPrivateKey | None = None
        self._own_certificate: x509.Certificate | None = None
        self.behaviour = Behaviour()

    def respond(self, request_der: bytes) -> bytes:
        """Return the DER of the answer.

        Garbage is answered with *malformed request*, another authority with *unauthorized*.
        """
        try:
            request = ocsp.load_der_ocsp_request(request_der)
        except ValueError:
            return _failure(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if self.behaviour.lie is Lie.GARBAGE:
            return b"\x30\x03garbage"
        if self.behaviour.lie is Lie.TRY_LATER:
            return _failure(ocsp.OCSPResponseStatus.TRY_LATER)
        if not self._is_about_us(request):
            return _failure(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return self._answer(request, self.behaviour.lie)

    def _is_about_us(self, request: ocsp.OCSPRequest) -> bool:
        certificate = self._authority.auth_issuer.certificate
        key = certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.PKCS1
        )
        return request.issuer_name_hash == _digest(
            request.hash_algorithm, certificate.subject.public_bytes()
        ) and request.issuer_key_hash == _digest(request.hash_algorithm, key)

    def _answer(self, request: ocsp.OCSPRequest, lie: Lie | None) -> bytes:
        now = self._now()
        this_update, next_update = _times(now, lie)
        serial = request.serial_number + (lie is Lie.OTHER_CERTIFICATE)
        status, revoked_at = self._status(request.serial_number, lie)
        key, certificate = self._signer(now, lie)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=request.issuer_name_hash,
                issuer_key_hash=request.issuer_key_hash,
                serial_number=serial,
                algorithm=request.hash_algorithm,
                cert_status=status,
                this_update=this_update,
                next_update=next_update,
                revocation_time=revoked_at,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
            .certificates([certificate])
        )
        builder = _with_nonce(builder, request, lie)
        answer = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        if lie is Lie.BAD_SIGNATURE:
            return _flip_signature(answer)
        if lie is Lie.TWO_ANSWERS:
            return _with_two_answers(answer, key)
        return answer

    def _status(self, serial: int, lie: Lie | None) -> tuple[ocsp.OCSPCertStatus, datetime | None]:
        if lie is Lie.UNKNOWN:
            return ocsp.OCSPCertStatus.UNKNOWN, None
        revoked_at = self._authority.revoked_at(serial)
        if revoked_at is None or lie is Lie.ALWAYS_GOOD:
            return ocsp.OCSPCertStatus.GOOD, None
        return ocsp.OCSPCertStatus.REVOKED, revoked_at

    def _signer(self, now: datetime, lie: Lie | None) -> tuple[RSAPrivateKey, x509.Certificate]:
        if lie in (Lie.SELF_MADE_SIGNER, Lie.SIGNER_WITHOUT_PURPOSE, Lie.SIGNER_EXPIRED):
            return self._lying_signer(now, lie)
        own = self._own_certificate
        if own is None or not own.not_valid_before_utc <= now < own.not_valid_after_utc:
            own = self._own_certificate = ocsp_certificate(
                self._authority.auth_issuer,
                self._authority.ocsp_key.public_key(),
                serial=_RESPONDER_SERIAL,
                not_before=now - timedelta(days=1),
                not_after=now + timedelta(days=30),
            )
        return self._authority.ocsp_key, own

    def _lying_signer(self, now: datetime, lie: Lie) -> tuple[RSAPrivateKey, x509.Certificate]:
        issuer, key = self._authority.auth_issuer, self._authority.ocsp_key
        if lie is Lie.SELF_MADE_SIGNER:
            self._stranger = self._stranger or self._authority.make_key()
            key = self._stranger
            issuer = Issuer(key, issuer.certificate)
        expired = lie is Lie.SIGNER_EXPIRED
        certificate = ocsp_certificate(
            issuer,
            key.public_key(),
            serial=_RESPONDER_SERIAL,
            not_before=now - (2 * _LONG if expired else timedelta(days=1)),
            not_after=now - _LONG if expired else now + timedelta(days=30),
            may_answer=lie is not Lie.SIGNER_WITHOUT_PURPOSE,
        )
        return key, certificate


def _times(now: datetime, lie: Lie | None) -> tuple[datetime, datetime]:
    if lie is Lie.STALE:
        return now - _LONG, now + _FRESH
    if lie is Lie.FROM_THE_FUTURE:
        return now + _LONG, now + 2 * _LONG
    if lie is Lie.EXPIRED_ANSWER:
        return now - timedelta(minutes=61), now - timedelta(hours=1)
    return now, now + _FRESH


def _with_nonce(
    builder: ocsp.OCSPResponseBuilder, request: ocsp.OCSPRequest, lie: Lie | None
) -> ocsp.OCSPResponseBuilder:
    try:
        nonce = request.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return builder
    if lie is Lie.NO_NONCE:
        return builder
    if lie is Lie.WRONG_NONCE:
        nonce = x509.OCSPNonce(bytes(len(nonce.nonce)))
    return builder.add_extension(nonce, critical=False)


def _failure(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(
        serialization.Encoding.DER
    )


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _with_two_answers(answer: bytes, key: RSAPrivateKey) -> bytes:
    """Return the response with its only answer written twice, signed anew.

    | element                                   | what is done                    |
    |-------------------------------------------|---------------------------------|
    | response: status, [0] of (type, basic)    | kept, around the new basic      |
    | basic: data, algorithm, signature, [0]    | new data and signature          |
    | data: responder, time, answers, [1]       | the content of answers, doubled |
    """
    status, wrapped = der.split(der.content(answer))
    kind, octets = der.split(der.content(der.content(wrapped)))
    data, algorithm, _signature, *certificates = der.split(der.content(der.content(octets)))
    parts = [
        der.encode(_SEQUENCE, 2 * der.content(part)) if part[0] == _SEQUENCE else part
        for part in der.split(der.content(data))
    ]
    data = der.encode(_SEQUENCE, *parts)
    signature = der.encode(0x03, b"\x00", key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    basic = der.encode(_SEQUENCE, data, algorithm, signature, *certificates)
    inner = der.encode(_SEQUENCE, kind, der.encode(0x04, basic))
    return der.encode(_SEQUENCE, status, der.encode(0xA0, inner))


def _flip_signature(answer: bytes) -> bytes:
    """Return the answer with one bit of its signature turned."""
    signature = ocsp.load_der_ocsp_response(answer).signature
    place = answer.index(signature)
    return answer[:place] + bytes((answer[place] ^ 1,)) + answer[place + 1 :]
