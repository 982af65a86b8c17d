"""Says what a code on paper is worth, without any network: one of six answers.

A good code proves who issued the certificate and what it says. It never proves that the sheet in
hand is the original: that stands in every verdict. Source: [KONBINI 2.6].
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from issuance.certificates import paper_code
from issuance.certificates.errors import (
    CodeError,
    CodeSignatureError,
    KeyNotUsableError,
    UnknownKeyError,
)
from issuance.certificates.paper_code import CodeFields
from issuance.certificates.revocation_list import RevocationList, RevocationRow
from issuance.certificates.trust_list import TrustList


class Result(StrEnum):
    """The six answers."""

    VALID = "valid"
    VALID_REVOCATION_UNCHECKED = "valid_revocation_unchecked"
    """Good, but a list is missing or old: it may have been taken back since."""
    REVOKED = "revoked"
    TAMPERED = "tampered"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNREADABLE = "unreadable"

    @property
    def words(self) -> tuple[str, str]:
        """The answer in Japanese and in English."""
        return _WORDS[self]

    @property
    def meaning(self) -> str:
        """What the answer means for whoever holds the sheet, in Japanese."""
        return _MEANINGS[self]

    @property
    def is_valid(self) -> bool:
        """Tell whether issuer and content are proved, whatever is known about revocation."""
        return self in {Result.VALID, Result.VALID_REVOCATION_UNCHECKED}


_WORDS = {
    Result.VALID: ("有効", "Valid"),
    Result.VALID_REVOCATION_UNCHECKED: ("有効（失効は未確認）", "Valid; revocation not checked"),
    Result.REVOKED: ("失効", "Revoked"),
    Result.TAMPERED: ("改ざん", "Altered"),
    Result.UNKNOWN_ISSUER: ("未知の発行者", "Unknown issuer"),
    Result.UNREADABLE: ("読取不能", "Not readable"),
}

_MEANINGS = {
    Result.VALID: "発行者と記載内容を確認できました。",
    Result.VALID_REVOCATION_UNCHECKED: "発行者と記載内容は確認できましたが、失効は未確認です。",
    Result.REVOKED: "発行者がこの証明書を取り消しています。",
    Result.TAMPERED: "署名の後に変更されています。受け取らないでください。",
    Result.UNKNOWN_ISSUER: "発行者が信頼リストにありません。",
    Result.UNREADABLE: "証明書のコードを読み取れません。",
}

ORIGINALITY_WARNING = (
    "この確認は原本性（コピーでないこと）を保証しません。",
    "This check does not prove that the sheet is the original and not a copy.",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer and what it rests on."""

    result: Result
    reason: str
    """One English sentence without any word of the certificate."""
    fields: CodeFields | None
    """What the issuer said; ``None`` unless the issuer's signature fits."""
    trust_list_age: timedelta
    revocation_list_age: timedelta | None
    revocation: RevocationRow | None = None
    sheets: tuple[int, ...] = ()
    """Numbers of the sheets whose codes were read."""
    is_file_signature_checked: bool = False

    def judged(self, result: Result, reason: str) -> "Verdict":
        """Return the same verdict with another answer."""
        return replace(self, result=result, reason=reason)


def verify_code(
    text: str, *, trust: TrustList, revocations: RevocationList | None, now: datetime
) -> Verdict:
    """Return what the text of one code is worth at this moment."""
    judge = _judge(trust, revocations, now)
    try:
        fields = paper_code.decode(text, trust)
    except CodeError as error:
        return judge(_answer_to(error), str(error), None)
    row = revocations.find_row(fields.certificate_id) if revocations is not None else None
    if row is not None:
        verdict = judge(Result.REVOKED, "the issuer took this certificate back", fields)
        return replace(verdict, revocation=row)
    if revocations is None:
        reason = "no revocation list was given"
    elif revocations.is_stale(now) or trust.is_stale(now):
        reason = "a list is older than it may be; fetch a new one"
    else:
        return judge(Result.VALID, "issuer and content are proved", fields)
    return judge(Result.VALID_REVOCATION_UNCHECKED, reason, fields)


def unreadable(
    reason: str, *, trust: TrustList, revocations: RevocationList | None, now: datetime
) -> Verdict:
    """Return the answer for something in which no code can be read."""
    return _judge(trust, revocations, now)(Result.UNREADABLE, reason, None)


def _judge(
    trust: TrustList, revocations: RevocationList | None, now: datetime
) -> Callable[[Result, str, CodeFields | None], Verdict]:
    def judge(result: Result, reason: str, fields: CodeFields | None) -> Verdict:
        return Verdict(
            result=result,
            reason=reason,
            fields=fields,
            trust_list_age=now - trust.issued_at,
            revocation_list_age=None if revocations is None else now - revocations.issued_at,
            sheets=() if fields is None else (fields.sheet,),
        )

    return judge


def _answer_to(error: CodeError) -> Result:
    if isinstance(error, UnknownKeyError | KeyNotUsableError):
        return Result.UNKNOWN_ISSUER
    if isinstance(error, CodeSignatureError):
        return Result.TAMPERED
    return Result.UNREADABLE
