"""The demo town's core: keys, settings, the imported town, the links of the personas' cards."""

import warnings
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from sqlalchemy import Engine

from cardsim.persona import Persona
from cardsim.pki.authority import DemoAuthority
from issuance.certificates.demo_pdf_key import DemoPdfKey, DemoPdfKeyWarning
from issuance.database import write
from issuance.key_folder import write_fresh_keys
from issuance.linkage.service import link_rows, read_delivery, store_delivery
from issuance.residents.model import CertificateLink, LinkMedium
from issuance.settings import IssuanceSettings
from issuance.wiring import export_revocation_list, export_trust_list, public_trust_anchor
from launcher.state import StateFolder

TOWN_FILES = Path(__file__).parent / "town"
_LIST_DAYS = 3650
_LINK_YEARS = timedelta(days=10 * 365)


def core_settings(state: StateFolder, origin: str) -> IssuanceSettings:
    """Return the settings of the demo town's core."""
    return IssuanceSettings(
        environment="demo",
        database_url=state.core_database,
        municipality_code="990019",
        municipality_name="見本市",
        issuer_title="見本市長",
        issuer_name="見本　太郎",
        origin=origin,
        key_folder=state.core_keys,
    )


def prepare_core_keys(state: StateFolder, now: datetime) -> None:
    """Make the core's key folder complete, the stand-in for the PDF key included."""
    keys = state.keys()
    write_fresh_keys(state.core_keys, pseudonym_key=keys.pseudonym)
    gateway = state.core_keys / "gateways" / f"{keys.gateway.key_id}.pem"
    gateway.write_bytes(
        keys.gateway.private_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    if not (state.core_keys / "pdf.pem").exists():
        _write_pdf_key(state.core_keys, now)


def _write_pdf_key(folder: Path, now: datetime) -> None:
    with warnings.catch_warnings():
        # The demo says 見本 on every page; its reader needs no second warning at each start.
        warnings.simplefilter("ignore", DemoPdfKeyWarning)
        signing = DemoPdfKey("見本市", now=now).signing_key
    pem = serialization.Encoding.PEM
    (folder / "pdf.pem").touch(mode=0o600)
    (folder / "pdf.pem").write_bytes(
        signing.key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    chain = (signing.certificate, *signing.chain)
    (folder / "pdf_certificates.pem").write_bytes(
        b"".join(certificate.public_bytes(pem) for certificate in chain)
    )


def write_verifier_files(state: StateFolder, settings: IssuanceSettings, now: datetime) -> None:
    """Write what an offline verifier needs: trust list, its anchor, revocation list."""
    state.trust_list.write_bytes(export_trust_list(settings, now=now, days=_LIST_DAYS))
    state.trust_list.with_name("trust-anchor.pem").write_bytes(public_trust_anchor(settings))
    state.trust_list.with_name("revoked.list").write_bytes(
        export_revocation_list(settings, now=now)
    )


def import_town(
    engine: Engine,
    authority: DemoAuthority,
    personas: tuple[Persona, ...],
    now: datetime,
) -> int:
    """Take over the town's CSV files and the personas' card links; return the number of rows.

    It is the nightly delivery: importing it again changes nothing but its date.
    """
    files = {path.name: path.read_bytes() for path in sorted(TOWN_FILES.glob("*.csv"))}
    delivery = read_delivery(files)
    code = personas[0].municipality_code
    with write(engine) as connection:
        summary = store_delivery(connection, code, delivery, as_of=now, now=now)
        links = [link for persona in personas for link in _links(authority, persona, now)]
        link_rows(connection, code, links, as_of=now, now=now)
    return sum(rows for _name, rows in summary.rows) + len(links)


def _links(
    authority: DemoAuthority, persona: Persona, now: datetime
) -> tuple[CertificateLink, ...]:
    today = now.astimezone(UTC).date()
    return tuple(
        CertificateLink(
            issuer_key_id=authority.auth_issuer_key_id,
            serial=serial,
            resident_id=persona.resident_id,
            medium=LinkMedium.CARD,
            valid_from=date(2020, 1, 1),
            valid_to=today + _LINK_YEARS,
            source="demo authority",
        )
        for serial in authority.linked_serials(persona)
    )
