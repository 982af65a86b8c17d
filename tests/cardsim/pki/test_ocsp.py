"""The responder tells the truth, or exactly one lie."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import auth_certificate
from cardsim.pki.ocsp import Lie, OcspResponder
from cardsim.pki.ocsp_app import MAX_REQUEST_BYTES, create_ocsp_app
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


@pytest.mark.parametrize(
    ("lie", "is_told"),
    [
        (Lie.UNKNOWN, lambda a: a.certificate_status is ocsp.OCSPCertStatus.UNKNOWN),
        (Lie.STALE, lambda a: (NOW - a.this_update_utc).days >= 1),
        (Lie.FROM_THE_FUTURE, lambda a: a.this_update_utc > NOW),
        (Lie.EXPIRED_ANSWER, lambda a: a.next_update_utc < NOW),
        (Lie.OTHER_CERTIFICATE, lambda a: a.serial_number == SERIAL + 1),
        (Lie.NO_NONCE, lambda a: not list(a.extensions)),
        (Lie.SIGNER_EXPIRED, lambda a: a.certificates[0].not_valid_after_utc < NOW),
        (
            Lie.WRONG_NONCE,
            lambda a: a.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce != NONCE,
        ),
        (Lie.TRY_LATER, lambda a: a.response_status is ocsp.OCSPResponseStatus.TRY_LATER),
    ],
)
def test_a_lie_is_told(
    responder: OcspResponder,
    authority: DemoAuthority,
    lie: Lie,
    is_told: Callable[[ocsp.OCSPResponse], bool],
) -> None:
    responder.behaviour.lie = lie
    assert is_told(ask(responder, authority))


def post(app: object, body: bytes) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://ocsp.test") as http:
            return await http.post("/ocsp", content=body)

    return asyncio.run(send())


def test_the_responder_over_http(responder: OcspResponder, authority: DemoAuthority) -> None:
    app = create_ocsp_app(responder, authority, lambda: NOW)
    answer = ocsp.load_der_ocsp_response(post(app, request_for(authority)).content)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert post(app, bytes(MAX_REQUEST_BYTES + 1)).status_code == 413
    responder.behaviour.lie = Lie.HTTP_ERROR
    assert post(app, request_for(authority)).status_code == 500
