"""The municipalities' cores as sessions see them: every answer that does not fit stops the line."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.core_client import CoreClient
from gateway.database import Worker
from gateway.errors import BindingMismatchError, GatewayError, NotOfferedError, WrongStateError
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
        core = self.of(session.municipality_code)
        request = AbortRequest(session_id=session.session_id, reason=reason)
        try:
            await core.abort(request)
        except GatewayError:
            if not await _has_ended(core, session.session_id):
                return False
        await self.worker.run(lambda connection: note_core_told(connection, session.session_id))
        return True


async def _has_ended(core: CoreClient, session_id: str) -> bool:
    """Whether the core knows of the end already, or knows nothing of the session at all."""
    try:
        return (await core.order_status(session_id)).state == "aborted"
    except WrongStateError:
        return True
    except GatewayError:
        return False
