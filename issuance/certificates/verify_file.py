"""Says what a file is worth: a signed PDF as the core made it, or a picture of a sheet.

A picture can show only what the code says. A PDF must also carry the municipality's signature over
every byte, hold one code for each of its sheets, and say in its text what the codes say.
"""

import re
from dataclasses import replace
from datetime import datetime
from itertools import chain

from issuance.certificates.code_reading import PageReading, read_image, read_pages
from issuance.certificates.errors import NotReadableFileError
from issuance.certificates.file_signature import FileSignature, check_file_signature
from issuance.certificates.paper_code import CodeFields
from issuance.certificates.revocation_list import RevocationList
from issuance.certificates.trust_list import TrustList
from issuance.certificates.verify import Result, Verdict, unreadable, verify_code

PDF_MAGIC = b"%PDF-"
MAX_FILE_BYTES = 20_000_000

_UNSEEN = re.compile(r"[\s\u200b]+")
"""Spaces and break opportunities, which a page may put anywhere."""


def verify_file(
    data: bytes, *, trust: TrustList, revocations: RevocationList | None, now: datetime
) -> Verdict:
    """Return what a PDF, PNG or JPEG file is worth at this moment."""
    is_pdf = data.startswith(PDF_MAGIC)
    try:
        pages = _read(data, is_pdf=is_pdf)
    except NotReadableFileError as error:
        return unreadable(str(error), trust=trust, revocations=revocations, now=now)
    codes = list(chain.from_iterable(page.codes for page in pages))
    if not codes:
        reason = "no code of a certificate was found"
        return unreadable(reason, trust=trust, revocations=revocations, now=now)
    verdicts = [verify_code(c, trust=trust, revocations=revocations, now=now) for c in codes]
    worst = max(verdicts, key=lambda verdict: _BADNESS[verdict.result])
    if worst.fields is None:
        return worst
    fields = tuple(verdict.fields for verdict in verdicts if verdict.fields is not None)
    verdict = replace(worst, sheets=tuple(found.sheet for found in fields))
    if not _is_one_certificate(fields):
        return verdict.judged(Result.TAMPERED, "the sheets belong to different certificates")
    has_text = any(page.text.strip() for page in pages)
    return _judge_pdf(data, pages, verdict, fields, trust) if is_pdf and has_text else verdict


_BADNESS = {
    Result.VALID: 0,
    Result.VALID_REVOCATION_UNCHECKED: 1,
    Result.REVOKED: 2,
    Result.UNREADABLE: 3,
    Result.UNKNOWN_ISSUER: 4,
    Result.TAMPERED: 5,
}


def _read(data: bytes, *, is_pdf: bool) -> tuple[PageReading, ...]:
    if len(data) > MAX_FILE_BYTES:
        raise NotReadableFileError("the file is larger than any certificate")
    return read_pages(data) if is_pdf else (PageReading(read_image(data), ""),)


def _is_one_certificate(fields: tuple[CodeFields, ...]) -> bool:
    """Tell whether all codes are of one certificate: they differ in the sheet number only."""
    return len({replace(found, sheet=1) for found in fields}) == 1


def _judge_pdf(
    data: bytes,
    pages: tuple[PageReading, ...],
    verdict: Verdict,
    fields: tuple[CodeFields, ...],
    trust: TrustList,
) -> Verdict:
    """Judge a file that a program made, not a scanner. ``verdict`` is what the codes say."""
    entries = trust.find_municipality(fields[0].municipality_code)
    pinned = list(chain.from_iterable(entry.pdf_certificates for entry in entries))
    match check_file_signature(data, pinned):
        case FileSignature.GOOD:
            checked = replace(verdict, is_file_signature_checked=True)
        case FileSignature.ABSENT:
            return verdict.judged(Result.TAMPERED, "the signature of the file was taken away")
        case FileSignature.BROKEN:
            return verdict.judged(Result.TAMPERED, "the file was changed after it was signed")
        case FileSignature.UNTRUSTED:
            reason = "the file is signed by somebody the trust list does not name"
            return verdict.judged(Result.UNKNOWN_ISSUER, reason)
    if tuple(found.sheet for found in fields) != tuple(range(1, len(pages) + 1)):
        return checked.judged(Result.TAMPERED, "a sheet is missing or has no code")
    if fields[0].sheets != len(pages) or not _says_the_same(fields[0], pages):
        return checked.judged(Result.TAMPERED, "the pages say something else than the code")
    return checked


def _says_the_same(fields: CodeFields, pages: tuple[PageReading, ...]) -> bool:
    """Tell whether every word of the code stands in the text of the pages."""
    text = _UNSEEN.sub("", "".join(page.text for page in pages))
    words = (
        fields.certificate_number,
        fields.householder_address,
        fields.householder_name,
        *chain.from_iterable((member.name, member.relation) for member in fields.members),
        fields.cause,
        fields.house_location,
    )
    return all(_UNSEEN.sub("", word) in text for word in words)
