"""Reconciliation while the gateway serves: what was left standing is taken up every minute.

Several processes may do this at once; every arrow they take is a compare-and-set.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from gateway.reconcile import Reconciler

PAUSE_S = 60.0


async def keep_house(
    reconciler: Reconciler, log: Any, *, pause: Callable[[float], Awaitable[None]]
) -> None:
    """Reconcile, pause, and again, until cancelled; a failure is logged and tried again."""
    while True:
        try:
            report = await reconciler.run()
        except Exception as error:  # noqa: BLE001 - the outermost edge of this task
            log.error("reconciliation failed", error_class=type(error).__name__)
        else:
            left = len(report.remaining) + len(report.doubts)
            if left:
                log.warning("sessions left standing", count=left)
        await pause(PAUSE_S)
