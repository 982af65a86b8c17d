"""What is done while the gateway serves: every minute what was left standing is taken up, and the
days of the ledger are sealed when they have ended.

Several processes may do this at once: every arrow they take is a compare-and-set, and a day is
sealed by one of them.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from gateway.reconcile import Reconciler

PAUSE_S = 60.0


class DaySealer(Protocol):
    """Seals the days that ended (``billing.day_service``)."""

    async def seal(self) -> int:
        """Seal what can be sealed now; return how many days were."""
        ...


async def keep_house(
    reconciler: Reconciler,
    log: Any,
    *,
    pause: Callable[[float], Awaitable[None]],
    sealer: DaySealer | None = None,
) -> None:
    """Reconcile, seal, pause, and again, until cancelled; a failure is logged and tried again."""
    while True:
        try:
            report = await reconciler.run()
        except Exception as error:  # noqa: BLE001 - the outermost edge of this task
            log.error("reconciliation failed", error_class=type(error).__name__)
        else:
            left = len(report.remaining) + len(report.doubts)
            if left:
                log.warning("sessions left standing", count=left)
        if sealer is not None:
            try:
                sealed = await sealer.seal()
            except Exception as error:  # noqa: BLE001 - the outermost edge of this task
                log.error("sealing failed", error_class=type(error).__name__)
            else:
                if sealed:
                    log.info("days sealed", count=sealed)
        await pause(PAUSE_S)
