"""What is sealed to one session opens in no other."""

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from issuance.certificates.sealing import seal
from issuance.wire.recipes import catalogue_info, document_info
from kiosk.errors import IntegrityError
from kiosk.sealed import SessionKey

SESSION, BIND, ORDER, DIGEST = "a" * 32, bytes(32), b"o" * 32, b"d" * 32
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def sealed_to(key: SessionKey, info: bytes) -> bytes:
    return _SUITE.encrypt(b"secret", X25519PublicKey.from_public_bytes(key.public_bytes), info=info)


def test_document_of_this_session_opens() -> None:
    key = SessionKey()
    info = document_info(session_id=SESSION, order=ORDER, bind=BIND, pdf_digest=DIGEST)
    opened = key.open_document(
        sealed_to(key, info), session_id=SESSION, order=ORDER, bind=BIND, pdf_digest=DIGEST
    )
    assert opened == b"secret"


def test_catalogue_of_this_session_opens() -> None:
    key = SessionKey()
    sealed = sealed_to(key, catalogue_info(session_id=SESSION, bind=BIND))
    assert key.open_catalogue(sealed, session_id=SESSION, bind=BIND) == b"secret"


def test_seal_of_the_core_opens() -> None:
    key = SessionKey()
    assert key.open(seal(b"secret", key.public_bytes, b"info"), b"info") == b"secret"


@pytest.mark.parametrize(
    "other",
    [
        {"session_id": "b" * 32},
        {"order": bytes(32)},
        {"bind": b"x" * 32},
        {"pdf_digest": bytes(32)},
    ],
)
def test_document_of_another_session_order_or_person_stays_closed(
    other: dict[str, bytes | str],
) -> None:
    key = SessionKey()
    info = document_info(session_id=SESSION, order=ORDER, bind=BIND, pdf_digest=DIGEST)
    sealed = sealed_to(key, info)
    fields = {"session_id": SESSION, "order": ORDER, "bind": BIND, "pdf_digest": DIGEST, **other}
    with pytest.raises(IntegrityError):
        key.open_document(sealed, **fields)  # type: ignore[arg-type]  # names of arguments


def test_another_key_opens_nothing() -> None:
    with pytest.raises(IntegrityError):
        SessionKey().open(sealed_to(SessionKey(), b"info"), b"info")


@given(st.binary(max_size=100))
def test_noise_does_not_open(noise: bytes) -> None:
    with pytest.raises(IntegrityError):
        SessionKey().open(noise, b"info")


def test_destroyed_key_opens_nothing_more() -> None:
    key = SessionKey()
    sealed = sealed_to(key, b"info")
    key.destroy()
    with pytest.raises(IntegrityError):
        key.open(sealed, b"info")


def test_every_session_has_its_own_key() -> None:
    assert SessionKey().public_bytes != SessionKey().public_bytes
