"""A gateway with two municipalities and two kiosks, put together by the real wiring."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import httpx
from sqlalchemy import Connection, Engine

from gateway.app import Gateway, GatewayParts, open_gateway
from gateway.billing.fees import FeePolicy, Yen
from gateway.billing.ledger import LedgerEntry, load_entries
from gateway.database import transaction
from gateway.http.log import make_logger
from gateway.integrity.breaker import list_breakers
from gateway.participation.hours import ServiceHours
from gateway.participation.model import Kiosk, Municipality, Participation
from gateway.wire.bodies import Environment
from issuance.wire.codes import DocumentType
from launcher.demo_introduction import introduce_demo_town
from signed_http.keys import SigningKey
from tests.gateway.fake_kiosk import FakeKiosk
from tests.gateway.fakes import FakeClock, FakeCore, FakeVerifier

ORIGIN = "http://gateway.test"
FREE_TOWN = "990001"
"""Issues free of charge: the resident pays 10 yen."""
FEE_TOWN = "990002"
"""Charges 300 yen."""
TODAY = date(2026, 11, 23)

CoreMaker = Callable[..., FakeCore]


@dataclass
class World:
    """Everything a test can look at."""

    engine: Engine
    clock: FakeClock
    cores: dict[str, FakeCore]
    verifier: FakeVerifier
    kiosk_keys: dict[str, SigningKey]
    parts: GatewayParts
    gateway: Gateway
    log: io.StringIO
    core_transports: dict[str, httpx.AsyncBaseTransport] = field(default_factory=dict)
    """Other ways to a core than the straight one."""

    @property
    def core(self) -> FakeCore:
        """The core of the free town."""
        return self.cores[FREE_TOWN]

    def kiosk(self, name: str = "kiosk-1") -> FakeKiosk:
        """Return a fresh visit at a kiosk."""
        key = self.parts.key
        return FakeKiosk(
            key=self.kiosk_keys[name],
            app=self.gateway.app,
            origin=ORIGIN,
            server_keys={key.key_id: key.public_bytes},
            now=self.clock.now,
        )

    def restart(self, **changes: object) -> None:
        """Open the gateway anew over the same database, as after a crash."""
        self.parts = replace(self.parts, **changes)  # type: ignore[arg-type]  # names of parts
        self.gateway = open_gateway(self.parts)

    def change(self, work: Callable[[Connection], object]) -> None:
        """Run ``work`` in a transaction of its own."""
        with transaction(self.engine) as connection:
            work(connection)

    def entries(self, code: str = FREE_TOWN) -> list[LedgerEntry]:
        """Return the ledger of a municipality."""
        with transaction(self.engine) as connection:
            return load_entries(connection, code)

    def alarms(self) -> dict[str, str]:
        """Return the stopped lines with their alarms."""
        with transaction(self.engine) as connection:
            return {b.municipality_code: b.alarm for b in list_breakers(connection)}


def build_world(engine: Engine, make_core: CoreMaker = FakeCore) -> World:
    """Return a gateway over ``engine`` whose free town has the given kind of core."""
    clock = FakeClock()
    gateway_key = SigningKey.generate("gateway")
    known = {gateway_key.key_id: gateway_key.public_bytes}
    cores = {
        FREE_TOWN: make_core(FREE_TOWN, origin="http://free.test", now=clock.now),
        FEE_TOWN: FakeCore(FEE_TOWN, origin="http://fee.test", now=clock.now),
    }
    fees = {FREE_TOWN: 0, FEE_TOWN: 300}
    kiosk_keys = {name: SigningKey.generate(name) for name in ("kiosk-1", "kiosk-2")}
    transports: dict[str, httpx.AsyncBaseTransport] = {}

    def core_http(municipality: Municipality) -> httpx.AsyncClient:
        transport = transports.get(municipality.code)
        if transport is None:
            transport = httpx.ASGITransport(app=cores[municipality.code].app(known))
        return httpx.AsyncClient(transport=transport)

    with transaction(engine) as connection:
        for code in cores:
            introduce_demo_town(connection, code, "見本市", clock.now())
    log = io.StringIO()
    verifier = FakeVerifier()
    parts = GatewayParts(
        engine=engine,
        participation=Participation(
            municipalities=tuple(_municipality(core, fees[c]) for c, core in cores.items()),
            kiosks=tuple(
                Kiosk(name, "operator-a", "store-1", name, key.public_bytes)
                for name, key in kiosk_keys.items()
            ),
            hours=ServiceHours(),
        ),
        verifier=verifier,
        key=gateway_key,
        origin=ORIGIN,
        environment=Environment.DEMO,
        core_http=core_http,
        now=clock.now,
        log=make_logger(log),
    )
    return World(
        engine, clock, cores, verifier, kiosk_keys, parts, open_gateway(parts), log, transports
    )


def _municipality(core: FakeCore, fee: int) -> Municipality:
    return Municipality(
        code=core.code,
        prefecture="見本県",
        name="見本市",
        name_en="Mihon City",
        core_origin=core.origin,
        core_response_key_id=core.response_key.key_id,
        core_response_key=core.response_key.public_bytes,
        core_manifest_key_id=core.manifest_key.key_id,
        core_manifest_key=core.manifest_key.public_bytes,
        pseudonym_key=bytes(32),
        fees={DocumentType.VICTIM_CERTIFICATE: FeePolicy(Yen(fee))},
    )
