"""The dial ``breaker``: starting lines again that an alarm has stopped."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Engine

from gateway.database import transaction
from gateway.errors import BreakerResetRefusedError
from gateway.integrity import breaker as gateway_breaker
from issuance.database import write
from issuance.errors import BreakerResetRefusedError as CoreResetRefusedError
from issuance.integrity import service as core_breaker

_REASON = "test"
_PEOPLE = ("tester-1", "tester-2")


class BreakerKnob:
    """Has two people start the stopped lines of gateway and core again."""

    def __init__(
        self, gateway: Engine, core: Engine, code: str, now: Callable[[], datetime]
    ) -> None:
        self._gateway = gateway
        self._core = core
        self._code = code
        self._now = now

    def turn(self, setting: str, argument: str) -> None:
        """Take a position; a line that runs is left alone."""
        if setting != "reset":
            return
        now = self._now()
        with suppress(BreakerResetRefusedError), transaction(self._gateway) as connection:
            for who in _PEOPLE:
                gateway_breaker.reset(connection, self._code, operator=who, reason=_REASON, now=now)
        with suppress(CoreResetRefusedError), write(self._core) as connection:
            for who in _PEOPLE:
                core_breaker.release(connection, self._code, operator=who, reason=_REASON, now=now)
