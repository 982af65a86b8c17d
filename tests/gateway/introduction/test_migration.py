"""Whoever served before there was a gate goes on serving, and keys stay in use."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import gateway
from gateway.database import open_engine, transaction, upgrade
from gateway.introduction.store import load_live
from gateway.participation.kiosks import KioskRegister, list_keys
from tests.gateway.fakes import NOON, FakeClock


def upgrade_to(engine: sa.Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(gateway.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_municipality_with_sheets_is_live_and_kiosks_keep_their_keys(database_url: str) -> None:
    engine = open_engine(database_url)
    upgrade_to(engine, "0002")
    table = sa.MetaData()
    table.reflect(engine, only=["ledger", "kiosks"])
    entry = {
        "municipality_code": "990001",
        "certificate_number": "1",
        "kind": "issued",
        "session_id": "0" * 32,
        "operator": "a",
        "kiosk_id": "kiosk-9",
        "document_type": "victim_certificate",
        "month": "2026-11",
        "posted_at": datetime(2026, 11, 1, 3, tzinfo=UTC),
    }
    columns = table.tables["ledger"].columns
    entry |= {c.name: 0 for c in columns if c.name not in entry and c.server_default is None}
    kiosk = {"kiosk_id": "kiosk-9", "operator": "a", "store": "s", "key_id": "kiosk-9"}
    with transaction(engine) as connection:
        connection.execute(table.tables["ledger"].insert(), entry)
        connection.execute(
            table.tables["kiosks"].insert(),
            kiosk | {"public_key": bytes(32), "revoked": 0, "changed_at": NOON},
        )

    upgrade(engine)

    with transaction(engine) as connection:
        assert set(load_live(connection)) == {"990001"}
        assert [key.key_id for key in list_keys(connection)] == ["kiosk-9"]
    assert KioskRegister(engine, (), FakeClock().now).find_kiosk("kiosk-9") is not None
    engine.dispose()
