"""A core with a small town in it, on every database there is."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, Engine

from issuance.app import Core, CoreParts, generate_manifest_key, open_core
from issuance.certificates.model import IssuingMunicipality, KioskPolicy
from issuance.database import open_engine, upgrade, write
from signed_http.client import SignedClient
from signed_http.keys import SigningKey
from tests.databases import BACKENDS, NO_POSTGRES, POSTGRES_VARIABLE, postgres_schema
from tests.issuance.builders import TOWN, settle
from tests.issuance.fakes import FakeChance, FakeClock, FakePress, seal

ORIGIN = "http://core.test"


@dataclass
class World:
    """A core, what it was built from, and a gateway's way to it."""

    engine: Engine
    clock: FakeClock
    press: FakePress
    chance: FakeChance
    core: Core
    gateway_key: SigningKey

    def change(self, work: Callable[[Connection], object]) -> None:
        """Run ``work`` in a transaction of its own."""
        with write(self.engine) as connection:
            work(connection)

    def client(self, *, key: SigningKey | None = None) -> SignedClient:
        """Return a gateway's client over the real ASGI application."""
        parts = self.core.parts
        return SignedClient(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=self.core.app)),
            origin=ORIGIN,
            key=key or self.gateway_key,
            server_keys={parts.response_key.key_id: parts.response_key.public_bytes},
            now=self.clock.now,
        )


@pytest.fixture(scope="session")
def empty_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating takes longer than copying."""
    path = tmp_path_factory.mktemp("issuance") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # The last connection moves the write-ahead log into the file.
    return path


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, empty_town: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "core.db"
        path.write_bytes(empty_town.read_bytes())
        yield from _opened(f"sqlite:///{path}")
        return
    url = os.environ.get(POSTGRES_VARIABLE)
    if not url:
        pytest.skip(NO_POSTGRES)
    for own in postgres_schema(url):
        yield from _opened(own)


def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the asynchronous tests."""
    return "asyncio"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def world(engine: Engine, clock: FakeClock) -> World:
    """A core with three residents who each have one certificate to issue."""
    return build_world(engine, clock, people=3)


def build_world(engine: Engine, clock: FakeClock, *, people: int) -> World:
    """Return a core over ``engine`` with that many residents."""
    with write(engine) as connection:
        settle(connection, people=people, now=clock.now())
    press, chance = FakePress(), FakeChance()
    gateway_key = SigningKey.generate("gateway")
    core = open_core(
        CoreParts(
            engine=engine,
            municipality=IssuingMunicipality(TOWN, "見本市", "見本市長", "見本　太郎"),
            policy=KioskPolicy(max_data_age=timedelta(hours=36)),
            press=press,
            seal=seal,
            manifest_key=generate_manifest_key("core-manifest"),
            response_key=SigningKey.generate("core"),
            gateway_keys={gateway_key.key_id: gateway_key.public_bytes},
            pseudonym_key=bytes(32),
            origin=ORIGIN,
            now=clock.now,
            random_bytes=chance.take,
        )
    )
    return World(engine, clock, press, chance, core, gateway_key)
