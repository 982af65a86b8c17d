"""The demo's gateway: one town, one operator, one kiosk, the demo authority pinned by key."""

import os
import weakref
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TextIO

import httpx

from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import AUTH_POLICY
from gateway.app import DEFAULT_LIMITS, GatewayParts
from gateway.billing.fees import FeePolicy, Yen
from gateway.database import open_engine, transaction, upgrade
from gateway.http.log import make_logger
from gateway.ocsp_client import OcspClient, OcspSettings
from gateway.participation.hours import ServiceHours
from gateway.participation.model import Kiosk, Municipality, Participation
from gateway.participation.rate import RateLimit
from gateway.sessions.service import RateLimits
from gateway.verification.policy import VerificationPolicy
from gateway.verification.verifier import Verifier
from gateway.wire.bodies import Environment
from issuance.key_folder import KeyFolder
from issuance.wire.codes import DocumentType
from launcher.demo_introduction import introduce_demo_town
from launcher.state import StateFolder

KIOSK_ID = "demo-kiosk-1"
TOWN_CODE = "990019"
TOWN_NAME = "見本市"
OCSP_PATIENCE_S = 5.0
"""How long the gateway waits for the authority. Source: [WEB-EID]."""
UNLIMITED = RateLimits(
    per_kiosk=RateLimit(burst=10_000, interval=timedelta(milliseconds=1)),
    per_subject=RateLimit(burst=10_000, interval=timedelta(milliseconds=1)),
)


def demo_participation(
    state: StateFolder,
    core_origin: str,
    *,
    hours: ServiceHours,
    extra_kiosks: tuple[Kiosk, ...] = (),
) -> Participation:
    """Return who takes part in the demo."""
    keys, core = state.keys(), KeyFolder(state.core_keys)
    response, manifest = core.response_key(), core.manifest_key()
    town = Municipality(
        code=TOWN_CODE,
        prefecture="見本県",
        name=TOWN_NAME,
        name_en="Mihon City",
        core_origin=core_origin,
        core_response_key_id=response.key_id,
        core_response_key=response.public_bytes,
        core_manifest_key_id=manifest.key_id,
        core_manifest_key=manifest.private_key.public_key().public_bytes_raw(),
        pseudonym_key=keys.pseudonym,
        fees={DocumentType.VICTIM_CERTIFICATE: FeePolicy(Yen(0))},
    )
    kiosk = Kiosk(
        kiosk_id=KIOSK_ID,
        operator="デモストア",
        store="demo-store-1",
        key_id=keys.kiosk.key_id,
        public_key=keys.kiosk.public_bytes,
    )
    return Participation((town,), (kiosk, *extra_kiosks), hours)


def demo_gateway_parts(
    state: StateFolder,
    authority: DemoAuthority,
    *,
    origin: str,
    core_http: httpx.AsyncClient,
    core_origin: str,
    ocsp_http: httpx.AsyncClient,
    ocsp_url: str,
    now: Callable[[], datetime],
    hours: ServiceHours,
    extra_kiosks: tuple[Kiosk, ...] = (),
    unlimited: bool = False,
    database_url: str | None = None,
    log: TextIO | None = None,
) -> GatewayParts:
    """Return the parts of the demo's gateway; its database is brought up to date."""
    engine = open_engine(database_url or state.gateway_database)
    upgrade(engine)
    with transaction(engine) as connection:
        introduce_demo_town(connection, TOWN_CODE, TOWN_NAME, now())
    return GatewayParts(
        engine=engine,
        participation=demo_participation(
            state, core_origin, hours=hours, extra_kiosks=extra_kiosks
        ),
        verifier=demo_verifier(authority, ocsp_http, ocsp_url, now=now),
        key=state.keys().gateway,
        origin=origin,
        environment=Environment.DEMO,
        core_http=lambda _municipality: core_http,
        now=now,
        log=make_logger(log or open_log(state, engine)),
        limits=UNLIMITED if unlimited else DEFAULT_LIMITS,
    )


def demo_verifier(
    authority: DemoAuthority,
    ocsp_http: httpx.AsyncClient,
    ocsp_url: str,
    *,
    now: Callable[[], datetime],
    patience_s: float = OCSP_PATIENCE_S,
) -> Verifier:
    """Return who checks cards for the demo's gateway; it has asked the authority nothing yet."""
    policy = VerificationPolicy.of([authority.auth_issuer.certificate], [AUTH_POLICY.dotted_string])
    settings = OcspSettings(ocsp_url, timeout_s=patience_s)
    return Verifier(policy, OcspClient(ocsp_http, settings, now=now))


def open_log(state: StateFolder, owner: object) -> TextIO:
    """Return the gateway's log in the state folder; it is closed when its owner is gone."""
    path = state.root / "gateway.log"
    stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", 1)
    weakref.finalize(owner, stream.close)
    return stream
