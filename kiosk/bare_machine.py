"""Puts a machine together that stands alone: a gateway far away, no hand that holds cards."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.wire.bodies import Locale
from kiosk.app import KioskApp
from kiosk.devices import SimulatedCoinBox, SimulatedPrinter
from kiosk.errors import NoCardError
from kiosk.gateway_client import GatewayClient
from kiosk.journal import Journal
from kiosk.parts import KioskParts
from kiosk.ports import CardChannel, CardReader
from kiosk.terminal import end_as, run_on_terminal
from signed_http.client import SignedClient
from signed_http.keys import SigningKey


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment, UTC."""
        return datetime.now(UTC)


class NoReader:
    """A machine whose reader is not connected: no card is ever seen."""

    def is_card_present(self) -> bool:
        """Say that no card lies there."""
        return False

    def connect(self) -> CardChannel:
        """Refuse. Raises: NoCardError."""
        raise NoCardError("no reader is connected")


def bare_parts(
    *,
    origin: str,
    gateway_keys: Mapping[str, bytes],
    kiosk_id: str,
    key: Path,
    output: Path,
    timeout_s: float,
    reader: CardReader,
) -> KioskParts:
    """Return the parts of a machine. Raises: TypeError when the key file holds no Ed25519 key."""
    private_key = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(private_key, Ed25519PrivateKey):
        raise TypeError(f"{key.name} holds no Ed25519 key")
    clock = SystemClock()
    client = SignedClient(
        httpx.AsyncClient(timeout=timeout_s),
        origin=origin,
        key=SigningKey(kiosk_id, private_key),
        server_keys=gateway_keys,
        now=clock.now,
    )
    output.mkdir(parents=True, exist_ok=True, mode=0o700)
    return KioskParts(
        gateway=GatewayClient(client),
        kiosk_id=kiosk_id,
        reader=reader,
        tray=None,
        coin_box=SimulatedCoinBox(),
        printer=SimulatedPrinter(output, pause=asyncio.sleep),
        journal=Journal(output / "journal.jsonl", clock.now),
        clock=clock,
        output=output,
        demo=False,
        pause=asyncio.sleep,
    )


def open_machine(parts: KioskParts, *, english: bool, large: bool, contrast: bool = False) -> None:
    """Open the machine until it is closed."""
    locale = Locale.ENGLISH if english else Locale.JAPANESE
    app = KioskApp(parts, locale=locale, large=large, contrast=contrast)
    run_on_terminal(app)
    end_as(app)
