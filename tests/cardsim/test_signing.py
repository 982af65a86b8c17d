"""The card signs in six manners; each verifies as what it is and as nothing else."""

from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardsim.signing import SignatureRefusedError, sign

MESSAGE = b"challenge"
DIGEST = sha256(MESSAGE).digest()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=245))
def test_verbatim_means_verbatim(rsa_key: RSAPrivateKey, data: bytes) -> None:
    signature = sign(rsa_key, 0, data)
    recovered = rsa_key.public_key().recover_data_from_signature(
        signature, padding.PKCS1v15(), None
    )
    assert recovered == data


def test_bare_hash(rsa_key: RSAPrivateKey) -> None:
    signature = sign(rsa_key, 1, MESSAGE)
    recovered = rsa_key.public_key().recover_data_from_signature(
        signature, padding.PKCS1v15(), None
    )
    assert recovered == DIGEST


@pytest.mark.parametrize(("p1", "data"), [(2, DIGEST), (3, MESSAGE)])
def test_digest_info_made_by_the_card(rsa_key: RSAPrivateKey, p1: int, data: bytes) -> None:
    signature = sign(rsa_key, p1, data)
    rsa_key.public_key().verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(("p1", "data"), [(4, DIGEST), (5, MESSAGE)])
def test_pss(rsa_key: RSAPrivateKey, p1: int, data: bytes) -> None:
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    signature = sign(rsa_key, p1, data)
    rsa_key.public_key().verify(signature, MESSAGE, pss, hashes.SHA256())
    with pytest.raises(InvalidSignature):
        rsa_key.public_key().verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("p1", "data", "status_word"),
    [
        (6, MESSAGE, 0x6A86),
        (255, MESSAGE, 0x6A86),
        (0, b"", 0x6700),
        (0, bytes(246), 0x6700),
        (2, bytes(31), 0x6700),
        (4, bytes(33), 0x6700),
    ],
)
def test_what_does_not_fit_is_refused(
    rsa_key: RSAPrivateKey, p1: int, data: bytes, status_word: int
) -> None:
    with pytest.raises(SignatureRefusedError) as refusal:
        sign(rsa_key, p1, data)
    assert refusal.value.status_word == status_word
