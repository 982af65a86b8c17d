"""Running effects one after the other, so that no session ever meets another one's end."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from textual.app import App
from textual.worker import Worker, WorkerError

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.effects import EffectRunner
from kiosk.flow import events as e

_FLOW = "flow"
_END = "end"


class Workshop:
    """Starts effects as workers of the application; the screen never waits for them."""

    def __init__(self, app: App[None], runner: EffectRunner, post: Callable[[e.Event], None]):
        self._app = app
        self._runner = runner
        self._post = post
        self._ending = asyncio.Lock()
        """Held while a session is being ended; waiters are served in their order."""
        self._log = structlog.get_logger("kiosk")

    def start(self, effect: e.Effect) -> None:
        """Begin to do what the state machine asks for."""
        match effect:
            case e.EndSession():
                # Whatever still runs for the session that ends must not speak any more.
                self._app.workers.cancel_group(self._app, _FLOW)
                self._run(self._at_the_end(effect, ()), _END)
            case e.Wipe():
                running = tuple(w for w in self._app.workers if w.group == _FLOW)
                self._run(self._at_the_end(effect, running), _END)
            case _:
                self._run(self._after_the_end(effect), _FLOW)

    def _run(self, work: Awaitable[None], group: str) -> None:
        self._app.run_worker(work, group=group, exit_on_error=True)

    async def _at_the_end(self, effect: e.Effect, before: tuple[Worker[object], ...]) -> None:
        async with self._ending:
            for worker in before:
                with suppress(WorkerError):
                    await worker.wait()
            await self._do(effect)

    async def _after_the_end(self, effect: e.Effect) -> None:
        async with self._ending:
            pass
        await self._do(effect)

    async def _do(self, effect: e.Effect) -> None:
        try:
            await self._runner.run(effect)
        except Exception as error:  # noqa: BLE001  # the outermost edge: nobody else is told
            names = {"effect": type(effect).__name__, "error": type(error).__name__}
            self._log.error("effect_failed", **names)
            if not isinstance(effect, e.EndSession | e.Wipe):
                self._post(self._unknown())

    def _unknown(self) -> e.Failed:
        """Return the screen for what nobody foresaw: somebody has to look at it."""
        driver = self._runner.driver
        if driver.is_paid:
            return e.Failed(
                ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN, reference=driver.reference
            )
        return e.Failed(ErrorCode.NOT_PREPARED, reference=driver.reference)
