"""Builds a core's parts out of settings and a key folder, for the programs of ``issuance``."""

import secrets
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from issuance.app import CoreParts
from issuance.certificates.demo_pdf_key import DemoPdfKey
from issuance.certificates.paper_code import CodeSigner
from issuance.certificates.pdf_signing import PdfSigner
from issuance.certificates.press import MunicipalPress
from issuance.certificates.render import PaperRenderer
from issuance.certificates.revocation_list import (
    SALT_BYTES,
    RevokedCertificate,
    build_revocation_list,
    list_revocations,
)
from issuance.certificates.sealing import seal
from issuance.certificates.store import load_revocations
from issuance.certificates.trust_list import TrustEntry, TrustList, build_trust_list
from issuance.database import open_engine, read, upgrade
from issuance.errors import SettingsRefusedError
from issuance.key_folder import KeyFolder
from issuance.settings import IssuanceSettings

LIST_LIFETIME = timedelta(days=1)
"""Assumption: a new revocation list every day."""


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def build_parts(settings: IssuanceSettings) -> CoreParts:
    """Return the parts of the core that ``settings`` describe; the database is brought up to date.

    Raises: SettingsRefusedError.
    """
    keys = KeyFolder(settings.key_folder)
    engine = open_engine(settings.database_url)
    upgrade(engine)
    signer = CodeSigner(settings.municipality_code, keys.ed25519("paper_code.pem"))
    return CoreParts(
        engine=engine,
        municipality=settings.municipality,
        policy=settings.policy,
        press=MunicipalPress(
            PaperRenderer(),
            signer,
            pdf_signer(settings, keys).sign,
            is_specimen=settings.environment == "demo",
        ),
        seal=seal,
        manifest_key=keys.manifest_key(),
        response_key=keys.response_key(),
        gateway_keys=keys.gateway_keys(),
        pseudonym_key=keys.pseudonym_key(),
        origin=settings.origin,
        now=utc_now,
    )


def pdf_signer(settings: IssuanceSettings, keys: KeyFolder) -> PdfSigner:
    """Return the signer for files; a demo without a key of its own gets the stand-in.

    Raises: SettingsRefusedError in production without a key.
    """
    if keys.has_pdf_key():
        return PdfSigner(keys.pdf_key())
    if settings.environment != "demo":
        raise SettingsRefusedError("pdf.pem is missing; only a demo may sign with a stand-in")
    return PdfSigner(DemoPdfKey(settings.municipality_name, now=utc_now()).signing_key)


def export_revocation_list(settings: IssuanceSettings, *, now: datetime) -> bytes:
    """Return the signed list of every voided certificate. Raises: SettingsRefusedError."""
    anchor = KeyFolder(settings.key_folder).ed25519("trust_anchor.pem")
    with read(open_engine(settings.database_url)) as connection:
        found = load_revocations(connection, settings.municipality_code)
    revocations = list_revocations(
        [RevokedCertificate(one.certificate_id, one.revoked_at) for one in found],
        sequence=int(now.timestamp()),
        issued_at=now,
        next_update=now + LIST_LIFETIME,
        salt=secrets.token_bytes(SALT_BYTES),
    )
    return build_revocation_list(revocations, anchor)


def export_trust_list(settings: IssuanceSettings, *, now: datetime, days: int) -> bytes:
    """Return a signed list with this municipality's keys. Raises: SettingsRefusedError."""
    keys = KeyFolder(settings.key_folder)
    public_key = keys.ed25519("paper_code.pem").public_key()
    certificates: tuple[bytes, ...] = ()
    if keys.has_pdf_key():
        key = keys.pdf_key()
        pinned = key.chain[-1] if key.chain else key.certificate
        certificates = (pinned.public_bytes(Encoding.DER),)
    entry = TrustEntry(
        municipality_code=settings.municipality_code,
        public_key=public_key.public_bytes_raw(),
        not_before=keys.made_at("paper_code.pem") - timedelta(days=1),
        not_after=now.replace(microsecond=0) + timedelta(days=days),
        pdf_certificates=certificates,
    )
    trust = TrustList(int(now.timestamp()), now, now + LIST_LIFETIME, (entry,))
    return build_trust_list(trust, keys.ed25519("trust_anchor.pem"))


def public_trust_anchor(settings: IssuanceSettings) -> bytes:
    """Return the public key (PEM) that checks the lists. Raises: SettingsRefusedError."""
    key = KeyFolder(settings.key_folder).ed25519("trust_anchor.pem").public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
