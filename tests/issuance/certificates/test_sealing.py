"""A sealed document opens with the session's key under the session's words, and otherwise never."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from issuance.certificates.sealing import SUITE, seal

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
INFO = b"session"


def test_holder_of_the_key_opens_it() -> None:
    assert SUITE.decrypt(seal(b"document", PUBLIC, INFO), KEY, info=INFO) == b"document"


def test_other_session_does_not_open_it() -> None:
    with pytest.raises(InvalidTag):
        SUITE.decrypt(seal(b"document", PUBLIC, INFO), KEY, info=b"other")


def test_other_key_does_not_open_it() -> None:
    with pytest.raises(InvalidTag):
        SUITE.decrypt(seal(b"document", PUBLIC, INFO), OTHER, info=INFO)


def test_changed_byte_does_not_open() -> None:
    sealed = bytearray(seal(b"document", PUBLIC, INFO))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        SUITE.decrypt(bytes(sealed), KEY, info=INFO)


def test_sealing_twice_never_gives_the_same_bytes() -> None:
    assert seal(b"document", PUBLIC, INFO) != seal(b"document", PUBLIC, INFO)


@pytest.mark.parametrize("public_key", [b"", bytes(31), bytes(33), bytes(32)])
def test_key_nobody_can_use_is_refused(public_key: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        seal(b"document", public_key, INFO)
