"""The public personal authentication application (公的個人認証AP) as a card image holds it.

This is the simulator's own reading of the card facts; the kiosk has another, on purpose.
Source: [CARD 4, 5, 6.1, 6.5].
"""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from cardsim.files import (
    Application,
    ClosedFile,
    ElementaryFile,
    KeyFile,
    PinFile,
    TransparentFile,
)
from cardsim.pins import PinSpec

CONTACT_ATR = bytes.fromhex("3BE000FF8131FE4514")
CONTACTLESS_ATR = bytes.fromhex("3B8880010000" + "05E0B381A1007F")
JPKI_AID = bytes.fromhex("D392F000260100000001")

EF_SIGN_CERTIFICATE = 0x0001
EF_SIGN_CA_CERTIFICATE = 0x0002
EF_TOKEN_INFORMATION = 0x0006
EF_CERTIFICATES_PRESENT = 0x0008
EF_PROTECTED = 0x0009
EF_AUTH_CERTIFICATE = 0x000A
EF_AUTH_CA_CERTIFICATE = 0x000B
EF_AUTH_KEY = 0x0017
EF_AUTH_PIN = 0x0018
EF_SIGN_KEY = 0x001A
EF_SIGN_PIN = 0x001B

AUTH_PIN = "auth"
SIGN_PIN = "sign"
AUTH_TRIES = 3
SIGN_TRIES = 5


def token_information() -> bytes:
    """Return EF 0006, 160 bytes: a CK_TOKEN_INFO with 32-bit big-endian numbers."""
    unknown = bytes.fromhex("FFFFFFFF")
    numbers = b"".join(value.to_bytes(4, "big") for value in (1, 0, 1, 0, 16, 6))
    return b"".join(
        (
            b"JPKIAPICCTOKEN2".ljust(32),
            b"0" * 31 + b"1",
            b"RISAI-DEMO".ljust(16),
            b"0" * 16,
            bytes.fromhex("0000040D"),
            numbers,
            unknown * 4,
            b"03",
            b"01",
            b"9" * 16,
        )
    )


def pin_specs(*, auth: bytes, sign: bytes) -> tuple[PinSpec, ...]:
    """Return the two PINs: 4 digits with 3 tries, 6 to 16 characters with 5 tries."""
    return (
        PinSpec(AUTH_PIN, auth, AUTH_TRIES, 4, 4),
        PinSpec(SIGN_PIN, sign, SIGN_TRIES, 6, 16),
    )


def application(
    *,
    auth_key: RSAPrivateKey,
    auth_certificate: bytes | None,
    auth_ca_certificate: bytes,
    sign_key: RSAPrivateKey,
    sign_certificate: bytes | None,
    sign_ca_certificate: bytes,
) -> Application:
    """Return the application; a certificate of None is a card issued without it.

    Assumption: a card without a certificate has an empty file in its place and no key.
    """
    present = bytes((0x8F if sign_certificate else 0x00, 0x8F if auth_certificate else 0x00, 0x00))
    files: dict[int, ElementaryFile] = {
        EF_SIGN_CA_CERTIFICATE: TransparentFile(sign_ca_certificate),
        EF_TOKEN_INFORMATION: TransparentFile(token_information()),
        EF_CERTIFICATES_PRESENT: TransparentFile(present),
        EF_PROTECTED: ClosedFile(),
        EF_AUTH_CA_CERTIFICATE: TransparentFile(auth_ca_certificate),
        EF_AUTH_PIN: PinFile(AUTH_PIN),
        EF_SIGN_PIN: PinFile(SIGN_PIN),
        EF_SIGN_CERTIFICATE: TransparentFile(sign_certificate or b"", needs_pin=SIGN_PIN),
        EF_AUTH_CERTIFICATE: TransparentFile(auth_certificate or b""),
    }
    if auth_certificate:
        files[EF_AUTH_KEY] = KeyFile(auth_key, AUTH_PIN)
    if sign_certificate:
        files[EF_SIGN_KEY] = KeyFile(sign_key, SIGN_PIN)
    return Application(JPKI_AID, files)
