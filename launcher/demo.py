"""``risai demo``: the town, a card in the hand, and the kiosk on the screen."""

import asyncio
import time
from datetime import datetime
from pathlib import Path

import structlog

from cardsim.reader import SimulatedReader
from kiosk.app import KioskApp
from kiosk.devices import SimulatedCoinBox, SimulatedPrinter
from kiosk.gateway_client import GatewayClient
from kiosk.journal import Journal
from kiosk.parts import KioskParts
from kiosk.ports import CardReader
from kiosk.terminal import end_as, run_on_terminal
from launcher.demo_gateway import KIOSK_ID
from launcher.embedded import Town, utc_now
from launcher.hand import Hand, ReaderInKioskTerms
from signed_http.client import SignedClient

_SECONDS_A_COMMAND = 0.03
"""About what a contactless card takes."""


class _SystemClock:
    def now(self) -> datetime:
        return utc_now()


def kiosk_parts(
    town: Town, *, card: str, output: Path, reader: CardReader | None = None
) -> KioskParts:
    """Return the parts of a kiosk in front of ``town``; its own reader comes with a hand."""
    keys = town.state.keys()
    client = SignedClient(
        town.kiosk_http,
        origin=town.gateway_origin,
        key=keys.kiosk,
        server_keys={keys.gateway.key_id: keys.gateway.public_bytes},
        now=town.now,
    )
    own = SimulatedReader(pace=lambda: time.sleep(_SECONDS_A_COMMAND))
    return KioskParts(
        gateway=GatewayClient(client),
        kiosk_id=KIOSK_ID,
        reader=reader or ReaderInKioskTerms(own),
        tray=None if reader else Hand(town, own, first=card),
        coin_box=SimulatedCoinBox(),
        printer=SimulatedPrinter(output, pause=asyncio.sleep),
        journal=Journal(town.state.root / "journal.jsonl", town.now),
        clock=_SystemClock(),
        output=output,
        demo=True,
        pause=asyncio.sleep,
    )


def log_to_file(path: Path) -> None:
    """Send the programs' log to a file: the terminal belongs to the screen."""
    path.touch(mode=0o600)
    stream = path.open("a", encoding="utf-8", buffering=1)
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(stream))


def run_kiosk(parts: KioskParts, *, english: bool, large: bool) -> None:
    """Open the kiosk until it is closed. Raises: SystemExit when it did not end by itself."""
    from gateway.wire.bodies import Locale

    locale = Locale.ENGLISH if english else Locale.JAPANESE
    app = KioskApp(parts, locale=locale, large=large)
    run_on_terminal(app)
    end_as(app)
