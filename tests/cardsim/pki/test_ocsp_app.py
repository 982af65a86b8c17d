"""The responder over HTTP: bounded, typed, and as late or silent as it is told to be."""

import asyncio

import httpx
import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from cardsim.pki.authority import DemoAuthority
from cardsim.pki.ocsp import Lie, OcspResponder
from cardsim.pki.ocsp_app import MAX_REQUEST_BYTES, REQUEST_TYPE, create_ocsp_app
from tests.cardsim.conftest import NOW
from tests.cardsim.pki.test_ocsp import request_for


class Outside:
    """The application and a client in one process."""

    def __init__(self, authority: DemoAuthority) -> None:
        self.responder = OcspResponder(authority, lambda: NOW)
        self.app = create_ocsp_app(self.responder, authority, lambda: NOW)

    async def request(
        self, method: str, path: str, body: bytes = b"", kind: str = REQUEST_TYPE
    ) -> httpx.Response:
        """Send one request."""
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ocsp.test") as http:
            headers = {"content-type": kind}
            return await http.request(method, path, content=body, headers=headers)

    def post(self, body: bytes, kind: str = REQUEST_TYPE) -> httpx.Response:
        """Ask the responder."""
        return asyncio.run(self.request("POST", "/ocsp", body, kind))


@pytest.fixture
def outside(authority: DemoAuthority) -> Outside:
    return Outside(authority)


def test_an_answer_comes_with_its_type(outside: Outside, authority: DemoAuthority) -> None:
    response = outside.post(request_for(authority))
    answer = ocsp.load_der_ocsp_response(response.content)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.headers["content-type"] == "application/ocsp-response"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (bytes(MAX_REQUEST_BYTES + 1), REQUEST_TYPE, 413),
        (bytes(MAX_REQUEST_BYTES), REQUEST_TYPE, 200),
        (b"{}", "application/json", 415),
    ],
)
def test_what_is_no_request_is_refused(
    outside: Outside, body: bytes, kind: str, status: int
) -> None:
    assert outside.post(body, kind).status_code == status


def test_a_failing_server(outside: Outside, authority: DemoAuthority) -> None:
    outside.responder.behaviour.lie = Lie.HTTP_ERROR
    assert outside.post(request_for(authority)).status_code == 500


def test_a_silent_responder_holds_until_the_asker_gives_up(
    outside: Outside, authority: DemoAuthority
) -> None:
    outside.responder.behaviour.silent = True
    body = request_for(authority)

    async def ask() -> None:
        async with asyncio.timeout(0.05):
            await outside.request("POST", "/ocsp", body)

    with pytest.raises(TimeoutError):
        asyncio.run(ask())


def test_a_silent_responder_ends_when_the_line_is_cut(
    outside: Outside, authority: DemoAuthority
) -> None:
    """A server can be stopped although somebody was left waiting."""
    outside.responder.behaviour.silent = True
    body = request_for(authority)
    messages: list[dict[str, object]] = [
        {"type": "http.request", "body": body, "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def send(_message: object) -> None:
        return None

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/ocsp",
        "query_string": b"",
        "headers": [(b"content-type", REQUEST_TYPE.encode())],
    }

    async def serve() -> None:
        async with asyncio.timeout(5):
            await outside.app(scope, receive, send)

    asyncio.run(serve())


def test_a_late_responder_lets_others_run_meanwhile(
    outside: Outside, authority: DemoAuthority
) -> None:
    outside.responder.behaviour.delay_s = 0.01
    body = request_for(authority)
    order: list[str] = []

    async def ask() -> None:
        await outside.request("POST", "/ocsp", body)
        order.append("late")

    async def other() -> None:
        await asyncio.sleep(0)
        order.append("other")

    async def both() -> None:
        await asyncio.gather(ask(), other())

    asyncio.run(both())
    assert order == ["other", "late"]


def test_the_revocation_list_is_served(outside: Outside, authority: DemoAuthority) -> None:
    response = asyncio.run(outside.request("GET", "/crl/auth.crl"))
    crl = x509.load_der_x509_crl(response.content)
    assert crl.issuer == authority.auth_issuer.certificate.subject
    assert response.headers["content-type"] == "application/pkix-crl"
