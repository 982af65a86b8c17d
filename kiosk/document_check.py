"""Step 10: is this the document that was ordered? Pure, and before anything is printed.

The page is rastered and its code read by an independent decoder: what will stand on the paper is
compared, not what the PDF says about itself.
"""

import zlib
from hashlib import sha256
from typing import Any

import base45
import cbor2
import pypdfium2
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from issuance.wire.bodies import Manifest, ManifestDocument, SignedManifest
from issuance.wire.recipes import MANIFEST_LABEL
from kiosk.errors import IntegrityError

RASTER_DPI = 200
_POINTS_PER_INCH = 72
_CODE_PREFIX = "RS1:"
_MAX_CODE_BYTES = 4096
_DOCUMENT_CLAIM = -70001
_NUMBER, _SHEETS = 1, 9


def check_manifest(
    signed: SignedManifest,
    *,
    core_key: bytes,
    session_id: str,
    municipality_code: str,
    order_digest: bytes,
    bind: bytes,
    copies: int,
) -> Manifest:
    """Return the manifest when the core signed it for exactly this order.

    Raises: IntegrityError.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(core_key)
        key.verify(signed.signature, MANIFEST_LABEL + signed.manifest)
        manifest = Manifest.model_validate_json(signed.manifest)
    except (InvalidSignature, ValidationError) as error:
        raise IntegrityError("the manifest is not the core's") from error
    fits = (
        manifest.session_id == session_id
        and manifest.municipality_code == municipality_code
        and manifest.order_digest == order_digest
        and manifest.bind == bind
        and len(manifest.documents) == copies
    )
    if not fits:
        raise IntegrityError("the manifest is about another order")
    return manifest


def check_document(pdf: bytes, expected: ManifestDocument) -> None:
    """Refuse a document that is not the expected one. Raises: IntegrityError."""
    if sha256(pdf).digest() != expected.pdf_digest:
        raise IntegrityError("the document is not the one in the manifest")
    document = pypdfium2.PdfDocument(pdf)
    try:
        if len(document) != expected.pages:
            raise IntegrityError("the document has another number of pages")
        bitmap = document[0].render(scale=RASTER_DPI / _POINTS_PER_INCH, grayscale=True)
        found = [code.text for code in zxingcpp.read_barcodes(bitmap.to_pil())]
    finally:
        document.close()
    numbers = [read_number(text) for text in found if text.startswith(_CODE_PREFIX)]
    if numbers != [(expected.certificate_number, 1, expected.pages)]:
        raise IntegrityError("the code on the page names another document")


def read_number(text: str) -> tuple[str, int, int]:
    """Return certificate number, sheet and sheets from a code, without judging its signature.

    Raises: IntegrityError when it cannot be read.
    """
    try:
        raw = base45.b45decode(text.removeprefix(_CODE_PREFIX))
        if raw[:1] == b"\x78":
            raw = zlib.decompressobj().decompress(raw, _MAX_CODE_BYTES)
        message: Any = cbor2.loads(raw)
        claims: Any = cbor2.loads(message.value[2])
        document = claims[_DOCUMENT_CLAIM]
        sheet, sheets = document[_SHEETS]
        return str(document[_NUMBER]), int(sheet), int(sheets)
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error, cbor2.CBORError) as error:
        raise IntegrityError("the code on the page cannot be read") from error
