"""What a failed run leaves: one zip with all that helps to understand it, and no PIN."""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.scenario.outcome import Failure
from kiosk.scenario.reading import Scenario
from kiosk.scenario.screen_pictures import ScreenPicture
from kiosk.scenario.writing import scenario_text
from kiosk.tester.errors import UnknownSettingError
from kiosk.tester.ports import World

BLACKED_OUT = "****"


@dataclass(frozen=True, slots=True)
class Traces:
    """What the world remembers of a run, PINs blacked out."""

    card: str
    line: str
    log: str
    turned: str
    sheets: tuple[Path, ...]
    pins: frozenset[str]
    """What must stand nowhere."""


def read_traces(world: World, personas: Iterable[str]) -> Traces:
    """Return the traces of a world that is still open."""
    pins = frozenset(_pins(world, personas))
    turned = [f"{dial} = {setting}" for dial, setting in world.turned().items()]
    return Traces(
        card=_joined(world.card_trace(), pins),
        line=_joined(world.line_trace(), pins),
        log=_joined(world.log_lines(), pins),
        turned=_joined(turned, pins),
        sheets=tuple(sorted(world.parts.output.glob("*.pdf"))),
        pins=pins,
    )


def _pins(world: World, personas: Iterable[str]) -> Iterable[str]:
    for persona in personas:
        try:
            yield world.pin_of(persona)
        except UnknownSettingError:
            continue


def personas_of(scenario: Scenario) -> set[str]:
    """Return everybody whose card or PIN a scenario names."""
    named = {scenario.header.start.persona}
    for placed in scenario.steps:
        step = placed.step
        named |= {one for one in (step.put, step.hold, step.pin_of) if one is not None}
    return named


def write_evidence(
    folder: Path,
    scenario: Scenario,
    failure: Failure,
    *,
    screens: Sequence[ScreenPicture],
    traces: Traces,
) -> Path:
    """Write the zip of a run; an older one of the same run is replaced. Return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{scenario.name}.zip"
    partial = path.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("failure.txt", black_out(f"{failure.text}\n", traces.pins))
        pack.writestr("scenario.toml", _expanded(scenario))
        for number, screen in enumerate(screens, start=1):
            is_last = number == len(screens)
            name = f"screens/{number}-{'failing-' if is_last else ''}{screen.name}"
            pack.writestr(f"{name}.svg", screen.svg)
            pack.writestr(f"{name}.txt", screen.text)
        pack.writestr("apdu.txt", traces.card)
        pack.writestr("api.txt", traces.line)
        pack.writestr("log.txt", traces.log)
        pack.writestr("dials.txt", traces.turned)
        for sheet in traces.sheets:
            pack.write(sheet, f"paper/{sheet.name}")
    partial.replace(path)
    return path


def _expanded(scenario: Scenario) -> str:
    """Return the scenario as it ran: everything included, every place filled."""
    origin = f"From {scenario.path}, everything included, every place filled."
    return scenario_text(
        scenario.header, (placed.step for placed in scenario.steps), comment=origin
    )


def _joined(lines: Iterable[str], pins: frozenset[str]) -> str:
    return black_out("".join(f"{line}\n" for line in lines), pins)


def black_out(text: str, pins: Iterable[str]) -> str:
    """Return a text without PINs; digits inside longer numbers are something else."""
    for pin in pins:
        text = re.sub(rf"(?<!\d){re.escape(pin)}(?!\d)", BLACKED_OUT, text)
    return text
