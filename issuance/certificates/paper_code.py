"""The signed code on the paper: what it holds, how it is written, how it is read.

    text    = "RS1:" + Base45( COSE_Sign1, or its zlib form where that is shorter )
    payload = { 1: "JP-" + municipality, 6: issued at, 7: certificate id,
                -70001: { 1: number, 2: householder, 3: address, 4: [[member, relation] …],
                          5: cause, 6: house, 7: damage class, 8: days since 1970,
                          9: [sheet, sheets], 10: digest of the whole text, 11: print number } }

Never in it: personal number, card serial, resident id, kiosk.
Members are left out when there are more than ten; the digest covers them still.
Source: [HCERT], [RFC9285], [RISAI-PROTOCOL 2].
"""

import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import base45

from issuance.certificates import cose
from issuance.certificates.content import CertificateContent, DamageClass, HouseholdMember
from issuance.certificates.cose import CodeSigner, NotReadableError, UnverifiedMessage

PREFIX = "RS1:"
CONTENT_TYPE = "risai+cwt"
MAX_TEXT = 2_000
MAX_INFLATED = 4_096
MAX_MEMBERS_IN_CODE = 10
_DOCUMENT = -70001
_ZLIB_MARK = 0x78
_EPOCH = date(1970, 1, 1)
TEXT_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class CodeFields:
    """What a code says, once its signature was verified."""

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


def text_digest(content: CertificateContent) -> bytes:
    """Return 16 bytes of the digest over all printed facts; the same on every sheet."""
    return sha256(content.canonical_text().encode()).digest()[:TEXT_DIGEST_BYTES]


def cause_of_damage(content: CertificateContent) -> str:
    """Return 罹災原因 as date and disaster."""
    return f"{content.damaged_on.isoformat()} {content.disaster_name}"


def write_code(
    content: CertificateContent, signer: CodeSigner, *, issued_at: datetime, sheet: int, sheets: int
) -> str:
    """Return the text of the code for one sheet of the certificate."""
    members = [[member.name, member.relation] for member in content.members]
    document: dict[int, Any] = {
        1: content.certificate_number,
        2: content.householder_name,
        3: content.householder_address,
        5: cause_of_damage(content),
        6: content.house_location,
        7: content.damage_class.value,
        8: (content.issued_on - _EPOCH).days,
        9: [sheet, sheets],
        10: text_digest(content),
        11: content.print_number,
    }
    if len(members) <= MAX_MEMBERS_IN_CODE:
        document[4] = members
    payload = {
        1: f"JP-{content.issuer.municipality_code}",
        6: int(issued_at.timestamp()),
        7: content.certificate_id,
        _DOCUMENT: document,
    }
    message = cose.sign(cose.encode(payload), signer, content_type=CONTENT_TYPE)
    packed = zlib.compress(message, 9)
    shorter = packed if len(packed) < len(message) else message
    encoded: bytes = base45.b45encode(shorter)
    return PREFIX + encoded.decode()


def parse_code(text: str) -> UnverifiedMessage:
    """Return the message in a code; nothing in it is verified yet. Raises: NotReadableError."""
    if not text.startswith(PREFIX):
        raise NotReadableError("not a code of this kind")
    if len(text) > MAX_TEXT:
        raise NotReadableError("too long")
    try:
        raw = base45.b45decode(text.removeprefix(PREFIX))
    except ValueError as error:
        raise NotReadableError("not Base45") from error
    if raw[:1] == bytes((_ZLIB_MARK,)):
        raw = _inflate(raw)
    return cose.parse(raw, content_type=CONTENT_TYPE)


def _inflate(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(packed, MAX_INFLATED)
    except zlib.error as error:
        raise NotReadableError("not a zlib stream") from error
    if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise NotReadableError("too long, cut off, or with something behind it")
    return raw


def read_fields(payload: bytes) -> CodeFields:
    """Return the fields of a verified payload, each of the right type and in range.

    Raises: NotReadableError.
    """
    claims = cose.decode(payload)
    try:
        return _fields(claims, claims[_DOCUMENT])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NotReadableError("a field is missing or of the wrong type") from error


def _fields(claims: Any, document: Any) -> CodeFields:
    issuer, issued_at, certificate_id = claims[1], claims[6], claims[7]
    sheet, sheets = document[9]
    texts = [document[key] for key in (1, 2, 3, 5, 6)]
    numbers = [issued_at, sheet, sheets, document[7], document[8], document[11]]
    if not all(type(text) is str for text in (*texts, issuer)):
        raise TypeError("text expected")
    if not all(type(number) is int for number in numbers):
        raise TypeError("whole number expected")
    if not (1 <= sheet <= sheets) or document[11] < 1 or not issuer.startswith("JP-"):
        raise ValueError("out of range")
    if len(document[10]) != TEXT_DIGEST_BYTES or not 8 <= len(certificate_id) <= 16:
        raise ValueError("wrong length")
    members = tuple(HouseholdMember(*member) for member in document.get(4, ()))
    return CodeFields(
        municipality_code=issuer.removeprefix("JP-"),
        issued_at=datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        + timedelta(seconds=issued_at),
        certificate_id=certificate_id,
        certificate_number=texts[0],
        householder_name=texts[1],
        householder_address=texts[2],
        members=members,
        cause=texts[3],
        house_location=texts[4],
        damage_class=DamageClass(document[7]),
        issued_on=_EPOCH + timedelta(days=document[8]),
        sheet=sheet,
        sheets=sheets,
        text_digest=document[10],
        print_number=document[11],
    )
