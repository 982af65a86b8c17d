"""The municipalities' cores as sessions see them: every answer that does not fit stops the line."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.core_client import CoreClient
from gateway.database import Worker
from gateway.errors import BindingMismatchError, GatewayError, NotOfferedError
from gateway.sessions.closing import quarantine
from gateway.sessions.model import Session
from gateway.sessions.store import note_core_told
from issuance.wire.bodies import AbortRequest


@dataclass(frozen=True, slots=True)
class Cores:
    """Reaches the core of each municipality by its code."""

    worker: Worker
    clients: Mapping[str, CoreClient]
    now: Callable[[], datetime]

    def of(self, code: str | None) -> CoreClient:
        """Return the core of a municipality. Raises: NotOfferedError."""
        client = self.clients.get(code or "")
        if client is None:
            raise NotOfferedError("this municipality does not take part")
        return client

    @asynccontextmanager
    async def watched(self, session: Session, code: str | None) -> AsyncIterator[CoreClient]:
        """Ask a core; an answer that does not fit quarantines the session and stops the line."""
        core = self.of(code)
        try:
            yield core
        except BindingMismatchError as error:
            difference = error.difference

            def work(connection: Connection) -> None:
                quarantine(connection, session.session_id, code or "", difference, self.now())

            await self.worker.run(work)
            raise

    async def tell_end(self, session: Session, reason: str) -> bool:
        """Tell the core that a session ended without sheets; False when it cannot be told now.

        ``gateway reconcile`` tells it later: the numbers that were reserved must become void.
        """
        if session.subject_ref is None:
            return True
        with suppress(GatewayError):
            request = AbortRequest(session_id=session.session_id, reason=reason)
            await self.of(session.municipality_code).abort(request)
            await self.worker.run(lambda connection: note_core_told(connection, session.session_id))
            return True
        return False
