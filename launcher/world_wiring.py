"""Puts a town together with a place for faults at every joint.

The programs are opened as the demo opens them, then once more with the joints between: transports
for the lines, a press for the documents, a reader and devices for the machine.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TextIO

import httpx

from cardsim.card import Card
from cardsim.pki.ocsp_app import create_ocsp_app
from gateway.app import GatewayParts, open_gateway
from gateway.participation.hours import ServiceHours
from issuance.app import open_core
from kiosk.devices import SimulatedPrinter
from kiosk.gateway_client import GatewayClient
from kiosk.journal import Journal
from kiosk.parts import KioskParts, TrayCard
from launcher.card_places import CardPlace, open_place
from launcher.demo_gateway import KIOSK_ID, OCSP_PATIENCE_S, demo_verifier
from launcher.dials import core as core_dial
from launcher.dials import line as line_dial
from launcher.dials.board import Board
from launcher.dials.breaker import BreakerKnob
from launcher.dials.card import CardKnob, ReaderKnob, WatchedReader
from launcher.dials.core import CoreKeys, CoreKnob, FailingPress
from launcher.dials.devices import CoinBoxKnob, FailingCoinBox, PrinterKnob
from launcher.dials.line import LineKnob
from launcher.dials.lines import WatchedLine
from launcher.dials.ocsp import OcspKnob
from launcher.dials.register import Register
from launcher.dials.service import MunicipalityKnob, RateKnob, ServiceKnob
from launcher.embedded import OCSP_URL, EmbeddedTown, direct_line, open_embedded_town
from launcher.state import StateFolder
from signed_http.client import SignedClient

_SECONDS_A_COMMAND = 0.03
"""About what a contactless card takes."""
_HURRIED_PATIENCE_S = 0.5
"""Enough for a responder in the same process."""
Now = Callable[[], datetime]


class Pace(Enum):
    """How long card, printer and pauses take."""

    HURRIED = "hurried"
    AS_IN_LIFE = "as_in_life"


@dataclass(frozen=True, slots=True)
class Bench:
    """A town with the machine in front of it and everything a tester holds."""

    town: EmbeddedTown
    parts: KioskParts
    board: Board
    reader: WatchedReader
    kiosk_line: WatchedLine
    close: Callable[[], None]
    """Lets go of the reader."""


def wire_bench(
    state: StateFolder,
    now: Now,
    *,
    log: TextIO,
    always_open: bool,
    unlimited: bool,
    pace: Pace,
    reader: str,
) -> Bench:
    """Open the town and its machine. Raises: NoWorldError when there is no such reader."""
    place = open_place(reader, _pace_of(pace))
    hours = ServiceHours(always_open=always_open)
    town = open_embedded_town(state, now=now, hours=hours, unlimited=unlimited, log=log)
    press = FailingPress(town.core.parts.press)
    town.core = open_core(replace(town.core.parts, press=press))
    core_line = WatchedLine(lambda: direct_line(town.core.app), paths=core_dial.STEPS)
    kiosk_line = WatchedLine(lambda: direct_line(town.gateway.app), paths=line_dial.STEPS)
    restart = _Restart(town, core_line, pace)
    restart.forget_revocation_answers()
    town.kiosk_http = httpx.AsyncClient(transport=kiosk_line)
    machine = _Machine(town, pace, place)
    code, engine = town.core.parts.municipality.code, town.core.parts.engine
    parts = town.gateway_parts
    keys = CoreKeys(town.core.parts.manifest_key, town.core.parts.response_key)
    board = Board(
        {
            "card": CardKnob(place),
            "reader": ReaderKnob(machine.reader),
            "coin_box": CoinBoxKnob(machine.coin_box),
            "printer": PrinterKnob(machine.printer, state.tray),
            "line": LineKnob(kiosk_line, parts.key, now),
            "ocsp": OcspKnob(
                town.responder,
                town.authority,
                town.personas,
                now=now,
                forget=restart.forget_revocation_answers,
            ),
            "core": CoreKnob(core_line, press, Register(engine, code, now), keys, now),
            "municipality": MunicipalityKnob(restart.gateway, now),
            "service": ServiceKnob(restart.gateway, now, hours),
            "rate": RateKnob(restart.gateway, parts.limits),
            "breaker": BreakerKnob(parts.engine, engine, code, now),
        }
    )
    return Bench(town, machine.parts(), board, machine.reader, kiosk_line, place.close)


class _Restart:
    """Opens the town's gateway again with other parts, over the same books."""

    def __init__(self, town: EmbeddedTown, core_line: WatchedLine, pace: Pace) -> None:
        core_http = httpx.AsyncClient(transport=core_line)
        responder = create_ocsp_app(town.responder, town.authority, town.now)
        self._ocsp_http = httpx.AsyncClient(transport=direct_line(responder))
        hurried = pace is Pace.HURRIED
        self._patience_s = _HURRIED_PATIENCE_S if hurried else OCSP_PATIENCE_S
        self._town = town
        town.gateway_parts = replace(town.gateway_parts, core_http=lambda _town: core_http)

    def gateway(self, change: Callable[[GatewayParts], GatewayParts]) -> None:
        """Open the gateway with its parts changed."""
        town = self._town
        town.gateway_parts = change(town.gateway_parts)
        town.gateway = open_gateway(town.gateway_parts)

    def forget_revocation_answers(self) -> None:
        """Open the gateway with a verifier that has asked the authority nothing yet."""
        verifier = demo_verifier(
            self._town.authority,
            self._ocsp_http,
            OCSP_URL,
            now=self._town.now,
            patience_s=self._patience_s,
        )
        self.gateway(lambda parts: replace(parts, verifier=verifier))


class _Machine:
    """The machine in front of the town, with devices that can fail."""

    def __init__(self, town: EmbeddedTown, pace: Pace, place: CardPlace) -> None:
        self._town = town
        self._place = place
        self._pause = _no_pause if pace is Pace.HURRIED else asyncio.sleep
        self.reader = WatchedReader(place.reader)
        self.coin_box = FailingCoinBox()
        self.printer = SimulatedPrinter(town.state.tray, pause=self._pause)

    def parts(self) -> KioskParts:
        """Return the kiosk program's parts."""
        town, state = self._town, self._town.state
        keys = state.keys()
        client = SignedClient(
            town.kiosk_http,
            origin=town.gateway_origin,
            key=keys.kiosk,
            server_keys={keys.gateway.key_id: keys.gateway.public_bytes},
            now=town.now,
        )
        return KioskParts(
            gateway=GatewayClient(client, pause=self._pause),
            kiosk_id=KIOSK_ID,
            reader=self.reader,
            tray=PlacingHand(town, self._place),
            coin_box=self.coin_box,
            printer=self.printer,
            journal=Journal(state.root / "journal.jsonl", town.now),
            clock=_ClockOf(town.now),
            output=state.tray,
            demo=True,
            pause=self._pause,
        )


@dataclass(frozen=True, slots=True)
class _ClockOf:
    now: Now


class PlacingHand:
    """Holds every persona's card and lays it wherever the reader is; a card is made once."""

    def __init__(self, town: EmbeddedTown, place: CardPlace) -> None:
        self._town = town
        self._place = place
        self._made: dict[str, Card] = {}

    def cards(self) -> Sequence[TrayCard]:
        """The cards one may choose from."""
        personas = sorted(self._town.personas, key=lambda persona: persona.number)
        return [TrayCard(one.id, one.title_ja, one.title_en) for one in personas]

    async def put(self, card_id: str) -> None:
        """Lay that card on the reader."""
        if card_id not in self._made:
            persona = next(one for one in self._town.personas if one.id == card_id)
            self._made[card_id] = await asyncio.to_thread(self._town.make_card, persona)
        await asyncio.to_thread(self._place.put, self._made[card_id])

    def lift(self) -> None:
        """Take the card from the reader."""
        self._place.lift()


def _pace_of(pace: Pace) -> Callable[[], None]:
    if pace is Pace.HURRIED:
        return lambda: None
    return lambda: time.sleep(_SECONDS_A_COMMAND)


async def _no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)
