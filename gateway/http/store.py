"""Rows about requests: nonces that were seen, and answers to give again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from gateway.database import Moment, Worker, metadata
from gateway.errors import RequestInProgressError
from signed_http.errors import MessageReplayedError
from signed_http.profile import VerifiedSender

NONCE_TIME = timedelta(minutes=10)
"""Longer than any signature is accepted. Source: [KONBINI 7.3]."""
ANSWER_TIME = timedelta(hours=24)
_SWEEP_EVERY = 500

nonces = Table(
    "nonces",
    metadata,
    Column("sender", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("forget_at", Moment, nullable=False),
    PrimaryKeyConstraint("sender", "nonce"),
    Index("ix_nonces_forget_at", "forget_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("sender", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("request_digest", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("forget_at", Moment, nullable=False),
    PrimaryKeyConstraint("sender", "idempotency_key"),
    Index("ix_answers_session_id", "session_id"),
)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer that was given to a request."""

    request_digest: bytes
    answer: bytes


def find_answer(connection: Connection, sender: str, key: str) -> StoredAnswer | None:
    """Return the answer stored under this sender's key."""
    query = select(answers.c.request_digest, answers.c.answer).where(
        answers.c.sender == sender, answers.c.idempotency_key == key
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else StoredAnswer(bytes(row.request_digest), bytes(row.answer))


def add_answer(
    connection: Connection,
    *,
    sender: str,
    key: str,
    session_id: str,
    request_digest: bytes,
    answer: bytes,
    now: datetime,
) -> None:
    """Store an answer in the transaction of the change that it reports.

    Raises: RequestInProgressError when another process stored one under this key meanwhile: then
    the change is undone with it.
    """
    row = {
        "sender": sender,
        "idempotency_key": key,
        "session_id": session_id,
        "request_digest": request_digest,
        "answer": answer,
        "forget_at": now + ANSWER_TIME,
    }
    try:
        connection.execute(insert(answers), row)
    except IntegrityError as error:
        raise RequestInProgressError("the same request was answered elsewhere") from error


class StoredNonces:
    """Nonces in the database: a message stays single across processes and restarts."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._since_sweep = 0

    async def remember(self, sender: VerifiedSender, now: datetime) -> None:
        """Record the nonce. Raises: MessageReplayedError when it was there before."""
        self._since_sweep += 1
        sweep = self._since_sweep >= _SWEEP_EVERY
        if sweep:
            self._since_sweep = 0

        def work(connection: Connection) -> None:
            if sweep:
                connection.execute(delete(nonces).where(nonces.c.forget_at < now))
                connection.execute(delete(answers).where(answers.c.forget_at < now))
            row = {"sender": sender.key_id, "nonce": sender.nonce, "forget_at": now + NONCE_TIME}
            connection.execute(insert(nonces), row)

        try:
            await self._worker.run(work)
        except IntegrityError as error:
            raise MessageReplayedError("this message was seen before") from error
