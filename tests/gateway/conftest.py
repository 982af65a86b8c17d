"""A gateway on a migrated database, on every backend where a claim depends on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.database import open_engine, upgrade
from tests.databases import database_url
from tests.gateway.world import World, build_world

__all__ = ["database_url"]


@pytest.fixture(scope="session")
def empty_gateway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating takes longer than copying."""
    path = tmp_path_factory.mktemp("gateway") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # The last connection moves the write-ahead log into the file.
    return path


@pytest.fixture
def engine(empty_gateway: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated SQLite database."""
    path = tmp_path / "gateway.db"
    path.write_bytes(empty_gateway.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def any_engine(database_url: str) -> Iterator[Engine]:
    """An empty, migrated database on each backend."""
    engine = open_engine(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the asynchronous tests."""
    return "asyncio"


@pytest.fixture
def world(engine: Engine) -> World:
    """A gateway with two municipalities and two kiosks."""
    return build_world(engine)
