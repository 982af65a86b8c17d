"""What the next Enter presses, whatever is drawn at that moment."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.flow.model import Screen
from tests.kiosk.screens.person import Standing
from tests.kiosk.screens.states import screens


@pytest.mark.parametrize("turns", [0, 8, 24])
def test_a_price_that_comes_at_any_moment_leaves_the_focus_on_confirm(
    tmp_path: Path, turns: int
) -> None:
    """While a panel is drawn anew the library puts the focus anywhere, on the top bar even."""

    async def run() -> None:
        async with Standing(tmp_path) as person:
            await person.see(screens()[Screen.COPIES])
            asked = replace(person.state, screen=Screen.CONFIRM, total=0)
            person.app.show(asked)
            for _ in range(turns):
                await asyncio.sleep(0)
            person.app.show(replace(asked, total=100))
            await person.settle()
            focused = person.app.focused
            assert focused is not None
            assert focused.name == "confirm"

    asyncio.run(run())
