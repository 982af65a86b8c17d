"""Steps 8 to 11, and every other end, between kiosk, database and core."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection

from gateway.database import Worker
from gateway.errors import WrongStateError
from gateway.sessions import closing
from gateway.sessions.answers import Answers, Call
from gateway.sessions.cores import Cores
from gateway.sessions.model import S, Session
from gateway.sessions.store import load_sealed
from gateway.wire.bodies import (
    Abort,
    Completion,
    Environment,
    Nothing,
    Payment,
    PrintReport,
    Receipt,
    Released,
    SessionStatus,
)
from issuance.wire.bodies import CompleteRequest, SheetOutcome, SheetResult

Kept = TypeVar("Kept")
Shown = Callable[[Session], BaseModel]


@dataclass(frozen=True, slots=True)
class Ending:
    """What a kiosk may ask of a session once its documents exist."""

    worker: Worker
    cores: Cores
    answers: Answers
    environment: Environment
    now: Callable[[], datetime]

    async def pay(self, call: Call, request: Payment) -> bytes:
        """Step 8."""

        def work(connection: Connection) -> bytes:
            closing.pay(connection, call.session_id, call.kiosk, request, self.now())
            status = self._status(call.session_id, S.PAID)
            return self.answers.keep(connection, call, call.session_id, status)

        return await self.worker.run(work)

    async def release(self, call: Call, _request: Nothing) -> bytes:
        """Step 9."""

        def work(connection: Connection) -> bytes:
            closing.release(connection, call.session_id, call.kiosk, self.now())
            self.answers.keep_note(connection, call)
            return released(connection, call, self.environment)

        return await self.worker.run(work)

    async def report_print(self, call: Call, request: PrintReport) -> bytes:
        """Step 10."""

        def work(connection: Connection) -> bytes:
            session = closing.report(connection, call.session_id, call.kiosk, request, self.now())
            status = self._status(call.session_id, session.state)
            return self.answers.keep(connection, call, call.session_id, status)

        return await self.worker.run(work)

    async def complete(self, call: Call, request: Completion) -> bytes:
        """Step 11."""
        session = await self.worker.run(
            lambda connection: closing.begin_complete(
                connection, call.session_id, call.kiosk, request.results, self.now()
            )
        )
        return await self._finish_for(call, session, self._receipt)

    async def void(self, call: Call, _request: Abort) -> bytes:
        """Step F after payment."""
        session = await self.worker.run(
            lambda connection: closing.begin_void(
                connection, call.session_id, call.kiosk, self.now()
            )
        )
        return await self._finish_for(
            call,
            session,
            lambda ended: self._status(ended.session_id, ended.state, refund=ended.refund),
        )

    async def abort(self, call: Call, request: Abort) -> bytes:
        """Step F before payment; a core that cannot be told now is told by reconciliation."""

        def work(connection: Connection) -> tuple[Session, bytes]:
            session = closing.abort(connection, call.session_id, call.kiosk, self.now())
            status = self._status(call.session_id, S.ABORTED)
            answer = self.answers.keep(connection, call, call.session_id, status)
            return session, answer

        session, answer = await self.worker.run(work)
        await self.cores.tell_end(session, request.reason)
        return answer

    async def finish(self, session: Session) -> Session:
        """From COMPLETING to the end, for nobody who waits: reconciliation. Safe to repeat."""
        return await self._finish(session, lambda _connection, ended: ended)

    async def _finish_for(self, call: Call, session: Session, show: Shown) -> bytes:
        def keep(connection: Connection, ended: Session) -> bytes:
            return self.answers.keep(connection, call, ended.session_id, show(ended))

        return await self._finish(session, keep)

    async def _finish(self, session: Session, keep: Callable[[Connection, Session], Kept]) -> Kept:
        """The core first, then the fees: no fee is posted that the core does not confirm."""
        results = tuple(
            SheetResult(certificate_number=number, outcome=SheetOutcome(outcome))
            for number, outcome in sorted(session.results.items())
        )
        async with self.cores.watched(session, session.municipality_code) as core:
            recorded = await core.complete(
                CompleteRequest(session_id=session.session_id, results=results)
            )
            closing.check_core_agrees(session, recorded)

        def work(connection: Connection) -> Kept:
            return keep(connection, closing.finish_complete(connection, session, self.now()))

        return await self.worker.run(work)

    def _status(self, session_id: str, state: S, *, refund: int = 0) -> SessionStatus:
        return SessionStatus(
            environment=self.environment, session_id=session_id, state=state, refund=refund
        )

    def _receipt(self, session: Session) -> Receipt:
        printed = sum(o is SheetOutcome.PRINTED for o in session.results.values())
        return Receipt(
            environment=self.environment,
            session_id=session.session_id,
            receipt_number=session.receipt_number or "",
            sheets=printed,
            unit_fee=session.unit_fee,
            total=session.unit_fee * printed,
            refund=session.refund,
            issued_at=session.changed_at,
        )


def released(connection: Connection, call: Call, environment: Environment) -> bytes:
    """Return the sealed documents of a session that is being printed.

    Raises: WrongStateError once they were dropped.
    """
    session = closing.own_session(connection, call.session_id, call.kiosk)
    sealed = load_sealed(connection, call.session_id)
    if session.state is not S.RELEASED or sealed is None:
        raise WrongStateError("the documents were handed over and dropped")
    answer = Released.model_validate({"environment": environment.value, **json.loads(sealed)})
    return answer.model_dump_json().encode()
