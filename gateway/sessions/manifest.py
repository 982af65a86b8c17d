"""Step 7: is this manifest the one that was ordered, for the person who was proved? Pure.

Every comparison has a name; the first that fails stops the line.
"""

from collections.abc import Callable
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from gateway.errors import BindingMismatchError
from gateway.participation.model import Municipality
from gateway.sessions.model import Session
from issuance.wire.bodies import Manifest, PrepareAnswer
from issuance.wire.recipes import MANIFEST_LABEL


def verify_manifest(
    answer: PrepareAnswer, session: Session, municipality: Municipality
) -> Manifest:
    """Return the manifest when it fits the session in everything.

    Raises: BindingMismatchError naming the comparison that failed.
    """
    signed = answer.signed_manifest
    if signed.key_id != municipality.core_manifest_key_id:
        raise BindingMismatchError("key")
    try:
        key = Ed25519PublicKey.from_public_bytes(municipality.core_manifest_key)
        key.verify(signed.signature, MANIFEST_LABEL + signed.manifest)
        manifest = Manifest.model_validate_json(signed.manifest)
    except InvalidSignature as error:
        raise BindingMismatchError("signature") from error
    except ValidationError as error:
        raise BindingMismatchError("form") from error
    for name, fits in _COMPARISONS.items():
        if not fits(manifest, answer, session):
            raise BindingMismatchError(name)
    return manifest


_Comparison = Callable[[Manifest, PrepareAnswer, Session], bool]
_COMPARISONS: dict[str, _Comparison] = {
    "session": lambda manifest, _answer, session: manifest.session_id == session.session_id,
    "municipality": lambda manifest, _answer, session: (
        manifest.municipality_code == session.municipality_code
    ),
    "order": lambda manifest, _answer, session: manifest.order_digest == session.order_digest,
    "bind": lambda manifest, _answer, session: manifest.bind == session.bind,
    "record-version": lambda manifest, _answer, session: (
        manifest.record_version == session.record_version
    ),
    "test-mark": lambda manifest, _answer, session: manifest.is_test == session.is_test,
    "copies": lambda manifest, answer, session: (
        len(manifest.documents) == len(answer.sealed_documents) == session.copies
    ),
    "pages": lambda manifest, _answer, session: all(
        document.pages == session.pages for document in manifest.documents
    ),
    "numbers": lambda manifest, _answer, _session: (
        len({document.certificate_number for document in manifest.documents})
        == len(manifest.documents)
    ),
    "ciphertext": lambda manifest, answer, _session: all(
        sha256(sealed).digest() == document.sealed_digest
        for sealed, document in zip(answer.sealed_documents, manifest.documents, strict=True)
    ),
}
"""In the order of ``docs/PROTOCOL.md`` section 6."""
