"""One request, one answer: what a kiosk gets when it sends the same request again.

The answer is stored in the transaction of the change that it reports, for 24 hours. The one answer
that is not stored is the release: its ciphertext is read again from the session while it is there.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from pydantic import BaseModel
from sqlalchemy import Connection

from gateway.database import Worker
from gateway.errors import IdempotencyKeyReusedError, RequestInProgressError
from gateway.participation.model import Kiosk
from gateway.sessions.answer_store import add_answer, find_answer

_MADE_AGAIN = b""
"""Stands in the store for an answer that is made again instead of being kept."""


@dataclass(frozen=True, slots=True)
class Call:
    """One signed request as it came in, from a kiosk that takes part."""

    kiosk: Kiosk
    path: str
    session_id: str
    """Empty for the request that opens one."""
    idempotency_key: str
    body: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """What must be equal when the same key comes again."""
        return sha256(self.path.encode() + b"\0" + self.body).digest()


@dataclass(frozen=True, slots=True)
class Answers:
    """Remembers answers by sender and idempotency key."""

    worker: Worker
    now: Callable[[], datetime]
    make_again: Callable[[Connection, Call], bytes]
    """Makes the one answer that is not stored. Raises: WrongStateError when it is gone."""
    _working: set[tuple[str, str]] = field(default_factory=set)

    async def once(self, call: Call, answer: Callable[[], Awaitable[bytes]]) -> bytes:
        """Answer a request once: again the same bytes, or a refusal while it is worked on.

        Raises: IdempotencyKeyReusedError, RequestInProgressError.
        """
        place = (call.kiosk.key_id, call.idempotency_key)
        # Only a courtesy within one process: what keeps a step single is its compare-and-set.
        if place in self._working:
            raise RequestInProgressError("the same request is being worked on")
        self._working.add(place)
        try:
            known = await self.worker.look(lambda connection: self._find(connection, call))
            return known if known is not None else await answer()
        finally:
            self._working.discard(place)

    def keep(self, connection: Connection, call: Call, session_id: str, answer: BaseModel) -> bytes:
        """Store the answer and return its bytes."""
        data = answer.model_dump_json().encode()
        self._add(connection, call, session_id, data)
        return data

    def keep_note(self, connection: Connection, call: Call) -> None:
        """Store that the request was answered, with an answer that is made again."""
        self._add(connection, call, call.session_id, _MADE_AGAIN)

    def _find(self, connection: Connection, call: Call) -> bytes | None:
        known = find_answer(connection, call.kiosk.key_id, call.idempotency_key)
        if known is None:
            return None
        if known.request_digest != call.digest:
            raise IdempotencyKeyReusedError("the key was used with another request")
        if known.answer == _MADE_AGAIN:
            return self.make_again(connection, call)
        return known.answer

    def _add(self, connection: Connection, call: Call, session_id: str, answer: bytes) -> None:
        add_answer(
            connection,
            sender=call.kiosk.key_id,
            key=call.idempotency_key,
            session_id=session_id,
            request_digest=call.digest,
            answer=answer,
            now=self.now(),
        )
