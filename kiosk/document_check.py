"""Step 10: is this the document that was ordered? Pure, and before anything is printed.

The pages are rastered and their codes read by an independent decoder: what will stand on the
paper is compared, not what the PDF says about itself.
Source: [RISAI-PROTOCOL 1, 6].
"""

import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import base45
import cbor2
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from gateway.wire.bodies import MunicipalityOffer, Quote
from issuance.wire.bodies import Manifest, ManifestDocument, SignedManifest
from issuance.wire.recipes import MANIFEST_LABEL
from kiosk.errors import DocumentRefusedError, IntegrityError
from kiosk.pdf_pages import render_pages
from kiosk.sealed import SessionKey

RASTER_DPI = 200
"""At this resolution codes survive being scanned. Source: [KONBINI 2.4]."""
QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
CODE_PREFIX = "RS1:"
_ZLIB_FIRST_BYTE = b"\x78"
_MAX_CODE_BYTES = 4096
_SIGN1_TAG = 18
_SIGN1_PAYLOAD = 2
_DOCUMENT_CLAIM = -70001
_NUMBER, _SHEETS = 1, 9


@dataclass(frozen=True, slots=True)
class ExpectedOrder:
    """What the manifest must say, from sources other than the manifest."""

    core_key_id: str
    core_key: bytes
    """Raw Ed25519 key of the municipality, vouched for by the gateway."""
    session_id: str
    municipality_code: str
    order_digest: bytes
    bind: bytes
    record_version: int
    copies: int
    pages: int
    """Pages of one copy."""


def expected_order(
    session_id: str, municipality: MunicipalityOffer, bind: bytes, quote: Quote
) -> ExpectedOrder:
    """Return what the manifest of a quoted order must say."""
    return ExpectedOrder(
        core_key_id=municipality.core_key_id,
        core_key=municipality.core_key,
        session_id=session_id,
        municipality_code=municipality.municipality_code,
        order_digest=quote.order_digest,
        bind=bind,
        record_version=quote.record_version,
        copies=quote.copies,
        pages=quote.pages_expected,
    )


@dataclass(frozen=True, slots=True)
class PageCode:
    """What the code on one page says about itself; its signature is not judged here."""

    claimed_number: str
    page: int
    pages: int


def check_manifest(signed: SignedManifest, expected: ExpectedOrder) -> Manifest:
    """Return the manifest when the core signed it for exactly this order.

    Raises: IntegrityError.
    """
    if signed.key_id != expected.core_key_id:
        raise IntegrityError("the manifest is signed with another key")
    try:
        key = Ed25519PublicKey.from_public_bytes(expected.core_key)
        key.verify(signed.signature, MANIFEST_LABEL + signed.manifest)
        manifest = Manifest.model_validate_json(signed.manifest)
    except (InvalidSignature, ValidationError) as error:
        raise IntegrityError("the manifest is not the core's") from error
    numbers = {document.certificate_number for document in manifest.documents}
    pages = {document.pages for document in manifest.documents}
    fits = {
        "session": manifest.session_id == expected.session_id,
        "municipality": manifest.municipality_code == expected.municipality_code,
        "order": manifest.order_digest == expected.order_digest,
        "person": manifest.bind == expected.bind,
        "record": manifest.record_version == expected.record_version,
        "copies": len(manifest.documents) == expected.copies,
        "numbers": len(numbers) == len(manifest.documents),
        "pages": pages == {expected.pages},
    }
    for name, is_same in fits.items():
        if not is_same:
            raise IntegrityError(f"the manifest has another {name}")
    return manifest


def open_documents(
    key: SessionKey, manifest: Manifest, sealed_documents: tuple[bytes, ...]
) -> tuple[tuple[ManifestDocument, bytes], ...]:
    """Open every released document and check it; all of them or none.

    Takes some 50 ms a page: call it in a thread.
    Raises: IntegrityError, DocumentRefusedError.
    """
    if len(sealed_documents) != len(manifest.documents):
        raise DocumentRefusedError("the number of documents differs")
    pairs = zip(manifest.documents, sealed_documents, strict=True)
    return tuple((entry, _open(key, manifest, entry, sealed)) for entry, sealed in pairs)


def _open(key: SessionKey, manifest: Manifest, entry: ManifestDocument, sealed: bytes) -> bytes:
    if sha256(sealed).digest() != entry.sealed_digest:
        raise DocumentRefusedError("the sealed document is another one")
    pdf = key.open_document(
        sealed,
        session_id=manifest.session_id,
        order=manifest.order_digest,
        bind=manifest.bind,
        pdf_digest=entry.pdf_digest,
    )
    check_document(pdf, entry)
    return pdf


def check_document(pdf: bytes, expected: ManifestDocument) -> None:
    """Refuse a document that is not the expected one, in its bytes or on its pages.

    Raises: DocumentRefusedError.
    """
    if sha256(pdf).digest() != expected.pdf_digest:
        raise DocumentRefusedError("the document is not the one in the manifest")
    pages = render_pages(pdf, dpi=RASTER_DPI)
    if len(pages) != expected.pages:
        raise DocumentRefusedError("the document has another number of pages")
    for number, picture in enumerate(pages, start=1):
        codes = zxingcpp.read_barcodes(picture, formats=QR_ONLY)
        found = [read_code(code.text) for code in codes if code.text.startswith(CODE_PREFIX)]
        if found != [PageCode(expected.certificate_number, number, expected.pages)]:
            raise DocumentRefusedError("the code on a page names another document")


def read_code(text: str) -> PageCode:
    """Return what a code says, without judging its signature.

    Raises: DocumentRefusedError when it cannot be read.
    """
    document = read_claims(text)
    try:
        number, (page, pages) = document[_NUMBER], document[_SHEETS]
    except (ValueError, LookupError, TypeError) as error:
        raise DocumentRefusedError("the code on a page cannot be read") from error
    if type(number) is not str or type(page) is not int or type(pages) is not int:
        raise DocumentRefusedError("the code on a page has another form")
    return PageCode(number, page, pages)


def read_claims(text: str) -> Any:
    """Return the whole content of a code as it stands there, without judging its signature.

    ``Any`` because anything may come off a page. Raises: DocumentRefusedError.
    """
    try:
        message = cbor2.loads(_inflate(base45.b45decode(text.removeprefix(CODE_PREFIX))))
        return cbor2.loads(_payload(message))[_DOCUMENT_CLAIM]
    except (ValueError, LookupError, TypeError, zlib.error, cbor2.CBORError) as error:
        raise DocumentRefusedError("the code on a page cannot be read") from error


def _inflate(raw: bytes) -> bytes:
    if not raw.startswith(_ZLIB_FIRST_BYTE):
        return raw
    stream = zlib.decompressobj()
    message = stream.decompress(raw, _MAX_CODE_BYTES)
    if not stream.eof or stream.unused_data:
        raise ValueError("too long, cut off, or followed by something")
    return message


def _payload(message: Any) -> bytes:
    """Return the payload of a COSE_Sign1; ``Any`` because anything may come off a page."""
    if not isinstance(message, cbor2.CBORTag) or message.tag != _SIGN1_TAG:
        raise ValueError("not a signed message")
    payload = message.value[_SIGN1_PAYLOAD]
    if not isinstance(payload, bytes):
        raise TypeError("the payload is not bytes")
    return payload
