"""Everything in one process: the same programs, with an in-process transport between them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TextIO

import httpx

from cardsim.card import Card
from cardsim.persona import Persona, load_personas
from cardsim.pins import FileStore
from cardsim.pki.authority import DemoAuthority
from cardsim.pki.ocsp import OcspResponder
from cardsim.pki.ocsp_app import create_ocsp_app
from gateway.app import Gateway, GatewayParts, open_gateway
from gateway.participation.hours import ServiceHours
from gateway.participation.model import Kiosk
from issuance.app import Core, open_core
from issuance.wiring import build_parts
from launcher.demo_core import (
    core_settings,
    import_town,
    prepare_core_keys,
    write_verifier_files,
)
from launcher.demo_gateway import demo_gateway_parts
from launcher.state import StateFolder

GATEWAY_ORIGIN = "http://gateway.demo"
CORE_ORIGIN = "http://core.demo"
OCSP_URL = "http://ocsp.demo/ocsp"
Report = Callable[[str], None]


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Town:
    """A town as a kiosk and its testers see it, wherever its programs run."""

    state: StateFolder
    personas: tuple[Persona, ...]
    authority: DemoAuthority
    responder: OcspResponder
    kiosk_http: httpx.AsyncClient
    """Reaches the gateway."""
    gateway_origin: str
    now: Callable[[], datetime]

    def make_card(self, persona: Persona) -> Card:
        """Return the persona's card; its counters are those of its last use."""
        image = self.authority.issue_card(persona, self.now())
        self.authority.save(self.state.root / "authority")
        return Card(image, FileStore(self.state.root / "cards.json"))


@dataclass(slots=True)
class EmbeddedTown(Town):
    """A town whose core and gateway run in this process."""

    core: Core
    gateway: Gateway
    gateway_parts: GatewayParts
    """What the gateway was put together from: a tester opens it again with other parts."""


def open_authority(state: StateFolder, now: datetime) -> DemoAuthority:
    """Return the demo's authority, made at the first call."""
    folder = state.root / "authority"
    if (folder / "authority.json").exists():
        return DemoAuthority.load(folder)
    authority = DemoAuthority.create(now)
    authority.save(folder)
    return authority


def open_embedded_town(
    state: StateFolder,
    *,
    now: Callable[[], datetime] = utc_now,
    hours: ServiceHours | None = None,
    extra_kiosks: tuple[Kiosk, ...] = (),
    unlimited: bool = False,
    report: Report = lambda _words: None,
    log: TextIO | None = None,
) -> EmbeddedTown:
    """Build the town in this process; ``report`` hears each step of it.

    ``log`` is where the gateway logs: its file in the state folder when None.
    """
    report("鍵と認証局を用意しています / keys and authority")
    state.prepare()
    personas = load_personas()
    authority = open_authority(state, now())
    prepare_core_keys(state, now())
    responder = OcspResponder(authority, now)
    ocsp_app = create_ocsp_app(responder, authority, now)
    report("証明書発行システムを開いています / issuance core")
    settings = core_settings(state, CORE_ORIGIN)
    core = open_core(replace(build_parts(settings), now=now))
    write_verifier_files(state, settings, now())
    report("見本市の台帳を取り込んでいます / importing the town")
    import_town(core.parts.engine, authority, personas, now())
    report("ゲートウェイを開いています / gateway")
    gateway_parts = demo_gateway_parts(
        state,
        authority,
        origin=GATEWAY_ORIGIN,
        core_http=_in_process(core.app),
        core_origin=CORE_ORIGIN,
        ocsp_http=_in_process(ocsp_app),
        ocsp_url=OCSP_URL,
        now=now,
        hours=hours or ServiceHours(always_open=True),
        extra_kiosks=extra_kiosks,
        unlimited=unlimited,
        log=log,
    )
    gateway = open_gateway(gateway_parts)
    return EmbeddedTown(
        state=state,
        personas=personas,
        authority=authority,
        responder=responder,
        core=core,
        gateway=gateway,
        gateway_parts=gateway_parts,
        kiosk_http=_in_process(gateway.app),
        gateway_origin=GATEWAY_ORIGIN,
        now=now,
    )


def direct_line(app: object) -> httpx.AsyncBaseTransport:
    """Return the transport that calls an ASGI application in this process."""
    return httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # our App is any ASGI app


def _in_process(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=direct_line(app))
