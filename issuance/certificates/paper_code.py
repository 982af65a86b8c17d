"""The signed code on the paper: what the certificate says, checkable without any network.

    text     = "RS1:" ‖ Base45( zlib(message) when that is shorter, else message )
    message  = COSE_Sign1 (see ``cose``), kind "risai+cwt"
    payload  = { 1: "JP-" + municipality code, 6: issue moment, 7: certificate id, -70001: doc }
    doc      = { 1: number, 2: householder, 3: their address, 4: [[name, relation] …],
                 5: cause, 6: location of the house, 7: class 0–5, 8: issue day (days since 1970),
                 9: [sheet, sheets], 10: first 16 bytes of SHA-256 of the full text, 11: print }

Names are carried exactly as printed. Never in it: personal number, certificate serial, resident id,
kiosk. Source: [KONBINI 2.3], [HCERT], [RFC9285].
Assumption: the issue moment is the first second of the issue day in Japan, so that the same
content always gives the same bytes.
"""

import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from hashlib import sha256
from typing import Any

import base45
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuance.certificates import cose
from issuance.certificates.content import (
    CERTIFICATE_ID_BYTES,
    CertificateContent,
    DamageClass,
    HouseholdMember,
)
from issuance.certificates.errors import (
    CodeCompressionError,
    CodePayloadError,
    CodePrefixError,
    CodeSignatureError,
    CodeTextError,
    CodeTooLongError,
    KeyNotUsableError,
    UnknownKeyError,
)
from issuance.certificates.trust_list import ISSUER_PREFIX, TrustEntry, TrustList

PREFIX = "RS1:"
KIND = "risai+cwt"
DOCUMENT_LABEL = -70001
MAX_TEXT_CHARACTERS = 2000
MAX_MESSAGE_BYTES = 4096
TEXT_DIGEST_BYTES = 16
ZLIB_FIRST_BYTE = 0x78
_ZLIB_LEVEL = 9
_FIRST_DAY = date(1970, 1, 1)
_JAPAN = timezone(timedelta(hours=9), "JST")


@dataclass(frozen=True, slots=True)
class CodeSigner:
    """A municipality's key for codes on paper."""

    municipality_code: str
    key: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeFields:
    """What a code says; worth something only when it came out of :func:`decode`."""

    municipality_code: str
    issued_at: datetime
    certificate_id: bytes
    certificate_number: str
    householder_name: str
    householder_address: str
    members: tuple[HouseholdMember, ...]
    cause: str
    house_location: str
    damage_class: DamageClass
    issued_on: date
    sheet: int
    sheets: int
    text_digest: bytes
    print_number: int


def canonical_text(content: CertificateContent) -> bytes:
    """Return every printed word of all sheets in the form's order, in one unambiguous encoding."""
    return cose.encode(
        [
            content.certificate_number,
            content.householder_address,
            content.householder_name,
            [[member.name, member.relation] for member in content.members],
            content.cause,
            content.house_location,
            content.damage_class.label,
            content.extra_2,
            content.extra_3,
            content.issued_on.isoformat(),
            content.municipality_name,
            content.issuer_title,
            content.issuer_name,
            content.print_number,
        ]
    )


def fields_of(content: CertificateContent, *, sheet: int, sheets: int) -> CodeFields:
    """Return what the code on one sheet of this certificate says."""
    return CodeFields(
        municipality_code=content.municipality_code,
        issued_at=datetime.combine(content.issued_on, time(), _JAPAN).astimezone(UTC),
        certificate_id=content.certificate_id,
        certificate_number=content.certificate_number,
        householder_name=content.householder_name,
        householder_address=content.householder_address,
        members=content.members,
        cause=content.cause,
        house_location=content.house_location,
        damage_class=content.damage_class,
        issued_on=content.issued_on,
        sheet=sheet,
        sheets=sheets,
        text_digest=sha256(canonical_text(content)).digest()[:TEXT_DIGEST_BYTES],
        print_number=content.print_number,
    )


def encode(fields: CodeFields, signer: CodeSigner) -> str:
    """Return the text of the code.

    Raises: KeyNotUsableError when the signer is another municipality's; CodeTooLongError.
    """
    if fields.municipality_code != signer.municipality_code:
        raise KeyNotUsableError("the signing key belongs to another municipality")
    message = cose.sign(cose.encode(_write(fields)), signer.key, KIND)
    packed = zlib.compress(message, _ZLIB_LEVEL)
    shorter = packed if len(packed) < len(message) else message
    text: str = PREFIX + base45.b45encode(shorter).decode("ascii")
    if len(text) > MAX_TEXT_CHARACTERS or len(message) > MAX_MESSAGE_BYTES:
        raise CodeTooLongError("the certificate says more than a code can carry")
    return text


def decode(text: str, trust: TrustList) -> CodeFields:
    """Return what a code says after checking who signed it and that nothing was changed.

    Raises: CodeError, one class per cause.
    """
    message = cose.parse(_unpack(text), KIND)
    candidates = trust.find_entries(message.key_id)
    if not candidates:
        raise UnknownKeyError("no key of this name is on the trust list")
    entry = _find_signer(message, candidates)
    fields = _read(cose.decode_strictly(message.payload))
    if fields.municipality_code != entry.municipality_code:
        raise KeyNotUsableError("the key belongs to another municipality")
    if not entry.covers(fields.issued_at):
        raise KeyNotUsableError("the key was not valid on the issue day, or is disabled")
    return fields


def _find_signer(message: cose.UnverifiedMessage, candidates: tuple[TrustEntry, ...]) -> TrustEntry:
    usable = [entry for entry in candidates if entry.algorithm == message.algorithm == cose.EDDSA]
    if not usable:
        raise KeyNotUsableError("the message names another algorithm than the trust list")
    for entry in usable:
        try:
            cose.verify(message, entry.key)
        except CodeSignatureError:
            continue
        return entry
    raise CodeSignatureError("the signature does not fit the text")


def _unpack(text: str) -> bytes:
    if not text.startswith(PREFIX):
        raise CodePrefixError("not a code of a disaster-victim certificate")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise CodeTooLongError("longer than any code of a certificate")
    body = text.removeprefix(PREFIX)
    try:
        packed = base45.b45decode(body)
    except (ValueError, UnicodeError) as error:
        raise CodeTextError("not Base45") from error
    if base45.b45encode(packed).decode("ascii") != body:
        raise CodeTextError("not the one Base45 text of its bytes")
    return _inflate(packed) if packed[:1] == bytes([ZLIB_FIRST_BYTE]) else packed


def _inflate(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        message = inflater.decompress(packed, MAX_MESSAGE_BYTES)
    except zlib.error as error:
        raise CodeCompressionError("does not inflate") from error
    if not inflater.eof or inflater.unused_data:
        raise CodeCompressionError("inflates beyond the limit, is cut off, or carries more behind")
    return message


def _write(fields: CodeFields) -> dict[int, object]:
    return {
        1: ISSUER_PREFIX + fields.municipality_code,
        6: int(fields.issued_at.timestamp()),
        7: fields.certificate_id,
        DOCUMENT_LABEL: {
            1: fields.certificate_number,
            2: fields.householder_name,
            3: fields.householder_address,
            4: [[member.name, member.relation] for member in fields.members],
            5: fields.cause,
            6: fields.house_location,
            7: int(fields.damage_class),
            8: (fields.issued_on - _FIRST_DAY).days,
            9: [fields.sheet, fields.sheets],
            10: fields.text_digest,
            11: fields.print_number,
        },
    }


_PAYLOAD_TYPES: dict[int, type] = {1: str, 6: int, 7: bytes, DOCUMENT_LABEL: dict}
_DOCUMENT_TYPES: dict[int, type] = {
    1: str, 2: str, 3: str, 4: list, 5: str, 6: str, 7: int, 8: int, 9: list, 10: bytes, 11: int,
}  # fmt: skip
_LAST_DAY_NUMBER = (date.max - _FIRST_DAY).days
_LATEST_SECOND = _LAST_DAY_NUMBER * 86_400


def _read(payload: Any) -> CodeFields:
    """Check every type and range of a payload whose signature fits."""
    _check_types(payload, _PAYLOAD_TYPES)
    document = payload[DOCUMENT_LABEL]
    _check_types(document, _DOCUMENT_TYPES)
    issuer, code = payload[1], payload[1].removeprefix(ISSUER_PREFIX)
    sheet, sheets = _read_sheets(document[9])
    ranges = (
        issuer == ISSUER_PREFIX + code,
        len(code) == 6 and code.isascii() and code.isdigit(),
        0 <= payload[6] <= _LATEST_SECOND,
        len(payload[7]) == CERTIFICATE_ID_BYTES,
        document[7] in list(DamageClass),
        0 <= document[8] <= _LAST_DAY_NUMBER,
        1 <= sheet <= sheets,
        len(document[10]) == TEXT_DIGEST_BYTES,
        document[11] >= 1,
    )
    if not all(ranges):
        raise CodePayloadError("a field lies outside its range")
    return CodeFields(
        municipality_code=code,
        issued_at=datetime.fromtimestamp(payload[6], UTC),
        certificate_id=payload[7],
        certificate_number=document[1],
        householder_name=document[2],
        householder_address=document[3],
        members=tuple(_read_member(member) for member in document[4]),
        cause=document[5],
        house_location=document[6],
        damage_class=DamageClass(document[7]),
        issued_on=_FIRST_DAY + timedelta(days=document[8]),
        sheet=sheet,
        sheets=sheets,
        text_digest=document[10],
        print_number=document[11],
    )


def _check_types(fields: Any, types: dict[int, type]) -> None:
    if type(fields) is not dict or any(type(label) is not int for label in fields):
        raise CodePayloadError("not a map with whole numbers as labels")
    if {label: type(value) for label, value in fields.items()} != types:
        raise CodePayloadError("a field is missing, too many, or of another type")


def _read_sheets(value: list[Any]) -> tuple[int, int]:
    match value:
        case [sheet, sheets] if type(sheet) is int and type(sheets) is int:
            return sheet, sheets
    raise CodePayloadError("not a sheet number and a number of sheets")


def _read_member(value: Any) -> HouseholdMember:
    match value:
        case [str(name), str(relation)]:
            return HouseholdMember(name, relation)
    raise CodePayloadError("not a name and a relation")
