"""A look at the card on a reader that changes nothing: no PIN, no personal data, no number.

What is read is free to everybody who holds the card: which card it is, which certificates it has
and until when, and how many wrong PINs it still takes. Names in certificates are not shown.
Source: [CARD 6.1, 8].
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from cardsim.doctor.model import Reader
from cardsim.errors import ReaderRefusedError
from cardsim.jpki import (
    EF_AUTH_CA_CERTIFICATE,
    EF_AUTH_CERTIFICATE,
    EF_AUTH_PIN,
    EF_CERTIFICATES_PRESENT,
    EF_SIGN_CA_CERTIFICATE,
    EF_SIGN_PIN,
    EF_TOKEN_INFORMATION,
    JPKI_AID,
)

Transmit = Callable[[bytes], bytes]
REAL_ISSUER = "JPKI"
_DONE = b"\x90\x00"
_SOME_DONE = (_DONE, b"\x62\x82")
_LABEL_BYTES = 32
_MOST_BYTES = 4096
_LABELS = {
    "JPKIAPICCTOKEN2": "My Number card",
    "JPKIAPICCTOKEN": "card of the resident register (older)",
    "JPKIAPGPSETOKEN": "phone (Android)",
    "JPKIAPIOSTOKEN": "phone (iPhone)",
}


@dataclass(frozen=True, slots=True)
class CertificateLook:
    """What may be told of one certificate."""

    name: str
    issuer: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class CardLook:
    """What a card tells everybody."""

    label: str
    kind: str
    certificates: tuple[CertificateLook, ...]
    has_sign_certificate: bool | None
    """The signature certificate is behind a PIN; only whether there is one is known."""
    auth_tries: int | None
    sign_tries: int | None


def look_at_card(transmit: Transmit) -> CardLook:
    """Look at the card behind ``transmit``. Raises: ReaderRefusedError for another kind."""
    if transmit(b"\x00\xa4\x04\x0c" + bytes((len(JPKI_AID),)) + JPKI_AID)[-2:] != _DONE:
        raise ReaderRefusedError("the card has no JPKI application; it is of another kind")
    label = (
        _read(transmit, EF_TOKEN_INFORMATION, _LABEL_BYTES).rstrip(b" ").decode("ascii", "replace")
    )
    present = _read(transmit, EF_CERTIFICATES_PRESENT, 3)
    files = (
        ("user authentication", EF_AUTH_CERTIFICATE),
        ("CA of user authentication", EF_AUTH_CA_CERTIFICATE),
        ("CA of signatures", EF_SIGN_CA_CERTIFICATE),
    )
    found = ((name, _certificate(transmit, file)) for name, file in files)
    return CardLook(
        label,
        _LABELS.get(label, "unknown"),
        tuple(_look(name, certificate) for name, certificate in found if certificate is not None),
        present[0] != 0 if present else None,
        _tries(transmit, EF_AUTH_PIN),
        _tries(transmit, EF_SIGN_PIN),
    )


def check_reader_for_tests(reader: Reader, *, in_ci: bool) -> None:
    """Refuse a real reader in an automatic test. Raises: ReaderRefusedError."""
    if in_ci and not reader.is_virtual:
        raise ReaderRefusedError(
            f"“{reader.name}” is a real reader, and CI is set: automatic tests use virtual ones"
        )


def check_card_for_tests(look: CardLook, *, in_ci: bool) -> None:
    """Refuse a real card in an automatic test. Raises: ReaderRefusedError."""
    if in_ci and any(one.issuer == REAL_ISSUER for one in look.certificates):
        raise ReaderRefusedError("this is a real card, and CI is set: nothing is shown of it")


def _select(transmit: Transmit, file: int) -> bool:
    return transmit(b"\x00\xa4\x02\x0c\x02" + file.to_bytes(2, "big"))[-2:] == _DONE


def _read(transmit: Transmit, file: int, length: int) -> bytes:
    """Return up to so many bytes of a file; nothing where it is closed or missing."""
    if not _select(transmit, file):
        return b""
    data = bytearray()
    while len(data) < length:
        wanted = min(256, length - len(data))
        command = b"\x00\xb0" + len(data).to_bytes(2, "big") + bytes((wanted % 256,))
        answer = transmit(command)
        if answer[-2:] not in _SOME_DONE or len(answer) == len(_DONE):
            break
        data += answer[:-2]
    return bytes(data)


def _certificate(transmit: Transmit, file: int) -> x509.Certificate | None:
    head = _read(transmit, file, 4)
    if len(head) < 4 or not head.startswith(b"\x30\x82"):
        return None
    length = int.from_bytes(head[2:], "big") + len(head)
    if length > _MOST_BYTES:
        return None
    try:
        return x509.load_der_x509_certificate(_read(transmit, file, length)[:length])
    except ValueError:
        return None


def _look(name: str, certificate: x509.Certificate) -> CertificateLook:
    names = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    issuer = str(names[0].value) if names else ""
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return CertificateLook(name, issuer, first, last)


def _tries(transmit: Transmit, file: int) -> int | None:
    """Ask how many wrong PINs it still takes; asking costs none."""
    if not _select(transmit, file):
        return None
    status = int.from_bytes(transmit(b"\x00\x20\x00\x80")[-2:], "big")
    if status == 0x6984:
        return 0
    return status & 0xF if status & 0xFFF0 == 0x63C0 else None
