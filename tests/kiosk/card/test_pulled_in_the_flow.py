"""A card that is pulled at any command: E11, and whoever is next is served."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode
from kiosk.effects import EffectRunner
from kiosk.flow import events as e
from kiosk.parts import KioskParts
from tests.kiosk.card.slots import CountingCard, Slot
from tests.kiosk.fakes import FakeClock
from tests.kiosk.machine import KIOSK_ID, Machine, no_pause

pytestmark = pytest.mark.anyio


class Stage:
    """A machine's effects in front of a slot, and what they told."""

    def __init__(self, machine: Machine, slot: Slot) -> None:
        self._told: list[e.Event] = []
        self._town = machine.gateway.municipality
        parts = KioskParts(
            gateway=machine.gateway,
            kiosk_id=KIOSK_ID,
            reader=slot.reader,
            tray=None,
            coin_box=machine.coins,
            printer=machine.printer,
            journal=machine.journal,
            clock=FakeClock(),
            output=Path(),
            demo=True,
            pause=no_pause,
        )
        self._runner = EffectRunner(parts, self._told.append, lambda: None)

    async def examine(self) -> e.Event:
        await self._runner.run(e.ExamineCard())
        return self._told[-1]

    async def prove(self) -> e.Event:
        await self._runner.run(e.Prove(Locale.JAPANESE, self._town, "1234"))
        return self._told[-1]

    async def end(self) -> None:
        await self._runner.run(e.EndSession("failed"))


@pytest.mark.parametrize("work", ["examine", "prove"])
async def test_pulling_the_card_at_any_command_is_e11_and_the_next_start_is_clean(
    slot: Slot, new_card: Callable[[], CountingCard], machine: Machine, work: str
) -> None:
    stage = Stage(machine, slot)
    slot.put(new_card())
    do = stage.examine if work == "examine" else stage.prove
    assert isinstance(await do(), e.CardExamined | e.Proved)
    whole = slot.commands()
    await stage.end()
    slot.lift()
    for commands in range(whole):
        slot.put(new_card(), lift_after=commands)
        failed = await do()
        assert isinstance(failed, e.Failed)
        assert failed.code is ErrorCode.CARD_REMOVED
        await stage.end()
        slot.lift()
    slot.put(new_card())
    assert await stage.examine() == e.CardExamined(3)
    assert isinstance(await stage.prove(), e.Proved)
