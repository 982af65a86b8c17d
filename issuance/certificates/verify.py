"""The offline check of a certificate: code, picture or PDF, and one of six answers.

The answer is never two-valued: whoever cannot check revocation says so, and whoever cannot read
does not say *forged*. A good code proves issuer and content, never that the sheet is the original.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from issuance.certificates import paper_code
from issuance.certificates.cose import ForgedError, NotReadableError, UnknownKeyError
from issuance.certificates.paper_code import CodeFields
from issuance.certificates.trust_list import RevocationList, TrustEntry, TrustList


class Result(Enum):
    """The six classes of answers, with their Japanese and English words."""

    VALID = ("有効", "valid")
    VALID_REVOCATION_UNCHECKED = ("有効（失効未確認）", "valid, revocation not checked")
    REVOKED = ("失効", "revoked")
    TAMPERED = ("改ざん", "tampered with")
    UNKNOWN_ISSUER = ("未知の発行者", "unknown issuer")
    UNREADABLE = ("読取不能", "unreadable")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and the signed fields where there are any to trust."""

    result: Result
    fields: CodeFields | None
    reason: str


def verify_code(
    text: str, trust: TrustList, revocations: tuple[RevocationList, ...], now: datetime
) -> Verdict:
    """Judge the text of a code. Pure; the lists are as old as they say they are."""
    try:
        message = paper_code.parse_code(text.strip())
        entry = trust.find(message.key_id)
        payload = message.verify(lambda _key_id: entry.public_key if entry else None)
        fields = paper_code.read_fields(payload)
    except UnknownKeyError:
        return Verdict(Result.UNKNOWN_ISSUER, None, "the signing key is in no trust list")
    except ForgedError:
        return Verdict(Result.TAMPERED, None, "the signature does not fit the content")
    except NotReadableError as error:
        return Verdict(Result.UNREADABLE, None, str(error))
    if entry is None or not _may_have_signed(entry, fields):
        return Verdict(Result.UNKNOWN_ISSUER, None, "the key was not this issuer's at that time")
    return _judge_revocation(fields, revocations, now)


def _may_have_signed(entry: TrustEntry, fields: CodeFields) -> bool:
    own = entry.issuer == f"JP-{fields.municipality_code}"
    return own and entry.not_before <= fields.issued_at <= entry.not_after


def _judge_revocation(
    fields: CodeFields, revocations: tuple[RevocationList, ...], now: datetime
) -> Verdict:
    issuer = f"JP-{fields.municipality_code}"
    own = [known for known in revocations if known.issuer == issuer]
    if any(known.holds(fields.certificate_id) for known in own):
        return Verdict(Result.REVOKED, fields, "the issuer has voided this certificate")
    if any(now <= known.next_update for known in own):
        return Verdict(Result.VALID, fields, "signed by the issuer and not voided")
    return Verdict(
        Result.VALID_REVOCATION_UNCHECKED,
        fields,
        "signed by the issuer; no current revocation list of this issuer is at hand",
    )
