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

from cardsim.pki.ocsp_app import create_ocsp_app
from gateway.app import GatewayParts, open_gateway
from gateway.participation.hours import ServiceHours
from issuance.app import open_core
from kiosk.devices import SimulatedPrinter
from kiosk.gateway_client import GatewayClient
from kiosk.journal import Journal
from kiosk.parts import KioskParts, TrayCard
from launcher.demo_gateway import KIOSK_ID, OCSP_PATIENCE_S, demo_verifier
from launcher.dials import core as core_dial
from launcher.dials import line as line_dial
from launcher.dials.board import Board
from launcher.dials.breaker import BreakerKnob
from launcher.dials.card import CardKnob, ReaderKnob, RuledReader, WatchedReader
from launcher.dials.core import CoreKeys, CoreKnob, FailingPress
from launcher.dials.devices import CoinBoxKnob, FailingCoinBox, PrinterKnob
from launcher.dials.line import LineKnob
from launcher.dials.lines import WatchedLine
from launcher.dials.ocsp import OcspKnob
from launcher.dials.register import Register
from launcher.dials.service import MunicipalityKnob, RateKnob, ServiceKnob
from launcher.embedded import OCSP_URL, EmbeddedTown, direct_line, open_embedded_town
from launcher.hand import Hand, ReaderInKioskTerms
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


def wire_bench(
    state: StateFolder,
    now: Now,
    *,
    log: TextIO,
    always_open: bool,
    unlimited: bool,
    pace: Pace,
) -> Bench:
    """Open the town and its machine."""
    hours = ServiceHours(always_open=always_open)
    town = open_embedded_town(state, now=now, hours=hours, unlimited=unlimited, log=log)
    press = FailingPress(town.core.parts.press)
    town.core = open_core(replace(town.core.parts, press=press))
    core_line = WatchedLine(lambda: direct_line(town.core.app), paths=core_dial.STEPS)
    kiosk_line = WatchedLine(lambda: direct_line(town.gateway.app), paths=line_dial.STEPS)
    restart = _Restart(town, core_line, pace)
    restart.forget_revocation_answers()
    town.kiosk_http = httpx.AsyncClient(transport=kiosk_line)
    machine = _Machine(town, pace)
    code, engine = town.core.parts.municipality.code, town.core.parts.engine
    parts = town.gateway_parts
    keys = CoreKeys(town.core.parts.manifest_key, town.core.parts.response_key)
    board = Board(
        {
            "card": machine.card_knob,
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
    return Bench(town, machine.parts(), board, machine.reader, kiosk_line)


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

    def __init__(self, town: EmbeddedTown, pace: Pace) -> None:
        self._town = town
        self._pause = _no_pause if pace is Pace.HURRIED else asyncio.sleep
        self._usual_s = 0.0 if pace is Pace.HURRIED else _SECONDS_A_COMMAND
        self._simulated = RuledReader(self._wait_for_card)
        self.reader = WatchedReader(ReaderInKioskTerms(self._simulated))
        self.card_knob = CardKnob(self._simulated)
        self.coin_box = FailingCoinBox()
        self.printer = SimulatedPrinter(town.state.tray, pause=self._pause)

    def _wait_for_card(self) -> None:
        wait_s = self._usual_s + self.card_knob.pace_s
        if wait_s:
            time.sleep(wait_s)

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
        hand = Hand(town, self._simulated, first=town.personas[0].id)
        return KioskParts(
            gateway=GatewayClient(client, pause=self._pause),
            kiosk_id=KIOSK_ID,
            reader=self.reader,
            tray=_WatchedHand(hand, self.card_knob.card_was_put),
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


class _WatchedHand:
    """The demo's hand; whoever faults cards hears when one is put down."""

    def __init__(self, hand: Hand, card_was_put: Callable[[], None]) -> None:
        self._hand = hand
        self._card_was_put = card_was_put

    def cards(self) -> Sequence[TrayCard]:
        return self._hand.cards()

    async def put(self, card_id: str) -> None:
        await self._hand.put(card_id)
        self._card_was_put()

    def lift(self) -> None:
        self._hand.lift()


async def _no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)
