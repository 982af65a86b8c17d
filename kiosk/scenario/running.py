"""Running one scenario: a fresh world, the real machine, step after step, all within limits."""

import asyncio
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from kiosk.scenario.checks import find_unmet
from kiosk.scenario.errors import MachineClosedError, ScenarioError, StepFailedError
from kiosk.scenario.evidence import Traces, personas_of, read_traces, write_evidence
from kiosk.scenario.model import Step
from kiosk.scenario.outcome import Failure, Outcome
from kiosk.scenario.paper import PaperReader
from kiosk.scenario.reading import PlacedStep, Scenario
from kiosk.scenario.scratch import scratch_folder
from kiosk.scenario.screen_pictures import ScreenPicture, draw_again, let_draw, present_screen
from kiosk.scenario.sight import Sight
from kiosk.scenario.visitor import Visitor
from kiosk.scenario.watch import Watch, WatchedApp
from kiosk.tester.errors import NoWorldError
from kiosk.tester.ports import OpenWorld, World

_HUMAN_PACE_S = 0.7
"""Between two steps that somebody watches."""
_DRAW_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """How scenarios are run."""

    open_world: OpenWorld
    evidence: Path
    """Where failed runs leave what they have to show."""
    is_shown: bool = False
    """On the real terminal, at human speed."""
    reader: str = "sim"


@dataclass(slots=True)
class _Ending:
    failure: Failure | None = None
    screens: tuple[ScreenPicture, ...] = ()
    traces: Traces | None = None
    is_power_cut: bool = False
    """The machine has to be switched on again for the steps that are left."""


def run_scenario(scenario: Scenario, stage: Stage) -> Outcome:
    """Run it.

    Raises: NoWorldError when there is nothing to run it in; MachineClosedError when somebody has
    closed the machine she was watching.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="risai-scenario-", dir=scratch_folder()) as folder:
        world = _open(scenario, stage, Path(folder))
        try:
            ending, watch = _play(scenario, stage, world)
            evidence = None
            if ending.failure is not None:
                evidence = _leave_evidence(scenario, stage, world, ending)
        finally:
            world.close()
    seconds = time.perf_counter() - begun
    return Outcome(scenario, seconds, watch.reach, ending.failure, evidence)


def _open(scenario: Scenario, stage: Stage, folder: Path) -> World:
    start = scenario.header.start
    try:
        return stage.open_world(
            folder,
            start=start.clock,
            always_open=start.always_open,
            unlimited=start.unlimited,
            hurried=not stage.is_shown,
            reader=stage.reader,
        )
    except OSError as error:
        raise NoWorldError(f"no town can be opened: {error}") from error


def _play(scenario: Scenario, stage: Stage, world: World) -> tuple[_Ending, Watch]:
    watch, ending = Watch(), _Ending()
    try:
        asyncio.run(_visit(scenario, stage, world, watch, ending))
    except MachineClosedError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever breaks the machine fails its scenario
        ending.failure = Failure(str(scenario.path), f"the machine broke: {_place_of(error)}")
    return ending, watch


async def _visit(
    scenario: Scenario, stage: Stage, world: World, watch: Watch, ending: _Ending
) -> None:
    """Take all steps; a machine whose power was cut is switched on again and again."""
    steps, start = deque(scenario.steps), scenario.header.start
    while True:
        ending.is_power_cut = False
        app = WatchedApp(
            world.parts, watch, locale=start.locale, large=start.large, contrast=start.contrast
        )

        async def visit(pilot: Pilot[Any], app: WatchedApp = app) -> None:
            run = _Run(scenario, world, app, pilot, watch, is_shown=stage.is_shown)
            await run.to_the_end(steps, ending)

        await (_shown(app, visit) if stage.is_shown else _headless(app, visit, start.size))
        if not ending.is_power_cut:
            return


def _place_of(error: BaseException) -> str:
    """Return kind and place of an error; its words and its variables may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{place}"


async def _headless(
    app: WatchedApp, visit: Callable[[Pilot[Any]], Awaitable[None]], size: str
) -> None:
    columns, _, rows = size.partition("x")
    async with app.run_test(size=(int(columns), int(rows))) as pilot:
        await visit(pilot)


async def _shown(app: WatchedApp, visit: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
    async def autopilot(pilot: Pilot[Any]) -> None:
        await visit(pilot)
        app.exit()

    await app.run_async(auto_pilot=autopilot)


def _leave_evidence(scenario: Scenario, stage: Stage, world: World, ending: _Ending) -> Path:
    traces = ending.traces or read_traces(world, personas_of(scenario))
    failure = ending.failure or Failure(str(scenario.path), "unknown")
    return write_evidence(stage.evidence, scenario, failure, screens=ending.screens, traces=traces)


class _Run:
    """The steps of one scenario at one machine."""

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        app: WatchedApp,
        pilot: Pilot[Any],
        watch: Watch,
        *,
        is_shown: bool,
    ) -> None:
        self._scenario = scenario
        self._world = world
        self._app = app
        self._pilot = pilot
        self._watch = watch
        self._is_shown = is_shown
        self._drawn_at = 0.0
        self._card = scenario.header.start.persona
        self._visitor = Visitor(app, pilot, world, card=self._card)
        self._paper = PaperReader(world.parts.output)

    async def to_the_end(self, steps: deque[PlacedStep], ending: _Ending) -> None:
        """Take every step; at the first that fails, keep what there is to see."""
        self._app.hold_card(self._card)
        while steps and ending.failure is None:
            placed = steps.popleft()
            if placed.step.power_cut:
                ending.is_power_cut = True
                steps.appendleft(replace(placed, step=placed.step.without_act()))
                return
            await self._take_or_fail(placed, ending)
        if ending.failure is not None and self._app.is_running:
            await self._keep_evidence(ending)

    async def _take_or_fail(self, placed: PlacedStep, ending: _Ending) -> None:
        if self._is_shown:
            await asyncio.sleep(_HUMAN_PACE_S)
        try:
            await self._take(placed)
        except ScenarioError as error:
            if self._is_shown and isinstance(error, MachineClosedError):
                raise
            ending.failure = Failure(placed.where, str(error))

    async def _take(self, placed: PlacedStep) -> None:
        step, loop = placed.step, asyncio.get_running_loop()
        limit_s = step.within_s * (3 if self._is_shown else 1)
        deadline = loop.time() + limit_s
        self._watch.begin_step()
        await self._draw_now_and_then(step)
        with nullcontext() if self._must_draw(step) else self._app.batch_update():
            try:
                async with asyncio.timeout(limit_s):
                    await self._visitor.do(step)
            except TimeoutError as error:
                raise StepFailedError(self._visitor.why_not(step)) from error
            await self._visitor.settle()
            while (unmet := find_unmet(step, self._sight())) is not None:
                if loop.time() >= deadline:
                    raise StepFailedError(f"{unmet} (waited {limit_s:g} s)")
                await self._visitor.settle()

    def _must_draw(self, step: Step) -> bool:
        """Say whether the screen is laid out at once: for eyes, and for keys that move focus."""
        return self._is_shown or step.keys is not None

    async def _draw_now_and_then(self, step: Step) -> None:
        """Draw what nobody looks at only so often: it costs more than all the rest."""
        now = asyncio.get_running_loop().time()
        if self._must_draw(step) or now - self._drawn_at >= _DRAW_EVERY_S:
            self._drawn_at = now
            await let_draw(self._pilot)

    def _sight(self) -> Sight:
        return Sight(self._app.state, self._watch.passed, self._world, self._paper)

    async def _keep_evidence(self, ending: _Ending) -> None:
        """Traces first: drawing old screens again leaves the machine in an old state."""
        await let_draw(self._pilot)
        last = present_screen(self._app)
        ending.traces = read_traces(self._world, personas_of(self._scenario))
        before = await draw_again(self._app, self._pilot, self._watch.last_states[:-1])
        ending.screens = (*before, last)
