"""What the kiosk knows of a My Number card: its own reading of the published facts.

The simulator has another reading, on purpose; recorded exchanges in the tests hold them together.
Source: [CARD 5, 6.1, 8].
"""

APPLICATION = bytes.fromhex("D392F000260100000001")
"""Name of the public personal authentication application (公的個人認証AP)."""

FILE_TOKEN = 0x0006
FILE_AUTHENTICATION_CERTIFICATE = 0x000A
FILE_AUTHENTICATION_KEY = 0x0017
FILE_AUTHENTICATION_PIN = 0x0018

TOKEN_LABEL = b"JPKIAPICCTOKEN2"
TOKEN_LABEL_BYTES = 32

STATUS_BYTES = 2
STATUS_DONE = 0x9000
STATUS_END_OF_FILE = 0x6282
"""Data came, but less than was asked for; some cards say this instead of *done*."""
STATUS_PIN_BLOCKED = 0x6984
STATUS_TRIES = 0x63C0
"""The last four bits are the tries left."""
STATUS_TRIES_MASK = 0xFFF0

SHA256_DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")
"""DER in front of a SHA-256 digest, PKCS#1. Source: [PKCS1 9.2]."""
DIGEST_BYTES = 32
SIGNATURE_BYTES = 256
PIN_DIGITS = 4
MOST_BYTES_AT_ONCE = 256
"""What one READ BINARY with a short length brings."""


def select_application() -> bytes:
    """Return SELECT by name, no answer data wanted."""
    return bytes.fromhex("00A4040C") + bytes((len(APPLICATION),)) + APPLICATION


def select_file(file_id: int) -> bytes:
    """Return SELECT of a file under the current application."""
    return bytes.fromhex("00A4020C02") + file_id.to_bytes(2, "big")


def ask_tries() -> bytes:
    """Return the empty VERIFY, which only asks."""
    return bytes.fromhex("00200080")


def present_pin(pin: bytes) -> bytes:
    """Return VERIFY with a PIN."""
    return bytes.fromhex("00200080") + bytes((len(pin),)) + pin


def read_at(offset: int, length: int) -> bytes:
    """Return READ BINARY of up to 256 bytes."""
    return b"\x00\xb0" + offset.to_bytes(2, "big") + bytes((length % 256,))


def is_data_whole(status: int) -> bool:
    """Say whether the data that came with this status may be used."""
    return status in (STATUS_DONE, STATUS_END_OF_FILE)


def sign_digest_info(digest: bytes) -> bytes:
    """Return COMPUTE DIGITAL SIGNATURE over a SHA-256 digest."""
    data = SHA256_DIGEST_INFO + digest
    return bytes.fromhex("802A0080") + bytes((len(data),)) + data + b"\x00"
