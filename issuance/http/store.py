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
    bindparam,
    delete,
    select,
    update,
)

from issuance.database import Moment, metadata

nonces = Table(
    "nonces",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("forget_at", Moment, nullable=False),
    PrimaryKeyConstraint("municipality_code", "sender", "nonce"),
    Index("ix_nonces_forget_at", "forget_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("municipality_code", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("request_digest", LargeBinary, nullable=False),
    Column("answer", LargeBinary),
    Column("recorded_at", Moment, nullable=False),
    PrimaryKeyConstraint("municipality_code", "sender", "idempotency_key"),
    Index("ix_answers_session", "municipality_code", "session_id"),
    Index("ix_answers_recorded_at", "recorded_at"),
)


ANSWER_LIFETIME = timedelta(days=2)
"""A repeated request gets its answer again for at least this long."""

_REQUEST = select(answers.c.request_digest, answers.c.answer).where(
    answers.c.municipality_code == bindparam("code"),
    answers.c.sender == bindparam("sender"),
    answers.c.idempotency_key == bindparam("key"),
)
_ADD_NONCE = nonces.insert()
_ADD_REQUEST = answers.insert()


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """A request under an idempotency key that was used before."""

    request_digest: bytes
    answer: bytes | None
    """None while the answer is being made, or after it had to be forgotten."""


def add_nonce(
    connection: Connection, code: str, *, sender: str, nonce: str, forget_at: datetime
) -> None:
    """Store a nonce. Raises: sqlalchemy.exc.IntegrityError when it was stored before."""
    connection.execute(
        _ADD_NONCE,
        {"municipality_code": code, "sender": sender, "nonce": nonce, "forget_at": forget_at},
    )


def forget_nonces(connection: Connection, *, now: datetime) -> None:
    """Drop the nonces of signatures that nobody accepts any more."""
    connection.execute(delete(nonces).where(nonces.c.forget_at < now))


def find_request(
    connection: Connection, code: str, *, sender: str, key: str
) -> KnownRequest | None:
    """Return what is known under an idempotency key."""
    wanted = {"code": code, "sender": sender, "key": key}
    row = connection.execute(_REQUEST, wanted).one_or_none()
    if row is None:
        return None
    return KnownRequest(
        bytes(row.request_digest), None if row.answer is None else bytes(row.answer)
    )


def add_request(
    connection: Connection,
    code: str,
    *,
    sender: str,
    key: str,
    session_id: str,
    request_digest: bytes,
    answer: bytes | None,
    now: datetime,
) -> None:
    """Store a request. Raises: sqlalchemy.exc.IntegrityError when its key is taken."""
    connection.execute(
        _ADD_REQUEST,
        {
            "municipality_code": code,
            "sender": sender,
            "idempotency_key": key,
            "session_id": session_id,
            "request_digest": request_digest,
            "answer": answer,
            "recorded_at": now,
        },
    )


def set_answer(connection: Connection, code: str, *, sender: str, key: str, answer: bytes) -> None:
    """Store the answer of a request that was written down before."""
    connection.execute(
        update(answers)
        .where(
            answers.c.municipality_code == code,
            answers.c.sender == sender,
            answers.c.idempotency_key == key,
        )
        .values(answer=answer)
    )


def forget_session_answers(connection: Connection, code: str, session_id: str) -> None:
    """Empty every answer of a session: sealed documents are not kept longer than needed."""
    connection.execute(
        update(answers)
        .where(answers.c.municipality_code == code, answers.c.session_id == session_id)
        .values(answer=None)
    )


def forget_requests(connection: Connection, *, before: datetime) -> None:
    """Drop the requests recorded before that moment."""
    connection.execute(delete(answers).where(answers.c.recorded_at < before))
