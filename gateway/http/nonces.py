"""Nonces of signed requests in the database: single across processes and restarts."""

from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    insert,
)
from sqlalchemy.exc import IntegrityError

from gateway.database import Moment, Worker, metadata
from gateway.sessions.answer_store import forget_answers
from signed_http.errors import MessageReplayedError
from signed_http.profile import VerifiedSender

NONCE_TIME = timedelta(minutes=10)
"""Longer than any signature is accepted. Source: [KONBINI 7.3]."""
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
                forget_answers(connection, now=now)
            row = {"sender": sender.key_id, "nonce": sender.nonce, "forget_at": now + NONCE_TIME}
            connection.execute(insert(nonces), row)

        try:
            await self._worker.run(work)
        except IntegrityError as error:
            raise MessageReplayedError("this message was seen before") from error
