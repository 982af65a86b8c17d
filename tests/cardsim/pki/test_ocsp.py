"""The responder tells the truth, or exactly one lie."""

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import auth_certificate
from cardsim.pki.ocsp import Lie, OcspResponder
from tests.cardsim.conftest import NOW

SERIAL = 1234
NONCE = b"n" * 16


@pytest.fixture
def responder(authority: DemoAuthority) -> OcspResponder:
    return OcspResponder(authority, lambda: NOW)


def request_for(authority: DemoAuthority, serial: int = SERIAL) -> bytes:
    certificate = auth_certificate(
        authority.auth_issuer,
        authority.ocsp_key.public_key(),
        serial=serial,
        not_before=NOW,
        not_after=NOW.replace(year=2030),
    )
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        certificate, authority.auth_issuer.certificate, hashes.SHA256()
    )
    request = builder.add_extension(x509.OCSPNonce(NONCE), critical=False).build()
    return request.public_bytes(serialization.Encoding.DER)


def ask(
    responder: OcspResponder, authority: DemoAuthority, serial: int = SERIAL
) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(responder.respond(request_for(authority, serial)))


def test_a_good_certificate_is_good_and_the_nonce_comes_back(
    responder: OcspResponder, authority: DemoAuthority
) -> None:
    answer = ask(responder, authority)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == SERIAL
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE


def test_a_revoked_certificate_is_revoked(
    responder: OcspResponder, authority: DemoAuthority
) -> None:
    authority.revoke(SERIAL, NOW)
    assert ask(responder, authority).certificate_status is ocsp.OCSPCertStatus.REVOKED
    authority.unrevoke(SERIAL)
    assert ask(responder, authority).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_garbage_is_called_malformed(responder: OcspResponder) -> None:
    answer = ocsp.load_der_ocsp_response(responder.respond(b"garbage"))
    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


LIES: list[tuple[Lie, Callable[[ocsp.OCSPResponse], bool]]] = [
    (Lie.UNKNOWN, lambda a: a.certificate_status is ocsp.OCSPCertStatus.UNKNOWN),
    (Lie.STALE, lambda a: (NOW - a.this_update_utc).days >= 1),
    (Lie.FROM_THE_FUTURE, lambda a: a.this_update_utc > NOW),
    (Lie.EXPIRED_ANSWER, lambda a: (a.next_update_utc or NOW) < NOW),
    (Lie.OTHER_CERTIFICATE, lambda a: a.serial_number == SERIAL + 1),
    (Lie.NO_NONCE, lambda a: not list(a.extensions)),
    (Lie.SIGNER_EXPIRED, lambda a: a.certificates[0].not_valid_after_utc < NOW),
    (
        Lie.WRONG_NONCE,
        lambda a: a.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce != NONCE,
    ),
    (Lie.TRY_LATER, lambda a: a.response_status is ocsp.OCSPResponseStatus.TRY_LATER),
]


@pytest.mark.parametrize(("lie", "is_told"), LIES)
def test_a_lie_is_told(
    responder: OcspResponder,
    authority: DemoAuthority,
    lie: Lie,
    is_told: Callable[[ocsp.OCSPResponse], bool],
) -> None:
    responder.behaviour.lie = lie
    assert is_told(ask(responder, authority))


def test_every_lie_is_told_somewhere_here() -> None:
    told_below = {
        *(Lie.TWO_ANSWERS, Lie.ALWAYS_GOOD, Lie.GARBAGE, Lie.BAD_SIGNATURE),
        *(Lie.SELF_MADE_SIGNER, Lie.SIGNER_WITHOUT_PURPOSE, Lie.HTTP_ERROR),
    }
    assert {lie for lie, _ in LIES} | told_below == set(Lie)


def signature_is_right(answer: ocsp.OCSPResponse) -> bool:
    """Say whether the responder's key made the signature."""
    key = answer.certificates[0].public_key()
    assert isinstance(key, RSAPublicKey)
    try:
        key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def signer_is_ours(answer: ocsp.OCSPResponse, authority: DemoAuthority) -> bool:
    """Say whether the authority issued the responder's certificate."""
    try:
        answer.certificates[0].verify_directly_issued_by(authority.auth_issuer.certificate)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("lie", [None, *sorted(set(Lie) - {Lie.GARBAGE, Lie.TRY_LATER})])
def test_only_the_lies_about_signing_touch_the_signature(
    responder: OcspResponder, authority: DemoAuthority, lie: Lie | None
) -> None:
    responder.behaviour.lie = lie
    answer = ask(responder, authority)
    assert signature_is_right(answer) is (lie is not Lie.BAD_SIGNATURE)
    assert signer_is_ours(answer, authority) is (lie is not Lie.SELF_MADE_SIGNER)
    purposes = answer.certificates[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    may_answer = ExtendedKeyUsageOID.OCSP_SIGNING in purposes.value
    assert may_answer is (lie is not Lie.SIGNER_WITHOUT_PURPOSE)


def test_two_answers_stand_in_one_response(
    responder: OcspResponder, authority: DemoAuthority
) -> None:
    responder.behaviour.lie = Lie.TWO_ANSWERS
    answers = list(ask(responder, authority).responses)
    assert [answer.serial_number for answer in answers] == [SERIAL, SERIAL]


def test_a_liar_calls_a_revoked_certificate_good(
    responder: OcspResponder, authority: DemoAuthority
) -> None:
    authority.revoke(SERIAL, NOW)
    responder.behaviour.lie = Lie.ALWAYS_GOOD
    assert ask(responder, authority).certificate_status is ocsp.OCSPCertStatus.GOOD
    authority.unrevoke(SERIAL)


def test_a_garbled_answer_does_not_parse(
    responder: OcspResponder, authority: DemoAuthority
) -> None:
    responder.behaviour.lie = Lie.GARBAGE
    with pytest.raises(ValueError, match="parsing"):
        ask(responder, authority)


def test_nothing_is_said_about_another_authority(
    responder: OcspResponder, authority: DemoAuthority
) -> None:
    stranger = authority.sign_issuer
    request = ocsp.OCSPRequestBuilder().add_certificate(
        stranger.certificate, stranger.certificate, hashes.SHA256()
    )
    der = request.build().public_bytes(serialization.Encoding.DER)
    answer = ocsp.load_der_ocsp_response(responder.respond(der))
    assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_a_question_without_nonce_gets_none(
    responder: OcspResponder, authority: DemoAuthority
) -> None:
    request = ocsp.OCSPRequestBuilder().add_certificate(
        authority.auth_issuer.certificate,
        authority.auth_issuer.certificate,
        hashes.SHA1(),  # noqa: S303 - what most clients name certificates by
    )
    der = request.build().public_bytes(serialization.Encoding.DER)
    answer = ocsp.load_der_ocsp_response(responder.respond(der))
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert not list(answer.extensions)


def test_the_responder_renews_its_certificate(authority: DemoAuthority) -> None:
    """A demo that runs for months, or whose clock is turned, keeps getting usable answers."""
    moments = iter((NOW, NOW, NOW.replace(year=2027), NOW))
    responder = OcspResponder(authority, lambda: next(moments))
    signers = [ask(responder, authority).certificates[0] for _ in range(4)]
    assert signers[0] == signers[1] != signers[2]
    assert signers[2].not_valid_before_utc.year == 2027
    assert signers[3].not_valid_before_utc < NOW
