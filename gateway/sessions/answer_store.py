"""Rows of answers, to be given again to the same request."""

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

from gateway.database import Moment, metadata
from gateway.errors import RequestInProgressError

ANSWER_TIME = timedelta(hours=24)
"""How long an answer is given again. Source: [KONBINI 7.1], idempotency keys."""

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


def forget_answers(connection: Connection, *, now: datetime) -> None:
    """Drop the answers whose time is over."""
    connection.execute(delete(answers).where(answers.c.forget_at < now))
